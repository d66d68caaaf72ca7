"""What is in a file, for every dataset, filter and scope."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
from support.api import Api, Caller
from support.bucket import Bucket
from support.datasets import DATASETS, IMPORTABLE, TYPES
from support.filters import FILTERS
from support.generator import Generator
from support.ledger import COLUMNS, Ledger, Record, read_file
from support.manifest import manifest_key, manifest_of
from support.table import ExportsTable, LedgerTable

TRANSFERS = "funding-transfers"
# Those whose columns are written out.
KNOWN = [dataset for dataset in DATASETS if dataset in COLUMNS]
FAILURES = {"FAILED", "INSUFFICIENT_FUNDS"}


@pytest.mark.parametrize("dataset", KNOWN)
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
    assert transactions == ledger.transactions_of(caller.tenantId, caller.supplierId)


def test_suppliers_cannot_widen_their_scope(api: Api, supplier: Caller, ledger: Ledger) -> None:
    export = api.make(supplier, TRANSFERS, {"filters": {"supplierIds": ["SUP-1002", "SUP-1003"]}})
    owners = {row[7] for row in read_file(api.download(export))[1:]}
    assert owners == {supplier.supplierId}
    assert "supplierIds" not in export["filters"]


@pytest.mark.parametrize("name", FILTERS)
def test_filters_keep_just_what_they_say(api: Api, operator: Caller, ledger: Ledger, name: str) -> None:
    filters, keep = FILTERS[name]
    export = api.make(operator, TRANSFERS, {"filters": filters})
    expected = ledger.rows(operator.tenantId, TRANSFERS, keep)
    file = api.download(export)
    assert read_file(file) == expected
    assert export["rowCount"] == len(expected) - 1
    assert export["manifest"] == manifest_of(file, export["filters"], export["createdAt"])


@pytest.mark.parametrize("dataset", IMPORTABLE)
def test_a_manifest_says_what_its_file_holds(
    api: Api, operator: Caller, exports_table: ExportsTable, bucket: Bucket, dataset: str
) -> None:
    export = api.make(operator, dataset)
    manifest = manifest_of(api.download(export), export["filters"], export["createdAt"])
    assert len(manifest["totals"]) > 1
    assert export["manifest"] == manifest
    key = exports_table.export(operator.tenantId, dataset, export["exportId"])["file"]["key"]
    assert bucket.json(manifest_key(key)) == {
        "exportId": export["exportId"],
        "type": TYPES[dataset],
        "fileName": f"{dataset}-{export['createdAt'][:10]}.csv",
        **manifest,
    }


@pytest.mark.parametrize("dataset", [TRANSFERS, "transactions"])
def test_a_suppliers_manifest_adds_up_only_its_own_rows(api: Api, supplier: Caller, dataset: str) -> None:
    export = api.make(supplier, dataset)
    assert export["manifest"] == manifest_of(api.download(export), export["filters"], export["createdAt"])


def test_a_file_without_rows_adds_up_to_nothing(api: Api, newcomer: Caller, ledger_table: LedgerTable) -> None:
    ledger_table.lay_out(newcomer.tenantId, TRANSFERS)
    export = api.make(newcomer, TRANSFERS)
    assert export["manifest"]["totals"] == {}
    assert export["manifest"] == manifest_of(api.download(export), {}, export["createdAt"])


def test_totals_are_exact_whatever_their_digits(api: Api, newcomer: Caller, ledger_table: LedgerTable) -> None:
    amounts = {
        "EUR": ["0.1", "0.20", "-0.300"],
        "JPY": ["-5400", "-1"],
        "USD": ["9999999999999999999999999999", "0.0000000000000000000000000001", "1"],
    }
    ledger_table.lay_out(newcomer.tenantId, TRANSFERS)
    with ExitStack() as held:
        for currency, texts in amounts.items():
            for number, amount in enumerate(texts):
                columns = {"status": "COMPLETED", "amount": amount, "currency": currency}
                record = (f"{currency}-{number}", "2026-01-31T23:59:59.000Z")
                held.enter_context(ledger_table.holding(newcomer.tenantId, TRANSFERS, *record, **columns))
        export = api.make(newcomer, TRANSFERS)
    assert export["manifest"]["totals"] == {
        "EUR": "0.000",
        "JPY": "-5401",
        "USD": "10000000000000000000000000000.0000000000000000000000000001",
    }
    assert export["manifest"] == manifest_of(api.download(export), {}, export["createdAt"])


def test_a_spreadsheet_runs_nothing_of_a_file(api: Api, operator: Caller) -> None:
    rows = read_file(api.download(api.make(operator, TRANSFERS)))
    header = rows[0]
    free_texts = [header.index(name) for name in ("supplierExternalId", "supplierName", "reference", "failureReason")]
    texts = [row[column] for row in rows[1:] for column in free_texts]
    assert any(text.startswith("'=") for text in texts), "the demo data has hostile names"
    assert not [text for text in texts if text[:1] in set("=+-@\t\r\n＝＋－＠")]


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


def test_a_record_that_cannot_be_added_up_is_in_the_file_all_the_same(
    api: Api, newcomer: Caller, ledger_table: LedgerTable
) -> None:
    ledger_table.lay_out(newcomer.tenantId, TRANSFERS)
    created_at = "2026-01-31T23:59:59.000Z"
    with (
        ledger_table.holding(newcomer.tenantId, TRANSFERS, "trf_1", created_at, amount="1.50", currency="EUR"),
        ledger_table.holding(newcomer.tenantId, TRANSFERS, "trf_2", created_at, amount="2.50"),
    ):
        export = api.make(newcomer, TRANSFERS)
    assert export["rowCount"] == 2
    assert (export["manifest"]["totals"], export["manifest"]["rowsNotInTotals"]) == ({"EUR": "1.50"}, 1)
    assert export["manifest"] == manifest_of(api.download(export), {}, export["createdAt"])
