"""Calls that fail and processes that die: an accepted export still ends READY or FAILED."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from stack.large_ledger import BENCH_SERVER, serving
from support.api import Api, Caller
from support.bucket import Bucket
from support.delaying import delaying
from support.endpoint import refusing
from support.functions import Functions
from support.generator import Generator
from support.keys import Keys
from support.mailbox import Mailbox
from support.sender import Sender
from support.table import ExportsTable

DATASET = "supplier-payouts"


def test_an_export_whose_message_was_never_sent_is_found(
    functions: Functions, reconcile: Callable[[], None], api: Api, operator: Caller, exports_table: ExportsTable
) -> None:
    with functions.changed("trigger", EXPORTS_QUEUE_URL="http://localhost:1/000000000000/nowhere"):
        launched = api.launch(operator, DATASET)
    assert launched["status"] == "PENDING", "the answer is a promise all the same"
    exports_table.set(operator.tenantId, DATASET, launched["exportId"], dueAt=int(time.time()) - 1)
    reconcile()
    assert api.wait(operator, DATASET, launched["exportId"])["status"] == "READY"


def test_an_export_that_an_older_release_accepted_is_found(
    generator: Generator,
    reconcile: Callable[[], None],
    sqs: Any,
    stack: dict[str, Any],
    api: Api,
    newcomer: Caller,
    exports_table: ExportsTable,
) -> None:
    """It is in the index that the older release used, and its file's expiry is in the newer one."""
    with generator.held():
        export_id = api.launch(newcomer, DATASET)["exportId"]
        sqs.purge_queue(QueueUrl=stack["queueUrl"])
        stored = exports_table.export(newcomer.tenantId, DATASET, export_id)
        assert stored.pop("dueShard").startswith("PENDING#")
        exports_table.put({**stored, "dueKind": "PENDING", "dueAt": int(time.time()) - 1})
    reconcile()
    assert api.wait(newcomer, DATASET, export_id)["status"] == "READY"
    stored = exports_table.export(newcomer.tenantId, DATASET, export_id)
    assert stored["dueShard"].startswith("EXPIRY#")
    assert "dueKind" not in stored


def test_an_export_whose_generator_went_silent_is_found(
    generator: Generator,
    reconcile: Callable[[], None],
    sqs: Any,
    stack: dict[str, Any],
    api: Api,
    operator: Caller,
    exports_table: ExportsTable,
) -> None:
    with generator.held():
        launched = api.launch(operator, DATASET)
        sqs.purge_queue(QueueUrl=stack["queueUrl"])
        exports_table.lease(operator.tenantId, DATASET, launched["exportId"], seconds=-1)
        exports_table.set(operator.tenantId, DATASET, launched["exportId"], dueAt=int(time.time()) - 1)
    reconcile()
    assert api.wait(operator, DATASET, launched["exportId"])["status"] == "READY"


def test_a_mail_that_is_not_accepted_yet_is_tried_again_without_making_the_file_again(
    sender: Sender, api: Api, operator: Caller, mailbox: Mailbox, exports_table: ExportsTable, s3: Any, stack: Any
) -> None:
    with sender.unverified():
        launched = api.launch(operator, DATASET)
        first = _wait_for_file(exports_table, operator, launched["exportId"])
        shown = api.detail(operator, DATASET, launched["exportId"]).json()
        assert shown["status"] == "PENDING"
    export = api.wait(operator, DATASET, launched["exportId"])
    assert export["status"] == "READY"
    stored = exports_table.export(operator.tenantId, DATASET, launched["exportId"])
    assert stored["file"]["key"] == first["key"]
    listed = s3.list_objects_v2(Bucket=stack["bucket"], Prefix=_folder(first["key"]))
    assert listed["KeyCount"] == 2, "the file and its manifest"
    assert len(mailbox.about(launched["exportId"])) == 1


def test_a_mail_that_is_refused_for_good_ends_failed_and_removes_the_file(
    functions: Functions, api: Api, operator: Caller, exports_table: ExportsTable, s3: Any, stack: dict[str, Any]
) -> None:
    with (
        refusing(400, "MessageRejected", "Email contains a virus.") as url,
        functions.changed("generator", AWS_ENDPOINT_URL_SESV2=url),
    ):
        launched = api.launch(operator, DATASET)
        export = api.wait(operator, DATASET, launched["exportId"])
    assert export["status"] == "FAILED"
    assert "email was refused" in export["failureReason"]
    assert exports_table.lock(operator.tenantId, DATASET, operator.userId) is None
    assert exports_table.marker(operator.tenantId, DATASET, launched["exportId"]) is None
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket=stack["bucket"]).get("Contents", [])]
    assert not [key for key in keys if launched["exportId"] in key]


def test_an_export_whose_attempts_all_died_ends_failed(
    generator: Generator, api: Api, operator: Caller, exports_table: ExportsTable, bucket: Bucket
) -> None:
    with generator.held():
        launched = api.launch(operator, DATASET)
        folder = f"exports/{operator.tenantId}/{DATASET}/{launched['exportId']}/"
        bucket.abandon_upload(folder)
        exports_table.set(operator.tenantId, DATASET, launched["exportId"], tries=10)
    export = api.wait(operator, DATASET, launched["exportId"])
    assert export["status"] == "FAILED"
    assert exports_table.lock(operator.tenantId, DATASET, operator.userId) is None
    assert bucket.uploads(folder) == []


def test_a_ledger_that_cannot_be_read_ends_failed_and_frees_the_user(
    functions: Functions,
    generator: Generator,
    api: Api,
    operator: Caller,
    exports_table: ExportsTable,
    s3: Any,
    stack: dict[str, Any],
) -> None:
    with functions.changed("generator", LEDGER_TABLE="no-such-table"):
        with generator.held():
            launched = api.launch(operator, DATASET)
            exports_table.set(operator.tenantId, DATASET, launched["exportId"], tries=9)
        export = api.wait(operator, DATASET, launched["exportId"])
    assert export["status"] == "FAILED"
    assert "no-such-table" not in export["failureReason"]
    assert exports_table.lock(operator.tenantId, DATASET, operator.userId) is None
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=stack["bucket"])


def test_a_continuation_goes_on_at_once_although_a_progress_write_is_still_on_its_way(
    functions: Functions, keys: Keys, api: Api, stack: dict[str, Any]
) -> None:
    caller = keys.operator()
    with (
        serving(BENCH_SERVER, stack, rows=300_000, page_latency_ms=800) as slow,
        delaying(slow.url, held=b"SET rowsWritten = :rows", until=b":notBefore") as progress,
        functions.changed("generator", timeout=4, AWS_ENDPOINT_URL_DYNAMODB=progress.url),
    ):
        # Within less than a lease, so nobody has waited for the reconciler.
        launched = api.launch(caller, "funding-transfers")
        began = time.monotonic()
        assert progress.answer().status_code == 400, "it is refused"
        export = api.wait(caller, "funding-transfers", launched["exportId"])
    assert export["status"] == "READY", export
    assert time.monotonic() - began < 45


@pytest.mark.parametrize("lease", [60, -1])
def test_a_late_attempt_cannot_end_what_another_has_taken(
    functions: Functions, api: Api, operator: Caller, exports_table: ExportsTable, lease: int
) -> None:
    export = api.make(operator, DATASET)
    exports_table.lease(operator.tenantId, DATASET, export["exportId"], seconds=lease)
    stored = exports_table.export(operator.tenantId, DATASET, export["exportId"])
    functions.work("generator", operator.tenantId, export["exportId"])
    assert exports_table.export(operator.tenantId, DATASET, export["exportId"]) == stored


def _wait_for_file(exports_table: ExportsTable, operator: Caller, export_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        stored = exports_table.export(operator.tenantId, DATASET, export_id)
        if "file" in stored:
            return stored["file"]
        time.sleep(0.1)
    raise AssertionError("the file was not made")


def _folder(key: str) -> str:
    return key.rsplit("/", 1)[0]
