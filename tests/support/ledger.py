"""The demo data, and the files that exports of it must give: worked out here, without the product's own code."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from pathlib import Path

Record = dict[str, str]
Row = list[str]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
RECORD_ID = {
    "funding-transfers": "transferId",
    "transactions": "eventId",
    "supplier-payouts": "payoutId",
    "marketplace-payouts": "payoutId",
    "payouts-by-contact": "payoutId",
}
COLUMNS = {
    "funding-transfers": (
        "transferId createdAt status amount currency sourceBalanceAccountType targetBalanceAccountType "
        "supplierExternalId supplierName reference relatedEntityType relatedEntityId failureReason"
    ).split(),
    "supplier-payouts": (
        "payoutId createdAt status amount currency supplierExternalId supplierName periodStart periodEnd orderCount "
        "executedAt settledAt reference pspReference failureReason"
    ).split(),
    "marketplace-payouts": (
        "payoutId createdAt status amount currency commissionAmount orderCount periodStart periodEnd executedAt "
        "settledAt reference pspReference failureReason"
    ).split(),
    "transactions": (
        "transactionId eventId eventType createdAt status commercialOrderReference logisticOrderReference "
        "supplierExternalId supplierName customerAccountExternalId customerAccountName paymentMethod pspReference "
        "amount currency platformCommission marketplaceCommission netAmount failureReason"
    ).split(),
    "payouts-by-contact": (
        "payoutId externalId createdAt sentAt paidAt status amount currency contactId contactExternalId contactName "
        "payoutMethod bankCode bankAccountNumber reference failureReason"
    ).split(),
}
WRITTEN_BY_OTHERS = set(
    "supplierExternalId supplierName reference pspReference failureReason commercialOrderReference "
    "logisticOrderReference customerAccountExternalId customerAccountName externalId contactExternalId contactName "
    "bankCode".split()
)
TIMES = set("createdAt sentAt paidAt periodStart periodEnd executedAt settledAt".split())
FOR_OPERATORS_ONLY = {"platformCommission", "marketplaceCommission"}


class Ledger:
    """Every record that `make up` loads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def records(self, tenant: str, dataset: str) -> list[Record]:
        with (self.folder / tenant / f"{dataset}.csv").open(newline="", encoding="utf-8") as lines:
            return list(csv.DictReader(lines, delimiter=";"))

    def rows(
        self,
        tenant: str,
        dataset: str,
        keep: Callable[[Record], bool] = lambda record: True,
        without: Iterable[str] = (),
    ) -> list[Row]:
        """The file's rows, its header first, of the records to keep."""
        columns = [column for column in COLUMNS[dataset] if column not in set(without)]
        records = self._in_order(tenant, dataset, keep)
        return [columns, *([_cell(column, record[column]) for column in columns] for record in records)]

    def transactions_of(self, tenant: str, supplier_id: str) -> list[Row]:
        """The file's rows of a supplier's own transactions, as the supplier gets them."""
        return self.rows(
            tenant,
            "transactions",
            lambda record: record["supplierExternalId"] == supplier_id,
            without=FOR_OPERATORS_ONLY,
        )

    def items(
        self,
        tenant: str,
        dataset: str,
        keep: Callable[[Record], bool] = lambda record: True,
        without: Iterable[str] = (),
    ) -> list[dict[str, str | None]]:
        """The same records as lists show them, the oldest first."""
        columns = [column for column in COLUMNS[dataset] if column not in set(without)]
        records = self._in_order(tenant, dataset, keep)
        return [{column: _shown(column, record[column]) or None for column in columns} for record in records]

    def _in_order(self, tenant: str, dataset: str, keep: Callable[[Record], bool]) -> list[Record]:
        records = [record for record in self.records(tenant, dataset) if keep(record)]
        return sorted(records, key=lambda record: (to_second(record["createdAt"]), record[RECORD_ID[dataset]]))


def picked(rows: list[Row], columns: Iterable[str]) -> list[Row]:
    """Some columns of rows, in this order."""
    places = [rows[0].index(column) for column in columns]
    return [[row[place] for place in places] for row in rows]


def read_file(text: str) -> list[Row]:
    """A file's rows, as an ordinary CSV reader sees them."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def to_second(text: str) -> str:
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _shown(column: str, text: str) -> str:
    return to_second(text) if column in TIMES and text else text


def _cell(column: str, text: str) -> str:
    if column in WRITTEN_BY_OTHERS and text.startswith(FORMULA_STARTS):
        return f"'{text}"
    return _shown(column, text)
