"""Files of chosen columns."""

from __future__ import annotations

from typing import Any

import pytest
from support.api import Api, Caller
from support.bucket import Bucket
from support.datasets import DATASETS
from support.ledger import COLUMNS, FOR_OPERATORS_ONLY, Ledger, picked, read_file
from support.manifest import manifest_key, manifest_of
from support.problems import problem, refusals
from support.table import ExportsTable

TRANSFERS = "funding-transfers"
KNOWN = [dataset for dataset in DATASETS if dataset in COLUMNS]


@pytest.mark.parametrize("dataset", KNOWN)
def test_a_file_has_the_columns_that_were_asked_for_in_their_order(
    api: Api, operator: Caller, ledger: Ledger, exports_table: ExportsTable, bucket: Bucket, dataset: str
) -> None:
    columns = list(reversed(COLUMNS[dataset]))[::2]
    export = api.make(operator, dataset, {"columns": columns})
    whole = ledger.rows(operator.tenantId, dataset)
    file = api.download(export)
    assert read_file(file) == picked(whole, columns)
    assert export["columns"] == columns
    manifest = manifest_of(file, {}, export["createdAt"], whole, columns=columns)
    assert export["manifest"] == manifest
    key = exports_table.export(operator.tenantId, dataset, export["exportId"])["file"]["key"]
    assert bucket.json(manifest_key(key)).items() >= manifest.items()


@pytest.mark.parametrize("columns", [["reference"], ["currency", "reference"]])
def test_totals_are_the_same_whether_or_not_the_file_shows_the_amounts(
    api: Api, operator: Caller, ledger: Ledger, columns: list[str]
) -> None:
    filters = {"statuses": ["FAILED"]}
    export = api.make(operator, TRANSFERS, {"filters": filters, "columns": columns})
    whole = ledger.rows(operator.tenantId, TRANSFERS, lambda record: record["status"] == "FAILED")
    file = api.download(export)
    assert read_file(file) == picked(whole, columns)
    assert len(export["manifest"]["totals"]) > 1
    assert export["manifest"] == manifest_of(file, filters, export["createdAt"], whole, columns=columns)


def test_an_export_can_be_asked_for_again_as_it_is_shown(api: Api, newcomer: Caller) -> None:
    columns = ["status", "transferId"]
    launched = api.launch(newcomer, TRANSFERS, {"columns": columns})
    assert launched["columns"] == columns
    [listed] = api.get(newcomer, f"/v1/payments/{TRANSFERS}/export").json()["items"]
    assert listed["columns"] == columns
    shown = api.wait(newcomer, TRANSFERS, launched["exportId"])
    again = api.make(newcomer, TRANSFERS, {name: shown[name] for name in ("filters", "columns")})
    assert read_file(api.download(again)) == [columns]


def test_without_a_choice_an_export_is_shown_as_it_always_was(api: Api, newcomer: Caller) -> None:
    export = api.make(newcomer, TRANSFERS)
    assert "columns" not in export
    assert "columns" not in export["manifest"]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([], [("/columns", "TOO_FEW")]),
        (None, [("/columns", "INVALID_TYPE")]),
        ("amount", [("/columns", "INVALID_TYPE")]),
        (["amount", 5], [("/columns/1", "INVALID_TYPE")]),
        (["amount", "status", "amount"], [("/columns/2", "INVALID_VALUE")]),
        (["Amount", "status", "amountValue"], [("/columns/0", "INVALID_VALUE"), ("/columns/2", "INVALID_VALUE")]),
        (["amount"] * 101, [("/columns", "TOO_MANY")]),
    ],
)
def test_columns_are_checked(api: Api, operator: Caller, columns: Any, expected: list[tuple[str, str]]) -> None:
    assert refusals(api.trigger(operator, TRANSFERS, {"columns": columns})) == expected


def test_a_refusal_names_the_columns_that_there_are(api: Api, operator: Caller) -> None:
    answer = api.trigger(operator, TRANSFERS, {"columns": ["commissionAmount"]})
    [error] = problem(answer, 400, "INVALID_REQUEST")["errors"]
    assert error["detail"] == f"must be one of {', '.join(COLUMNS[TRANSFERS])}"


def test_a_supplier_cannot_tell_a_column_for_operators_from_one_that_does_not_exist(
    api: Api, supplier: Caller, ledger: Ledger
) -> None:
    def refused(name: str) -> dict[str, Any]:
        body = problem(api.trigger(supplier, "transactions", {"columns": [name]}), 400, "INVALID_REQUEST")
        return {**body, "requestId": ""}

    unknown = refused("noSuchColumn")
    for name in sorted(FOR_OPERATORS_ONLY):
        assert refused(name) == unknown
        assert name not in unknown["errors"][0]["detail"]
    columns = ["netAmount", "eventId"]
    rows = read_file(api.download(api.make(supplier, "transactions", {"columns": columns})))
    own = ledger.rows(
        supplier.tenantId, "transactions", lambda record: record["supplierExternalId"] == supplier.supplierId
    )
    assert len(rows) > 1
    assert rows == picked(own, columns)


def test_an_idempotency_key_is_of_one_choice_of_columns(api: Api, newcomer: Caller) -> None:
    def trigger(body: dict[str, Any]) -> Any:
        return api.trigger(newcomer, TRANSFERS, body, headers={"idempotency-key": "columns"})

    columns = ["amount", "currency"]
    first = trigger({"columns": columns})
    assert first.status_code == 201, first.text
    again = trigger({"columns": columns})
    assert again.json()["exportId"] == first.json()["exportId"]
    for other in ({"columns": columns[::-1]}, {"columns": columns[:1]}, {}):
        problem(trigger(other), 422, "IDEMPOTENCY_KEY_REUSED")
