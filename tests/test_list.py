"""The history of exports: every parameter, and walks that miss nothing and repeat nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from support.api import Api, Caller
from support.counting import Counter
from support.datasets import DATASETS
from support.functions import Functions
from support.generator import Generator
from support.history import History, history_of, minutes
from support.keys import Keys
from support.problems import refusals
from support.table import ExportsTable

DATASET = "supplier-payouts"
OWN = "funding-transfers"
LONG = 20_000


@pytest.fixture(scope="module")
def user(keys: Keys) -> Caller:
    """Whose history nobody adds to."""
    return keys.operator()


@pytest.fixture(scope="module")
def history(api: Api, user: Caller, exports_table: ExportsTable) -> History:
    return history_of(exports_table, user, DATASET, api.make(user, DATASET))


@pytest.fixture(scope="module")
def ids(api: Api, user: Caller, history: History) -> list[str]:
    """Sixty exports, the oldest first: the last was made, the others are of 2026-01-01, a minute apart."""
    statuses = ["READY", "EXPIRED", "FAILED", "READY"]
    written = history.write((moment, statuses[number % 4]) for number, moment in enumerate(minutes(59)))
    return [*written, history.example["sort"]]


def page(api: Api, caller: Caller, dataset: str = DATASET, **parameters: Any) -> dict[str, Any]:
    answer = api.get(caller, f"/v1/payments/{dataset}/export?{urlencode(parameters, doseq=True)}")
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["items"]) <= parameters.get("limit", 25)
    return answer.json()


def walk(api: Api, caller: Caller, dataset: str = DATASET, **parameters: Any) -> Iterator[list[str]]:
    """The ids on each page, to the end."""
    cursor: dict[str, str] = {}
    while True:
        answer = page(api, caller, dataset, **parameters, **cursor)
        yield [export["exportId"] for export in answer["items"]]
        if answer["nextCursor"] is None:
            return
        cursor = {"cursor": answer["nextCursor"]}


def listed(api: Api, caller: Caller, dataset: str = DATASET, **parameters: Any) -> list[str]:
    return [export_id for ids in walk(api, caller, dataset, **parameters) for export_id in ids]


def test_the_newest_come_first_25_to_a_page(api: Api, user: Caller, ids: list[str]) -> None:
    first = page(api, user)
    assert [export["exportId"] for export in first["items"]] == ids[:-26:-1]
    assert first["nextCursor"]
    assert listed(api, user) == ids[::-1]


def test_the_order_can_be_chosen(api: Api, user: Caller, ids: list[str]) -> None:
    assert listed(api, user, sort="createdAt:asc") == ids
    assert listed(api, user, sort="createdAt:desc") == ids[::-1]


@pytest.mark.parametrize("limit", [7, 20, 30, 59, 60, 61, 100])
@pytest.mark.parametrize("sort", ["createdAt:desc", "createdAt:asc"])
def test_pages_of_any_size_are_the_whole_list(api: Api, user: Caller, ids: list[str], limit: int, sort: str) -> None:
    pages = list(walk(api, user, limit=limit, sort=sort))
    assert [len(found) for found in pages[:-1]] == [limit] * (len(pages) - 1)
    assert pages[-1], "no page is empty"
    assert sorted(export_id for found in pages for export_id in found) == ids


def test_a_page_may_be_larger_than_the_one_before(api: Api, user: Caller, ids: list[str]) -> None:
    first = page(api, user, limit=1)
    rest = page(api, user, limit=100, cursor=first["nextCursor"])
    assert [export["exportId"] for export in first["items"] + rest["items"]] == ids[::-1]


@pytest.mark.parametrize(
    ("status", "kept"),
    [
        (["READY"], {"READY"}),
        (["READY,FAILED"], {"READY", "FAILED"}),
        (["READY", "FAILED"], {"READY", "FAILED"}),
        (["EXPIRED,FAILED", "FAILED"], {"EXPIRED", "FAILED"}),
        (["PENDING,READY,FAILED,CANCELLED,EXPIRED"], {"READY", "FAILED", "EXPIRED"}),
    ],
)
@pytest.mark.parametrize("limit", [7, 100])
def test_statuses_may_be_repeated_and_separated_by_commas(
    api: Api, user: Caller, ids: list[str], status: list[str], kept: set[str], limit: int
) -> None:
    everything = page(api, user, limit=100)["items"]
    wanted = [export["exportId"] for export in everything if export["status"] in kept]
    assert len(wanted) > 7
    assert listed(api, user, status=status, limit=limit) == wanted


def test_a_status_that_nothing_has_is_one_empty_page(api: Api, user: Caller, ids: list[str]) -> None:
    assert page(api, user, status="PENDING") == {"items": [], "nextCursor": None}
    assert page(api, user, OWN) == {"items": [], "nextCursor": None}
    assert page(api, user, createdAtFrom="2030-01-01") == {"items": [], "nextCursor": None}


def test_expired_is_told_from_the_clock_in_filters_too(api: Api, newcomer: Caller, exports_table: ExportsTable) -> None:
    export_id = api.make(newcomer, DATASET)["exportId"]
    exports_table.set(newcomer.tenantId, DATASET, export_id, expiresAt=int(time.time()))
    assert exports_table.export(newcomer.tenantId, DATASET, export_id)["status"] == "READY", "nobody cleaned up"
    [shown] = page(api, newcomer)["items"]
    assert shown["status"] == "EXPIRED"
    assert listed(api, newcomer, status="EXPIRED") == [export_id]
    assert listed(api, newcomer, status="EXPIRED,READY") == [export_id]
    assert listed(api, newcomer, status="READY") == []


@pytest.mark.parametrize(
    ("bounds", "kept"),
    [
        ({"createdAtFrom": "2026-02-10", "createdAtTo": "2026-02-10"}, [1, 2]),
        ({"createdAtFrom": "2026-02-10"}, [1, 2, 3]),
        ({"createdAtTo": "2026-02-10"}, [0, 1, 2]),
        ({"createdAtTo": "2026-02-09"}, [0]),
        ({"createdAtFrom": "2026-02-10T23:59:59Z", "createdAtTo": "2026-02-10T23:59:59Z"}, [2]),
        ({"createdAtFrom": "2026-02-10T00:00:01Z", "createdAtTo": "2026-02-10T23:59:58Z"}, []),
        ({"createdAtFrom": "2026-02-11T01:00:00+01:00"}, [3]),
    ],
)
@pytest.mark.parametrize("filters", [{}, {"status": "READY"}])
def test_times_are_inclusive_and_a_bare_date_is_the_whole_day(
    api: Api, days: tuple[Caller, list[str]], bounds: dict[str, str], kept: list[int], filters: dict[str, str]
) -> None:
    caller, ids = days
    found = listed(api, caller, **{"createdAtTo": "2026-03-01", **bounds, **filters})
    assert found == [ids[number] for number in reversed(kept)]


@pytest.fixture(scope="module")
def days(api: Api, keys: Keys, exports_table: ExportsTable) -> tuple[Caller, list[str]]:
    """Exports at the edges of 2026-02-10."""
    caller = keys.operator()
    history = history_of(exports_table, caller, DATASET, api.make(caller, DATASET))
    edges = ["2026-02-09T23:59:59.999Z", "2026-02-10T00:00:00.000Z", "2026-02-10T23:59:59.999Z"]
    return caller, history.write((edge, "READY") for edge in [*edges, "2026-02-11T00:00:00.000Z"])


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("page=2", ["/page"]),
        ("statuses=READY", ["/statuses"]),
        ("status=ready", ["/status"]),
        ("status=", ["/status"]),
        ("status=READY,", ["/status"]),
        ("createdAtFrom=yesterday", ["/createdAtFrom"]),
        ("createdAtTo=2026-02-30", ["/createdAtTo"]),
        ("createdAtFrom=2026-02-02&createdAtTo=2026-02-01", ["/createdAtTo"]),
        ("sort=createdAt", ["/sort"]),
        ("sort=status:asc", ["/sort"]),
        ("limit=0", ["/limit"]),
        ("limit=101", ["/limit"]),
        ("limit=2.5", ["/limit"]),
        ("limit=1&limit=2", ["/limit"]),
        ("cursor=x", ["/cursor"]),
        ("cursor=", ["/cursor"]),
        ("page=2&limit=0&status=x", ["/limit", "/page", "/status"]),
    ],
)
def test_what_a_list_does_not_know_is_refused_by_name(
    api: Api, operator: Caller, query: str, pointers: list[str]
) -> None:
    answer = api.get(operator, f"/v1/payments/{DATASET}/export?{query}")
    assert [pointer for pointer, _ in refusals(answer)] == pointers


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_list_refuses_what_it_does_not_know(api: Api, operator: Caller, dataset: str) -> None:
    answer = api.get(operator, f"/v1/payments/{dataset}/export?page=2")
    assert refusals(answer) == [("/page", "UNKNOWN_FIELD")]


@pytest.mark.parametrize(
    "change",
    [{"status": "READY"}, {"sort": "createdAt:asc"}, {"createdAtFrom": "2026-01-01"}, {"createdAtTo": "2026-12-31"}],
)
def test_a_cursor_goes_with_no_other_query(api: Api, user: Caller, ids: list[str], change: dict[str, str]) -> None:
    cursor = page(api, user, limit=5)["nextCursor"]
    answer = api.get(user, f"/v1/payments/{DATASET}/export?{urlencode({**change, 'cursor': cursor})}")
    assert refusals(answer) == [("/cursor", "INVALID_VALUE")]


def test_a_cursor_goes_to_no_other_list(
    api: Api, user: Caller, ids: list[str], keys: Keys, callers: dict[str, Caller]
) -> None:
    cursor = page(api, user, limit=5)["nextCursor"]
    for stranger in (keys.operator(user.tenantId), keys.operator(), callers["otherTenantOperator"]):
        assert refusals(api.get(stranger, f"/v1/payments/{DATASET}/export?cursor={cursor}"))
    assert refusals(api.get(user, f"/v1/payments/marketplace-payouts/export?cursor={cursor}"))


def test_a_changed_cursor_is_refused(api: Api, user: Caller, ids: list[str]) -> None:
    cursor = page(api, user, limit=5)["nextCursor"]
    for index in range(0, len(cursor), 9):
        changed = cursor[:index] + ("A" if cursor[index] != "A" else "B") + cursor[index + 1 :]
        assert refusals(api.get(user, f"/v1/payments/{DATASET}/export?cursor={changed}"))
    assert refusals(api.get(user, f"/v1/payments/{DATASET}/export?cursor={cursor[:-2]}"))


@pytest.mark.parametrize("sort", ["createdAt:desc", "createdAt:asc"])
@pytest.mark.parametrize("filters", [{}, {"status": "READY,EXPIRED,FAILED"}])
def test_a_walk_misses_and_repeats_nothing_while_exports_are_created(
    api: Api, keys: Keys, exports_table: ExportsTable, sort: str, filters: dict[str, str]
) -> None:
    caller = keys.operator()
    history = history_of(exports_table, caller, DATASET, api.make(caller, DATASET))
    before = {*history.write((moment, "READY") for moment in minutes(30)), history.example["sort"]}
    found = []
    for ids in walk(api, caller, limit=4, sort=sort, **filters):
        found += ids
        if len(found) < 20:
            api.make(keys.operator(caller.tenantId), DATASET)
    assert len(found) == len(set(found))
    assert before <= set(found)
    if sort == "createdAt:desc":
        assert set(found) == before


def test_a_list_right_after_a_request_shows_it(api: Api, newcomer: Caller, generator: Generator) -> None:
    with generator.held():
        for dataset in DATASETS:
            export = api.trigger(newcomer, dataset).json()
            assert page(api, newcomer, dataset)["items"] == [export]
            assert page(api, newcomer, dataset, status="PENDING")["items"] == [export]


@pytest.fixture(scope="module")
def long_history(api: Api, keys: Keys, exports_table: ExportsTable) -> tuple[Caller, list[str]]:
    """20,000 exports of one tenant, and the ids of the few that failed. Those of the last week can still be fetched."""
    caller = keys.operator()
    history = history_of(exports_table, caller, DATASET, api.make(caller, DATASET))
    failed = history.write((moment, "FAILED") for moment in minutes(7, "2026-01-05T00:00:30.000Z"))
    ready = history.write((moment, "READY") for moment in minutes(350, "2026-11-01T00:00:00.000Z"))
    history.write((moment, "EXPIRED") for moment in minutes(LONG - len(failed) - len(ready) - 1))
    return caller, failed


@pytest.fixture(scope="module")
def reads(stack: dict[str, Any], functions: Functions) -> Iterator[Counter]:
    counter = Counter(stack["endpointUrl"])
    try:
        with counter.watching(functions, "list"):
            yield counter
    finally:
        counter.close()


@pytest.mark.parametrize(
    ("query", "shown", "queries"),
    [
        ({"status": "FAILED"}, 7, 1),
        ({"status": "FAILED", "limit": 2}, 2, 1),
        ({"status": "FAILED", "sort": "createdAt:asc", "createdAtFrom": "2026-01-01"}, 7, 1),
        ({"status": "PENDING"}, 0, 1),
        ({"status": "READY"}, 25, 1),
        # Stored as EXPIRED, and stored as READY still.
        ({"status": "EXPIRED"}, 25, 2),
        ({"status": "EXPIRED", "limit": 100, "createdAtFrom": "2026-11-01"}, 0, 2),
        ({"limit": 100}, 100, 1),
    ],
)
def test_a_page_of_a_long_history_takes_a_bounded_number_of_reads(
    api: Api,
    long_history: tuple[Caller, list[str]],
    reads: Counter,
    query: dict[str, Any],
    shown: int,
    queries: int,
) -> None:
    reads.calls.clear()
    assert len(page(api, long_history[0], **query)["items"]) == shown
    assert reads.calls == ["Query"] * queries


def test_a_rare_status_is_walked_by_pages_of_one_read_each(
    api: Api, long_history: tuple[Caller, list[str]], reads: Counter
) -> None:
    caller, failed = long_history
    reads.calls.clear()
    assert listed(api, caller, status="FAILED", limit=2) == failed[::-1]
    assert reads.calls == ["Query"] * 4
