"""What the demo's file must hold, worked out from the demo data alone and not with the product's own code."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timezone
from io import StringIO
from itertools import zip_longest
from pathlib import Path

# What third parties can write, so that a spreadsheet could be made to run it.
FREE_TEXT = {"supplierExternalId", "supplierName", "reference", "failureReason"}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def expected_rows(data: Path) -> list[list[str]]:
    """The header and the rows that an export of every transfer of a demo file has, in their order."""
    with data.open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines, delimiter=";")
        columns = list(reader.fieldnames or [])
        records = list(reader)
    # In the order of what the file shows, which is whole seconds.
    records.sort(key=lambda record: (_cell("createdAt", record["createdAt"]), record["transferId"]))
    return [columns, *([_cell(column, record[column]) for column in columns] for record in records)]


def differences(file: str, data: Path) -> Iterator[str]:
    """A sentence for each way in which a file is not what the demo data says."""
    if file.startswith("\ufeff"):
        yield "the file begins with a byte order mark"
    if not file.endswith("\n"):
        yield "the file does not end with a line break"
    rows = csv.reader(StringIO(file, newline=""), delimiter=";")
    for number, (row, expected) in enumerate(zip_longest(rows, expected_rows(data))):
        if row != expected:
            name = f"row {number}" if number else "the header"
            yield f"{name} is {row}, and should be {expected}"


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _cell(column: str, text: str) -> str:
    if column == "createdAt":
        return _time(text).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if column in FREE_TEXT and text.startswith(FORMULA_STARTS):
        return f"'{text}"
    return text
