"""What the functions have logged, searched for what must not be in a log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

# Shorter values are words that logs have for reasons of their own: statuses, currencies, counts.
SHORTEST_CELL = 8
# Values that are alike in many records, or are made of digits and signs alone as times and amounts are.
NOT_PARTICULAR = re.compile(r"[A-Z_]+|[-+:.,TZ0-9 ]+")
# Of the table itself.
OWN_NAMES = {"partition", "position", "supplierPartition", "contactPartition"}
WORD = re.compile(r"\w+")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass
class Secrets:
    """What the session used and no log may hold: whole texts, and patterns of texts."""

    texts: set[str] = field(default_factory=set)
    patterns: list[re.Pattern[str]] = field(default_factory=list)

    def found_in(self, log: str, allowed: Iterable[str] = ()) -> set[str]:
        """The secrets that a log holds. A text can only be in it if all of its words are."""
        words = set(WORD.findall(log))
        found = {text for text in self.texts if words.issuperset(WORD.findall(text)) and text in log}
        for pattern in self.patterns:
            found.update(pattern.findall(log))
        return found - set(allowed)


def cells(table: Any) -> Iterator[str]:
    """The values of the ledger's records that are particular to one of them, or to few. `table` is boto3's.

    Not those of the audit trail, which tells what the functions have done, as the logs do.
    """
    for page in table.meta.client.get_paginator("scan").paginate(TableName=table.name):
        for item in page["Items"]:
            if "position" in item and "#AUDIT_EVENTS#" not in item["partition"]:
                yield from (cell for name, cell in item.items() if name not in OWN_NAMES and _is_particular(cell))


def _is_particular(cell: Any) -> bool:
    return isinstance(cell, str) and len(cell) >= SHORTEST_CELL and not NOT_PARTICULAR.fullmatch(cell)


def lines(logs: Any) -> Iterator[str]:
    """All that is in the groups of CloudWatch Logs."""
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            yield from (event["message"] for found in pages for event in found["events"])
