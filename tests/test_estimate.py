"""What an export would come to, before it is launched."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from stack.large_ledger import BENCH_SERVER, serving
from support.api import Api, Caller
from support.datasets import DATASETS
from support.filters import FILTERS, SOME_DAYS, of_some_days, within_some_days
from support.functions import Functions
from support.ledger import COLUMNS, Ledger, to_second
from support.problems import refusals

TRANSFERS = "funding-transfers"
# More than the local AWS takes to count some thousand records on a busy machine, and what is deployed.
MUCH_TIME = {"ESTIMATE_TIME_MILLISECONDS": "25000"}
USUAL_TIME = {"ESTIMATE_TIME_MILLISECONDS": "1500"}
KNOWN = [dataset for dataset in DATASETS if dataset in COLUMNS]


@pytest.fixture(scope="module", autouse=True)
def much_time(functions: Functions) -> Iterator[None]:
    """The local AWS is slower than DynamoDB, and must still count every record."""
    with functions.changed("estimate", **MUCH_TIME):
        yield


def estimate(api: Api, caller: Caller, dataset: str = TRANSFERS, body: Any = None) -> dict[str, Any]:
    answer = api.post(caller, f"/v1/payments/{dataset}/export/estimate", json=body or {})
    assert answer.status_code == 200, answer.text
    return answer.json()


def exactly(number: int) -> dict[str, Any]:
    return {"min": number, "max": number, "isExact": True}


@pytest.mark.parametrize("dataset", [dataset for dataset in KNOWN if dataset != TRANSFERS])
def test_a_small_export_is_known_exactly_before_it_is_made(api: Api, operator: Caller, dataset: str) -> None:
    estimated = estimate(api, operator, dataset)
    export = api.make(operator, dataset)
    assert estimated["rowCount"] == exactly(export["rowCount"])
    assert estimated["fileSize"] == exactly(export["fileSize"])
    assert estimated["totals"] == export["manifest"]["totals"]


@pytest.mark.parametrize("name", FILTERS)
def test_filters_are_those_of_the_launch(api: Api, operator: Caller, ledger: Ledger, name: str) -> None:
    filters, keep = within_some_days(name)
    estimated = estimate(api, operator, body={"filters": filters, "cc": ["finance@example.com"]})
    assert estimated["rowCount"] == exactly(len(ledger.items(operator.tenantId, TRANSFERS, keep)))


@pytest.mark.parametrize("profile", [{"name": "standard"}, {"name": "spreadsheet", "locale": "fr"}])
def test_columns_and_profile_are_those_of_the_launch(api: Api, operator: Caller, profile: dict[str, str]) -> None:
    body = {"columns": ["amount", "payoutId", "executedAt"], "profile": profile}
    estimated = estimate(api, operator, "supplier-payouts", body)
    export = api.make(operator, "supplier-payouts", body)
    assert estimated["fileSize"] == exactly(export["fileSize"])
    assert estimated["totals"] == export["manifest"]["totals"]


def test_the_size_is_that_of_the_text_before_it_is_compressed(api: Api, operator: Caller) -> None:
    body = {"compression": "gzip"}
    estimated = estimate(api, operator, "supplier-payouts", body)
    export = api.make(operator, "supplier-payouts", body)
    assert estimated["fileSize"] == exactly(export["manifest"]["uncompressed"]["fileSize"])


def test_ten_thousand_records_are_estimated_even_if_the_ledger_is_slow(
    api: Api, operator: Caller, ledger: Ledger, functions: Functions
) -> None:
    with functions.changed("estimate", **USUAL_TIME):
        row_count = estimate(api, operator)["rowCount"]
    assert row_count["min"] <= len(ledger.items(operator.tenantId, TRANSFERS)) <= row_count["max"]


def test_a_supplier_learns_only_of_its_own_rows(api: Api, supplier: Caller) -> None:
    export = api.make(supplier, TRANSFERS)
    estimated = estimate(api, supplier, body={"filters": {"supplierIds": ["SUP-1002"]}})
    assert estimated["fileSize"] == exactly(export["fileSize"])
    assert estimated["totals"] == export["manifest"]["totals"]


def test_statuses_and_days_add_up_to_the_whole(api: Api, operator: Caller, ledger: Ledger) -> None:
    estimated = estimate(api, operator, body={"filters": SOME_DAYS})
    by_status: dict[str, int] = defaultdict(int)
    by_day: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for record in filter(of_some_days, ledger.records(operator.tenantId, TRANSFERS)):
        by_status[record["status"]] += 1
        by_day[to_second(record["createdAt"])[:10]][record["currency"]] += Decimal(record["amount"])
    assert {status: part["rowCount"] for status, part in estimated["statuses"].items()} == by_status
    shown = {day["date"]: {key: Decimal(sum_) for key, sum_ in day["totals"].items()} for day in estimated["days"]}
    assert list(shown) == sorted(by_day)
    assert shown == by_day
    assert sum(day["rowCount"] for day in estimated["days"]) == estimated["rowCount"]["min"]


def test_nothing_comes_to_a_header(api: Api, newcomer: Caller) -> None:
    estimated = estimate(api, newcomer)
    assert estimated["rowCount"] == exactly(0)
    assert estimated["fileSize"] == exactly(len(";".join(COLUMNS[TRANSFERS])) + 1)
    assert (estimated["totals"], estimated["statuses"], estimated["days"]) == ({}, {}, [])


def test_an_estimate_launches_nothing(api: Api, newcomer: Caller) -> None:
    estimate(api, newcomer, body={"cc": ["finance@example.com"]})
    assert api.get(newcomer, f"/v1/payments/{TRANSFERS}/export").json()["items"] == []


def test_who_may_only_read_may_estimate(api: Api, callers: dict[str, Caller]) -> None:
    assert estimate(api, callers["operatorReadOnly"], "marketplace-payouts")["rowCount"]["min"] > 0
    answer = api.post(callers["supplier"], "/v1/payments/supplier-payouts/export/estimate")
    assert answer.status_code == 403


@pytest.mark.parametrize("dataset", DATASETS)
def test_an_unknown_field_is_refused(api: Api, operator: Caller, dataset: str) -> None:
    answer = api.post(operator, f"/v1/payments/{dataset}/export/estimate", json={"filter": {}})
    assert refusals(answer) == [("/filter", "UNKNOWN_FIELD")]


def test_problems_are_those_of_the_launch(api: Api, operator: Caller) -> None:
    body = {"filters": {"statuses": ["DONE"]}, "filter": {}}
    answer = api.post(operator, f"/v1/payments/{TRANSFERS}/export/estimate", json=body)
    assert refusals(answer) == [("/filter", "UNKNOWN_FIELD"), ("/filters/statuses/0", "INVALID_VALUE")]


@pytest.mark.parametrize(("filters", "rows"), [({}, 1_000_000), ({"statuses": ["FAILED"]}, 2_000)])
def test_a_million_records_are_estimated_in_time(
    api: Api, operator: Caller, functions: Functions, stack: dict[str, Any], filters: dict[str, Any], rows: int
) -> None:
    with (
        serving(BENCH_SERVER, stack, rows=1_000_000, match_every=500) as large,
        functions.changed("estimate", **USUAL_TIME, AWS_ENDPOINT_URL_DYNAMODB=large.url),
    ):
        started = time.monotonic()
        estimated = estimate(api, operator, body={"filters": filters})
        took = time.monotonic() - started
    row_count = estimated["rowCount"]
    assert not row_count["isExact"]
    assert row_count["min"] <= rows <= row_count["max"]
    assert estimated["totals"] is None
    # The function's own limit, and what the local gateway adds on a busy machine.
    assert took < 10
    print(f"{rows}: {row_count['min']} to {row_count['max']}, {took:.2f} s")
