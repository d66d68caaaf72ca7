"""Filters of funding transfers, each with the records that it keeps."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from support.ledger import Record, to_second


def _amount(record: Record) -> Decimal:
    return Decimal(record["amount"])


FILTERS: dict[str, tuple[dict[str, Any], Callable[[Record], bool]]] = {
    "dates are inclusive": (
        {"createdAtFrom": "2026-06-01T00:00:00Z", "createdAtTo": "2026-06-30T23:59:59Z"},
        lambda record: to_second(record["createdAt"])[:7] == "2026-06",
    ),
    "an offset is a moment like any other": (
        {"createdAtFrom": "2026-10-01T02:00:00+02:00"},
        lambda record: to_second(record["createdAt"]) >= "2026-10-01T00:00:00Z",
    ),
    "statuses": ({"statuses": ["FAILED", "PENDING"]}, lambda record: record["status"] in {"FAILED", "PENDING"}),
    "few suppliers": (
        {"supplierIds": ["SUP-1003", "SUP-1001", "SUP-1003"]},
        lambda record: record["supplierExternalId"] in {"SUP-1001", "SUP-1003"},
    ),
    "many suppliers": (
        {"supplierIds": [f"SUP-{number}" for number in range(1001, 1101)]},
        lambda record: record["supplierExternalId"] != "",
    ),
    "amounts are exact and inclusive": (
        {"amountMin": 0.1, "amountMax": 100},
        lambda record: Decimal("0.1") <= _amount(record) <= 100,
    ),
    "the accounts' types": (
        {"sourceBalanceAccountType": "SUPPLIER", "targetBalanceAccountType": "MARKETPLACE"},
        lambda record: record["sourceBalanceAccountType"] == "SUPPLIER",
    ),
    "everything at once": (
        {
            "createdAtFrom": "2026-07-01T00:00:00Z",
            "statuses": ["COMPLETED"],
            "supplierIds": ["SUP-1001"],
            "amountMin": "50",
        },
        lambda record: (
            to_second(record["createdAt"]) >= "2026-07-01T00:00:00Z"
            and record["status"] == "COMPLETED"
            and record["supplierExternalId"] == "SUP-1001"
            and _amount(record) >= 50
        ),
    ),
    "nothing at all": ({"createdAtFrom": "2030-01-01T00:00:00Z"}, lambda record: False),
}

# Some hundred transfers: to list or count all ten thousand takes the local AWS long.
SOME_DAYS = {"createdAtFrom": "2026-06-01T00:00:00Z", "createdAtTo": "2026-06-12T23:59:59Z"}


def of_some_days(record: Record) -> bool:
    return SOME_DAYS["createdAtFrom"] <= to_second(record["createdAt"]) <= SOME_DAYS["createdAtTo"]


def within_some_days(name: str) -> tuple[dict[str, Any], Callable[[Record], bool]]:
    """The filters of this name and what they keep; without dates of their own, only of some days."""
    filters, keep = FILTERS[name]
    if "createdAtFrom" in filters:
        return filters, keep
    return filters | SOME_DAYS, lambda record: keep(record) and of_some_days(record)
