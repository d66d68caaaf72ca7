"""Lists of records: what an export with the same filters holds, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode

import pytest
from stack.large_ledger import BENCH_SERVER, serving
from support.api import Api, Caller
from support.datasets import DATASETS
from support.filters import FILTERS, within_some_days
from support.functions import Functions
from support.ledger import COLUMNS, FOR_OPERATORS_ONLY, Ledger, Record
from support.problems import refusals
from support.table import LedgerTable

TRANSFERS = "funding-transfers"
KNOWN = [dataset for dataset in DATASETS if dataset in COLUMNS]
NEWEST, OLDEST = "createdAt:desc", "createdAt:asc"
MOST_PAGES = 64


def page(api: Api, caller: Caller, dataset: str, **parameters: Any) -> dict[str, Any]:
    answer = api.get(caller, f"/v1/payments/{dataset}?{urlencode(parameters, doseq=True)}")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert len(found["items"]) <= parameters.get("limit", 25)
    assert set(found) <= {"items", "nextCursor", "lookedThroughTo"}
    return found


def pages(api: Api, caller: Caller, dataset: str, **parameters: Any) -> Iterator[list[dict[str, Any]]]:
    """The records of each page, to the end."""
    cursor: dict[str, str] = {}
    while True:
        found = page(api, caller, dataset, **parameters, **cursor)
        yield found["items"]
        if found["nextCursor"] is None:
            return
        cursor = {"cursor": found["nextCursor"]}


def walk(api: Api, caller: Caller, dataset: str, **parameters: Any) -> list[dict[str, Any]]:
    return [item for items in pages(api, caller, dataset, **parameters) for item in items]


@pytest.mark.parametrize("dataset", [dataset for dataset in KNOWN if dataset != TRANSFERS])
def test_an_operators_list_is_the_file_record_by_record(
    api: Api, operator: Caller, ledger: Ledger, dataset: str
) -> None:
    assert walk(api, operator, dataset, sort=OLDEST, limit=100) == ledger.items(operator.tenantId, dataset)


@pytest.mark.parametrize("name", FILTERS)
def test_a_filtered_list_is_the_file_with_these_filters(api: Api, operator: Caller, ledger: Ledger, name: str) -> None:
    filters, keep = within_some_days(name)
    listed = walk(api, operator, TRANSFERS, **filters, limit=100)
    assert listed == ledger.items(operator.tenantId, TRANSFERS, keep)[::-1]


@pytest.mark.parametrize("name", ["supplier", "supplier2"])
def test_a_supplier_sees_only_its_own_records(api: Api, callers: dict[str, Caller], ledger: Ledger, name: str) -> None:
    caller = callers[name]

    def is_own(record: Record) -> bool:
        return record["supplierExternalId"] == caller.supplierId

    for dataset in (TRANSFERS, "transactions"):
        own = ledger.items(caller.tenantId, dataset, is_own, without=FOR_OPERATORS_ONLY)
        assert own
        assert walk(api, caller, dataset, sort=OLDEST, limit=100, supplierIds=["SUP-1002", "SUP-1003"]) == own


def test_another_tenant_sees_its_own_records(api: Api, callers: dict[str, Caller], ledger: Ledger) -> None:
    other = callers["otherTenantOperator"]
    newest = ledger.items(other.tenantId, TRANSFERS)[::-1]
    assert page(api, other, TRANSFERS)["items"] == newest[:25]


def test_suppliers_have_no_list_of_what_only_operators_export(api: Api, supplier: Caller) -> None:
    for dataset in ("supplier-payouts", "marketplace-payouts"):
        assert api.get(supplier, f"/v1/payments/{dataset}").status_code == 403
    assert api.get(supplier, "/v1/payments/payouts-by-contact").status_code == 404


def test_a_key_that_only_reads_sees_records(api: Api, callers: dict[str, Caller]) -> None:
    assert page(api, callers["operatorReadOnly"], TRANSFERS)["items"]


def test_a_key_without_the_permission_sees_none(api: Api, callers: dict[str, Caller]) -> None:
    assert api.get(callers["disabled"], f"/v1/payments/{TRANSFERS}").status_code == 401


def test_pages_of_any_size_make_the_same_list(api: Api, newcomer: Caller, ledger_table: LedgerTable) -> None:
    ledger_table.lay_out(newcomer.tenantId, TRANSFERS)
    with ExitStack() as held:
        for number in range(23):
            record = (f"trf_{number:02}", f"2026-01-31T23:59:{number // 3:02}.000Z")
            columns = {"transferId": record[0], "status": "PENDING", "amount": "1.00", "currency": "EUR"}
            held.enter_context(ledger_table.holding(newcomer.tenantId, TRANSFERS, *record, **columns))
        for sort in (NEWEST, OLDEST):
            ids = [f"trf_{number:02}" for number in range(23)][:: 1 if sort == OLDEST else -1]
            for limit in (1, 2, 7, 22, 23, 100):
                found = walk(api, newcomer, TRANSFERS, sort=sort, limit=limit)
                assert [item["transferId"] for item in found] == ids
            assert page(api, newcomer, TRANSFERS, sort=sort, limit=23)["nextCursor"] is None


def test_records_that_arrive_meanwhile_are_not_in_the_list(
    api: Api, newcomer: Caller, ledger_table: LedgerTable
) -> None:
    ledger_table.lay_out(newcomer.tenantId, TRANSFERS)
    columns = {"status": "PENDING", "amount": "1.00", "currency": "EUR"}
    with ExitStack() as held:

        def hold(record_id: str, created_at: str, **more: Any) -> None:
            record = ledger_table.holding(
                newcomer.tenantId, TRANSFERS, record_id, created_at, transferId=record_id, **columns, **more
            )
            held.enter_context(record)

        for number in range(4):
            hold(f"trf_{number}", f"2026-01-3{number % 2}T10:00:00.000Z")
        first = page(api, newcomer, TRANSFERS, sort=OLDEST, limit=2)
        hold("trf_late", "2026-01-31T11:00:00.000Z", visibleFrom=4_000_000_000)
        rest = walk(api, newcomer, TRANSFERS, sort=OLDEST, limit=2, cursor=first["nextCursor"])
    ids = [item["transferId"] for item in first["items"] + rest]
    assert ids == ["trf_0", "trf_2", "trf_1", "trf_3"]


def test_cells_are_those_before_quotes_and_guards(api: Api, operator: Caller, ledger: Ledger) -> None:
    hostile = next(item for item in ledger.items(operator.tenantId, TRANSFERS) if _is_formula(item["supplierName"]))
    found = page(api, operator, TRANSFERS, supplierIds=hostile["supplierExternalId"])
    assert {item["supplierName"] for item in found["items"]} == {hostile["supplierName"]}


def _is_formula(cell: str | None) -> bool:
    return (cell or "").startswith("=")


def test_a_time_before_all_times_is_no_error(api: Api, operator: Caller) -> None:
    for sort in (NEWEST, OLDEST):
        found = page(api, operator, TRANSFERS, createdAtTo="1960-01-01T00:00:00Z", sort=sort)
        assert found == {"items": [], "nextCursor": None}


def test_a_tenant_without_records_has_an_empty_list(api: Api, newcomer: Caller) -> None:
    assert page(api, newcomer, TRANSFERS) == {"items": [], "nextCursor": None}


def test_a_cursor_is_good_for_its_own_list_only(api: Api, callers: dict[str, Caller], operator: Caller) -> None:
    cursor = page(api, operator, TRANSFERS, statuses="COMPLETED", limit=5)["nextCursor"]
    assert page(api, operator, TRANSFERS, statuses="COMPLETED", limit=50, cursor=cursor)["items"]
    for caller, parameters in [
        (operator, {"statuses": "FAILED"}),
        (operator, {}),
        (operator, {"statuses": "COMPLETED", "sort": OLDEST}),
        (callers["operator2"], {"statuses": "COMPLETED"}),
        (callers["otherTenantOperator"], {"statuses": "COMPLETED"}),
        (callers["supplier"], {"statuses": "COMPLETED"}),
    ]:
        answer = api.get(caller, f"/v1/payments/{TRANSFERS}?{urlencode({**parameters, 'cursor': cursor})}")
        assert refusals(answer) == [("/cursor", "INVALID_VALUE")]


@pytest.mark.parametrize("dataset", DATASETS)
def test_an_unknown_parameter_is_refused(api: Api, operator: Caller, dataset: str) -> None:
    assert refusals(api.get(operator, f"/v1/payments/{dataset}?page=2")) == [("/page", "UNKNOWN_FIELD")]


def test_every_problem_of_the_parameters_is_named(api: Api, operator: Caller) -> None:
    query = "page=2&limit=0&amountMin=ten&statuses=DONE&sort=up&createdAtFrom=2026-01-01"
    answer = api.get(operator, f"/v1/payments/{TRANSFERS}?{query}")
    assert sorted(refusals(answer)) == [
        ("/amountMin", "INVALID_VALUE"),
        ("/createdAtFrom", "INVALID_VALUE"),
        ("/limit", "OUT_OF_RANGE"),
        ("/page", "UNKNOWN_FIELD"),
        ("/sort", "INVALID_VALUE"),
        ("/statuses/0", "INVALID_VALUE"),
    ]


def test_a_rare_filter_in_a_million_records_costs_a_bounded_number_of_reads(
    api: Api, operator: Caller, functions: Functions, stack: dict[str, Any]
) -> None:
    with (
        serving(BENCH_SERVER, stack, rows=1_000_000, match_every=250_000) as large,
        functions.changed("records", AWS_ENDPOINT_URL_DYNAMODB=large.url),
    ):
        found, cursor, looked = [], {}, []
        while True:
            before = large.queries()
            answer = page(api, operator, TRANSFERS, statuses="FAILED", **cursor)
            assert large.queries() - before <= MOST_PAGES
            found += [item["transferId"] for item in answer["items"]]
            if answer["nextCursor"] is None:
                break
            looked.append(answer["lookedThroughTo"])
            cursor = {"cursor": answer["nextCursor"]}
    assert found == [f"trf_{number:016}" for number in (750_000, 500_000, 250_000, 0)]
    assert looked == sorted(looked, reverse=True)
    assert len(looked) > 5
