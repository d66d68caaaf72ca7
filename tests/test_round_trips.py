"""How many calls to AWS stand between a request and its answer: as few as there can be, and this many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from bench import first_page
from stack.large_ledger import BENCH_SERVER, serving
from support.api import Api, Caller
from support.counting import SERVICES, Counter
from support.functions import Functions
from support.generator import Generator
from support.mailbox import Mailbox

TRANSFERS = "funding-transfers"
LIST = f"/v1/payments/{TRANSFERS}/export"


@pytest.fixture(scope="module")
def calls(stack: dict[str, Any], functions: Functions) -> Iterator[Counter]:
    counter = Counter(stack["endpointUrl"])
    try:
        with counter.watching(functions, "trigger", "list", "detail", "resend", "download"):
            yield counter
    finally:
        counter.close()


def test_an_accepted_request_takes_one_transaction_and_one_message(calls: Counter, api: Api, newcomer: Caller) -> None:
    accepted = api.trigger(newcomer, TRANSFERS, {"cc": []}, headers={"idempotency-key": "k"})
    assert calls.of(accepted) == (201, ["TransactWriteItems", "SendMessage"])


def test_a_request_with_copies_reads_first_where_they_may_go(calls: Counter, api: Api, newcomer: Caller) -> None:
    accepted = api.trigger(newcomer, TRANSFERS, {"cc": ["finance@example.com"]})
    assert calls.of(accepted) == (201, ["GetItem", "TransactWriteItems", "SendMessage"])


def test_a_repeated_request_takes_one_read_more(calls: Counter, api: Api, newcomer: Caller) -> None:
    key = {"idempotency-key": "k"}
    calls.of(api.trigger(newcomer, TRANSFERS, headers=key))
    assert calls.of(api.trigger(newcomer, TRANSFERS, headers=key)) == (201, ["TransactWriteItems", "GetItem"])


def test_a_refused_request_takes_what_refuses_it(
    calls: Counter, api: Api, newcomer: Caller, generator: Generator
) -> None:
    assert calls.of(api.trigger(newcomer, TRANSFERS, {"filter": {}})) == (400, [])
    with generator.held():
        calls.of(api.trigger(newcomer, TRANSFERS))
        assert calls.of(api.trigger(newcomer, TRANSFERS)) == (409, ["TransactWriteItems"])


@pytest.mark.parametrize(
    ("query", "reads"),
    [
        ("", 1),
        ("?sort=createdAt:asc&limit=100&createdAtFrom=2026-01-01", 1),
        ("?status=FAILED", 1),
        ("?status=READY", 1),
        ("?status=EXPIRED", 2),
        ("?status=PENDING,FAILED", 2),
        ("?status=PENDING,READY,FAILED,CANCELLED,EXPIRED", 1),
    ],
)
def test_a_list_takes_one_query_or_one_for_each_stored_status(
    calls: Counter, api: Api, newcomer: Caller, query: str, reads: int
) -> None:
    assert calls.of(api.get(newcomer, LIST + query)) == (200, ["Query"] * reads)


def test_a_detail_takes_three_reads_and_a_write_if_it_gives_the_file_away(
    calls: Counter, api: Api, newcomer: Caller
) -> None:
    export = api.make(newcomer, TRANSFERS)
    calls.of(api.get(newcomer, LIST))
    path = f"{LIST}/{export['exportId']}"
    assert calls.of(api.get(newcomer, f"{path}?downloadUrl=false")) == (200, ["GetItem", "Query", "Query"])
    assert calls.of(api.get(newcomer, path)) == (200, ["GetItem", "Query", "Query", "TransactWriteItems"])


def test_a_download_takes_three_reads_and_three_writes(
    calls: Counter, api: Api, http: httpx.Client, newcomer: Caller, mailbox: Mailbox
) -> None:
    export = api.make(newcomer, TRANSFERS)
    [mail] = mailbox.wait(export["exportId"])
    calls.of(api.get(newcomer, LIST))
    # The use of the link, the download with its entry in the audit trail, and the number of downloads.
    writes = ["UpdateItem", "TransactWriteItems", "UpdateItem"]
    assert calls.of(http.get(mail.link)) == (302, ["GetItem", "GetItem", "GetItem", *writes])
    assert calls.of(http.get(mail.link.partition("token=")[0] + "token=x")) == (404, ["GetItem"])


def test_sending_again_takes_five_calls(calls: Counter, api: Api, newcomer: Caller) -> None:
    export = api.make(newcomer, TRANSFERS)
    calls.of(api.get(newcomer, LIST))
    sent = api.post(newcomer, f"/v1/exports/{export['exportId']}/resend-email")
    # The second looks for addresses that no mail may go to, and for where copies may go.
    expected = ["GetItem", "BatchGetItem", "TransactWriteItems", "SendEmail", "TransactWriteItems"]
    assert calls.of(sent) == (200, expected)


def test_a_small_export_takes_six_calls_one_after_another(
    functions: Functions, stack: dict[str, Any], api: Api, newcomer: Caller
) -> None:
    # A tenant's first export makes the item of its slots, which takes one call more.
    api.make(newcomer, TRANSFERS)
    # So long that calls that do not wait for each other overlap, also on a busy machine.
    with serving(BENCH_SERVER, stack, rows=100, call_latency_ms=400) as slow:
        endpoints = {f"AWS_ENDPOINT_URL_{service}": slow.url for service in SERVICES}
        with functions.changed("generator", **endpoints):
            export = api.make(newcomer, TRANSFERS)
        calls = first_page.until_ready(first_page.calls_of(slow.stats()))
    assert export["manifest"]["rowCount"] == 100
    assert first_page.sequence(calls) == [
        # The claim, beside how the ledger is laid out.
        ["GetItem", "UpdateItem"],
        # The slot, beside the rows and up to when they are complete.
        ["Query", "Query by-position", "UpdateItem"],
        # The file, its manifest, and to whom no mail may go.
        ["BatchGetItem", "PUT 1.csv", "PUT 1.manifest.json"],
        # The link, the mail, and READY.
        ["TransactWriteItems"],
        ["POST outbound-emails"],
        ["TransactWriteItems"],
    ]
