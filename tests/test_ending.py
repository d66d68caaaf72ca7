"""How a user ends an export, and launches it again: cancel, delete, retry."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from stack.large_ledger import BENCH_SERVER, serving
from support.api import Api, Caller
from support.bucket import Bucket
from support.functions import Functions
from support.generator import Generator
from support.keys import Keys
from support.mailbox import Mailbox
from support.problems import problem, refusals
from support.sender import Sender
from support.table import ExportsTable

DATASET = "supplier-payouts"
TRANSFERS = "funding-transfers"
UNKNOWN = "exp_01kh0c8rm0e4t8v2zj6m3x9q5as"


def act(api: Api, caller: Caller, export_id: str, act: str, **options: Any) -> httpx.Response:
    """Cancels, deletes or retries an export."""
    if act == "delete":
        return api.request("DELETE", caller, f"/v1/exports/{export_id}", **options)
    return api.post(caller, f"/v1/exports/{export_id}/{act}", **options)


def folder(caller: Caller, dataset: str, export_id: str) -> str:
    return f"exports/{caller.tenantId}/{dataset}/{export_id}/"


@pytest.fixture
def ready(api: Api, newcomer: Caller) -> dict[str, Any]:
    return api.make(newcomer, DATASET)


@pytest.fixture
def pending(api: Api, newcomer: Caller, generator: Generator) -> Any:
    with generator.held():
        yield api.launch(newcomer, DATASET, {"cc": ["finance@example.com"]})


def test_a_cancelled_export_frees_its_user_at_once(
    api: Api, newcomer: Caller, pending: dict[str, Any], exports_table: ExportsTable
) -> None:
    assert pending["progress"] == {"stage": "QUEUED", "rowsWritten": 0}
    answer = act(api, newcomer, pending["exportId"], "cancel")
    assert answer.status_code == 200, answer.text
    cancelled = answer.json()
    assert cancelled["status"] == "CANCELLED" and cancelled["cancelled"]["by"] == newcomer.userId
    assert "progress" not in cancelled
    assert api.detail(newcomer, DATASET, pending["exportId"]).json().items() >= cancelled.items()
    path = f"/v1/payments/{DATASET}/export"
    listed = api.get(newcomer, path, params={"status": "CANCELLED"}).json()["items"]
    assert listed == [cancelled]
    assert exports_table.lock(newcomer.tenantId, DATASET, newcomer.userId) is None
    assert api.trigger(newcomer, DATASET).status_code == 202


def test_a_message_that_comes_after_the_end_makes_nothing(
    api: Api, newcomer: Caller, pending: dict[str, Any], functions: Functions, bucket: Bucket, mailbox: Mailbox
) -> None:
    act(api, newcomer, pending["exportId"], "cancel")
    for name in ("generator", "dead-letter-handler"):
        assert functions.work(name, newcomer.tenantId, pending["exportId"]) == {"batchItemFailures": []}
    assert api.detail(newcomer, DATASET, pending["exportId"]).json()["status"] == "CANCELLED"
    assert bucket.keys(folder(newcomer, DATASET, pending["exportId"])) == []
    assert mailbox.about(pending["exportId"]) == []


def test_a_dead_letter_ends_its_export_and_leaves_nothing(
    api: Api, newcomer: Caller, pending: dict[str, Any], functions: Functions, bucket: Bucket
) -> None:
    left = folder(newcomer, DATASET, pending["exportId"])
    bucket.abandon_upload(left)
    bucket.s3.put_object(Bucket=bucket.name, Key=f"{left}1.csv", Body=b"payoutId\n")
    assert functions.work("dead-letter-handler", newcomer.tenantId, pending["exportId"]) == {"batchItemFailures": []}
    assert api.detail(newcomer, DATASET, pending["exportId"]).json()["status"] == "FAILED"
    assert bucket.keys(left) == [] and bucket.uploads(left) == []


def test_a_large_export_stops_while_it_is_made(
    api: Api,
    keys: Keys,
    functions: Functions,
    stack: dict[str, Any],
    bucket: Bucket,
    exports_table: ExportsTable,
    reconcile: Callable[[], None],
) -> None:
    caller = keys.operator()
    with (
        serving(BENCH_SERVER, stack, rows=2_000_000, page_latency_ms=20) as large,
        functions.changed("generator", AWS_ENDPOINT_URL_DYNAMODB=large.url),
    ):
        export_id = api.launch(caller, TRANSFERS)["exportId"]
        until(lambda: api.detail(caller, TRANSFERS, export_id).json()["progress"]["rowsWritten"] > 0)
        assert api.detail(caller, TRANSFERS, export_id).json()["progress"]["stage"] == "MAKING"
        assert act(api, caller, export_id, "cancel").status_code == 200
        queries = settled(large.queries)
        time.sleep(1)
        assert large.queries() == queries, "nothing reads on"
    assert bucket.keys(folder(caller, TRANSFERS, export_id)) == []
    assert bucket.uploads(folder(caller, TRANSFERS, export_id)) == []
    # Once more when no attempt can be running any longer.
    exports_table.set(caller.tenantId, TRANSFERS, export_id, dueAt=int(time.time()) - 1)
    reconcile()
    assert "dueShard" not in exports_table.export(caller.tenantId, TRANSFERS, export_id)


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not so after {seconds} s"
        time.sleep(0.05)


def settled(count: Callable[[], int]) -> int:
    """A number that has stopped growing: at most two seconds after the attempt's next write."""
    before, deadline = -1, time.monotonic() + 20
    while (now := count()) != before:
        assert time.monotonic() < deadline, "it goes on"
        before = now
        time.sleep(0.5)
    return now


def test_a_mail_that_cannot_be_sent_says_what_it_waits_for(
    api: Api, newcomer: Caller, sender: Sender, stack: dict[str, Any]
) -> None:
    with sender.unverified():
        export_id = api.launch(newcomer, DATASET)["exportId"]

        def waits() -> bool:
            return "waitingFor" in api.detail(newcomer, DATASET, export_id).json()["progress"]

        until(waits)
        progress = api.detail(newcomer, DATASET, export_id).json()["progress"]
        assert progress["stage"] == "SENDING"
        assert progress["waitingFor"].startswith("The mail service does not accept mail yet: the address ")
        assert progress["waitingFor"].endswith(" is not verified.")
        assert act(api, newcomer, export_id, "cancel").status_code == 200, "the file is made, and goes"
    assert api.detail(newcomer, DATASET, export_id).json()["status"] == "CANCELLED"


def test_a_deleted_file_is_gone_with_its_links(
    http: httpx.Client, api: Api, newcomer: Caller, ready: dict[str, Any], mailbox: Mailbox, bucket: Bucket
) -> None:
    [mail] = mailbox.about(ready["exportId"])
    assert http.get(mail.link).status_code == 302
    bucket.abandon_upload(folder(newcomer, DATASET, ready["exportId"]))
    answer = act(api, newcomer, ready["exportId"], "delete")
    assert answer.status_code == 200, answer.text
    deleted = answer.json()
    assert deleted["status"] == "EXPIRED" and deleted["deleted"]["by"] == newcomer.userId
    assert deleted["deleted"]["at"] == deleted["expiresAt"]
    assert deleted["manifest"] == ready["manifest"], "what was delivered stays known"
    assert http.get(mail.link).status_code == 410
    # 403 is what S3 says of a missing object if who signed may not list the bucket. The local AWS says 404.
    assert http.get(ready["downloadUrl"]).status_code in (403, 404)
    assert bucket.keys(folder(newcomer, DATASET, ready["exportId"])) == []
    assert bucket.uploads(folder(newcomer, DATASET, ready["exportId"])) == []
    detail = api.detail(newcomer, DATASET, ready["exportId"]).json()
    assert {name: detail[name] for name in deleted} == deleted
    assert len(detail["downloads"]) == 2, "who fetched it stays known"


def test_a_deletion_that_dies_halfway_is_finished(
    http: httpx.Client,
    api: Api,
    newcomer: Caller,
    ready: dict[str, Any],
    functions: Functions,
    mailbox: Mailbox,
    bucket: Bucket,
    reconcile: Callable[[], None],
    exports_table: ExportsTable,
) -> None:
    with functions.changed("delete", EXPORTS_BUCKET="no-such-bucket"):
        assert act(api, newcomer, ready["exportId"], "delete").json()["status"] == "EXPIRED"
    [mail] = mailbox.about(ready["exportId"])
    assert http.get(mail.link).status_code == 410, "no link works from the first write on"
    assert bucket.keys(folder(newcomer, DATASET, ready["exportId"])) != []
    bucket.abandon_upload(folder(newcomer, DATASET, ready["exportId"]))
    reconcile()
    assert bucket.keys(folder(newcomer, DATASET, ready["exportId"])) == []
    assert bucket.uploads(folder(newcomer, DATASET, ready["exportId"])) == []
    assert exports_table.export(newcomer.tenantId, DATASET, ready["exportId"])["status"] == "EXPIRED"
    assert api.detail(newcomer, DATASET, ready["exportId"]).json()["deleted"]["by"] == newcomer.userId


def test_a_retry_repeats_the_request(api: Api, newcomer: Caller, pending: dict[str, Any], generator: Generator) -> None:
    act(api, newcomer, pending["exportId"], "cancel")
    generator.release()
    body = {"cc": ["finance@example.com"], "filters": {"statuses": ["FAILED"]}, "columns": ["transferId", "amount"]}
    looks = {"profile": {"name": "spreadsheet", "locale": "fr"}, "compression": "gzip"}
    first = api.make(newcomer, TRANSFERS, {**body, **looks})
    act(api, newcomer, first["exportId"], "delete")
    for dataset, export, status in [(DATASET, pending, 202), (TRANSFERS, first, 201)]:
        answer = act(api, newcomer, export["exportId"], "retry")
        assert answer.status_code == status, answer.text
        again = answer.json()
        assert again["retryOf"] == export["exportId"] and again["exportId"] != export["exportId"]
        assert str(httpx.URL(str(answer.url)).join(answer.headers["location"])).endswith(
            f"/v1/payments/{dataset}/export/{again['exportId']}"
        )
        made = api.wait(newcomer, dataset, again["exportId"])
        assert made["status"] == "READY"
        for name in ("filters", "columns", "profile", "compression", "recipients"):
            assert made.get(name) == export.get(name)


def test_a_retry_that_comes_twice_launches_once(
    api: Api, newcomer: Caller, pending: dict[str, Any], generator: Generator
) -> None:
    act(api, newcomer, pending["exportId"], "cancel")
    key = {"idempotency-key": "again"}
    first = act(api, newcomer, pending["exportId"], "retry", headers=key)
    second = act(api, newcomer, pending["exportId"], "retry", headers=key)
    assert first.json()["exportId"] == second.json()["exportId"]
    blocked = act(api, newcomer, pending["exportId"], "retry")
    assert problem(blocked, 409, "EXPORT_ALREADY_PENDING")["exportId"] == first.json()["exportId"]
    assert act(api, newcomer, first.json()["exportId"], "cancel").status_code == 200
    other = act(api, newcomer, first.json()["exportId"], "retry", headers=key)
    problem(other, 422, "IDEMPOTENCY_KEY_REUSED")


def test_a_retry_takes_no_body(api: Api, newcomer: Caller, pending: dict[str, Any]) -> None:
    act(api, newcomer, pending["exportId"], "cancel")
    answer = act(api, newcomer, pending["exportId"], "retry", json={"cc": ["eve@example.com"]})
    assert refusals(answer) == [("", "NOT_ALLOWED")]
    assert act(api, newcomer, pending["exportId"], "retry", json={}).status_code == 202


def test_each_act_is_for_its_own_statuses(
    api: Api, newcomer: Caller, ready: dict[str, Any], exports_table: ExportsTable, generator: Generator
) -> None:
    def refused(name: str, code: str) -> str:
        return problem(act(api, newcomer, ready["exportId"], name), 409, code)["exportStatus"]

    assert refused("cancel", "EXPORT_NOT_PENDING") == "READY"
    assert refused("retry", "EXPORT_NOT_RETRYABLE") == "READY"
    act(api, newcomer, ready["exportId"], "delete")
    assert refused("cancel", "EXPORT_NOT_PENDING") == "EXPIRED"
    assert refused("delete", "EXPORT_NOT_READY") == "EXPIRED"
    exports_table.set(
        newcomer.tenantId, DATASET, ready["exportId"], status="FAILED", failureReason="It could not be made."
    )
    assert refused("cancel", "EXPORT_NOT_PENDING") == "FAILED"
    assert refused("delete", "EXPORT_NOT_READY") == "FAILED"
    with generator.held():
        pending = act(api, newcomer, ready["exportId"], "retry").json()["exportId"]
        answer = act(api, newcomer, pending, "retry")
        assert problem(answer, 409, "EXPORT_NOT_RETRYABLE")["exportStatus"] == "PENDING"
        answer = act(api, newcomer, pending, "delete")
        assert problem(answer, 409, "EXPORT_NOT_READY")["exportStatus"] == "PENDING"
        assert act(api, newcomer, pending, "cancel").status_code == 200
        answer = act(api, newcomer, pending, "cancel")
        assert problem(answer, 409, "EXPORT_NOT_PENDING")["exportStatus"] == "CANCELLED"


@pytest.mark.parametrize("name", ["cancel", "delete", "retry"])
def test_only_who_launched_it_may(api: Api, newcomer: Caller, ready: dict[str, Any], keys: Keys, name: str) -> None:
    colleague = keys.operator(newcomer.tenantId)
    reader = keys.operator(newcomer.tenantId, permissions=[f"{DATASET}:read"])
    problem(act(api, colleague, ready["exportId"], name), 403, "FORBIDDEN")
    problem(act(api, reader, ready["exportId"], name), 403, "FORBIDDEN")
    problem(act(api, keys.operator(), ready["exportId"], name), 404, "NOT_FOUND")
    for export_id in (UNKNOWN, "exp_", "anything"):
        problem(act(api, newcomer, export_id, name), 404, "NOT_FOUND")
    assert api.detail(newcomer, DATASET, ready["exportId"]).json()["status"] == "READY"
