"""What is in a file, for every dataset, filter and scope."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from support.api import Api, Caller
from support.generator import Generator
from support.ledger import FOR_OPERATORS_ONLY, Ledger, Record, read_file, to_second
from support.table import LedgerTable

TRANSFERS = "funding-transfers"
FAILURES = {"FAILED", "INSUFFICIENT_FUNDS"}


@pytest.mark.parametrize("dataset", ["transactions", "supplier-payouts", "marketplace-payouts", TRANSFERS])
def test_an_operators_file_is_the_tenants_ledger(api: Api, operator: Caller, ledger: Ledger, dataset: str) -> None:
    rows = read_file(api.download(api.make(operator, dataset)))
    assert rows == ledger.rows(operator.tenantId, dataset)


def test_another_tenants_file_is_its_own_ledger(api: Api, callers: dict[str, Caller], ledger: Ledger) -> None:
    other = callers["otherTenantOperator"]
    rows = read_file(api.download(api.make(other, TRANSFERS)))
    assert rows == ledger.rows(other.tenantId, TRANSFERS)


@pytest.mark.parametrize("name", ["supplier", "supplier2"])
def test_a_suppliers_file_holds_only_its_own_rows(
    api: Api, callers: dict[str, Caller], ledger: Ledger, name: str
) -> None:
    caller = callers[name]

    def is_own(record: Record) -> bool:
        return record["supplierExternalId"] == caller.supplierId

    transfers = read_file(api.download(api.make(caller, TRANSFERS)))
    assert len(transfers) > 1
    assert transfers == ledger.rows(caller.tenantId, TRANSFERS, is_own)
    transactions = read_file(api.download(api.make(caller, "transactions")))
    assert len(transactions) > 1
    assert transactions == ledger.rows(caller.tenantId, "transactions", is_own, without=FOR_OPERATORS_ONLY)


def test_suppliers_cannot_widen_their_scope(api: Api, supplier: Caller, ledger: Ledger) -> None:
    export = api.make(supplier, TRANSFERS, {"filters": {"supplierIds": ["SUP-1002", "SUP-1003"]}})
    owners = {row[7] for row in read_file(api.download(export))[1:]}
    assert owners == {supplier.supplierId}
    assert "supplierIds" not in export["filters"]


def _amount(record: Record) -> Decimal:
    return Decimal(record["amount"])


FILTERS: dict[str, tuple[dict[str, Any], Any]] = {
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


@pytest.mark.parametrize("name", FILTERS)
def test_filters_keep_just_what_they_say(api: Api, operator: Caller, ledger: Ledger, name: str) -> None:
    filters, keep = FILTERS[name]
    export = api.make(operator, TRANSFERS, {"filters": filters})
    expected = ledger.rows(operator.tenantId, TRANSFERS, keep)
    assert read_file(api.download(export)) == expected
    assert export["rowCount"] == len(expected) - 1


def test_a_spreadsheet_runs_nothing_of_a_file(api: Api, operator: Caller) -> None:
    rows = read_file(api.download(api.make(operator, TRANSFERS)))
    header = rows[0]
    free_texts = [header.index(name) for name in ("supplierExternalId", "supplierName", "reference", "failureReason")]
    texts = [row[column] for row in rows[1:] for column in free_texts]
    assert any(text.startswith("'=") for text in texts), "the demo data has hostile names"
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_reasons_stand_only_with_failures(api: Api, operator: Caller) -> None:
    for dataset in (TRANSFERS, "supplier-payouts", "marketplace-payouts"):
        header, *rows = read_file(api.download(api.make(operator, dataset)))
        status, reason = header.index("status"), header.index("failureReason")
        assert {row[status] for row in rows if row[reason]} <= FAILURES
        assert any(row[reason] for row in rows)


def test_rows_that_come_later_are_not_in_the_file(
    api: Api, operator: Caller, ledger: Ledger, ledger_table: LedgerTable, generator: Generator
) -> None:
    dataset = "marketplace-payouts"
    with generator.held():
        launched = api.launch(operator, dataset)
        second = datetime.fromisoformat(launched["createdAt"])
        # Of the same second as the request, if that is not over yet, and of the next one.
        late = [second.replace(microsecond=999_000), second + timedelta(seconds=1)]
        late = [time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}Z" for time in late]
        columns = {"payoutId": "late", "status": "PENDING", "amount": "1.00", "currency": "EUR"}
        with (
            ledger_table.holding(operator.tenantId, dataset, "late-1", late[0], **columns),
            ledger_table.holding(operator.tenantId, dataset, "late-2", late[1], **columns),
        ):
            generator.release()
            export = api.wait(operator, dataset, launched["exportId"])
    assert read_file(api.download(export)) == ledger.rows(operator.tenantId, dataset)
