"""The files of the profile for spreadsheets, worked out from the rows of the standard one."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from support.ledger import TIMES, Row

BYTE_ORDER_MARK = "\ufeff"
AMOUNTS = set("amount netAmount commissionAmount platformCommission marketplaceCommission".split())
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)Z")


@dataclass(frozen=True)
class Form:
    """How people of one language expect a file."""

    delimiter: str
    decimal_mark: str
    # Of the groups of TIME.
    time: str


FORMS = {
    "en": Form(",", ".", r"\1-\2-\3 \4"),
    "fr": Form(";", ",", r"\3/\2/\1 \4"),
    "de": Form(";", ",", r"\3.\2.\1 \4"),
    "es": Form(";", ",", r"\3/\2/\1 \4"),
}


def spreadsheet(locale: str) -> dict[str, str]:
    """The profile as a request names it."""
    return {"name": "spreadsheet", "locale": locale}


def as_spreadsheet(rows: list[Row], locale: str) -> list[Row]:
    """What a file for spreadsheets shows where the standard one shows these rows."""
    form, [header, *records] = FORMS[locale], rows

    def cell(column: str, text: str) -> str:
        if column in AMOUNTS:
            return text.replace(".", form.decimal_mark)
        if column in TIMES:
            return TIME.sub(form.time, text)
        return text

    return [header, *([cell(*named) for named in zip(header, row, strict=True)] for row in records)]


def read_spreadsheet(text: str, locale: str) -> list[Row]:
    """A file's rows, as a reader of CSV sees them that is told this language's delimiter."""
    assert text.startswith(BYTE_ORDER_MARK)
    content = io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")
    return list(csv.reader(content, delimiter=FORMS[locale].delimiter))
