"""The end of a file: for every reader at once, and then for good."""

from __future__ import annotations

import calendar
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support.api import Api, Caller
from support.bucket import Bucket
from support.mailbox import Mailbox
from support.manifest import manifest_key
from support.table import ExportsTable

DATASET = "supplier-payouts"
TIMEOUT_SECONDS = 90


@pytest.fixture
def export(api: Api, operator: Caller) -> dict[str, Any]:
    return api.make(operator, DATASET)


def eventually(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_ready_lasts_for_the_links_lifetime(export: dict[str, Any]) -> None:
    def seconds(text: str) -> float:
        return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))

    assert seconds(export["expiresAt"]) - seconds(export["readyAt"]) == 7 * 24 * 3600


def test_from_its_second_on_every_reader_sees_expired(
    http: httpx.Client,
    api: Api,
    operator: Caller,
    mailbox: Mailbox,
    exports_table: ExportsTable,
    export: dict[str, Any],
) -> None:
    [mail] = mailbox.about(export["exportId"])
    exports_table.expire(operator.tenantId, DATASET, export["exportId"], with_marker=False)
    stored = exports_table.export(operator.tenantId, DATASET, export["exportId"])
    assert stored["status"] == "READY", "the clean-up has not run"

    shown = api.detail(operator, DATASET, export["exportId"]).json()
    assert shown["status"] == "EXPIRED" and "downloadUrl" not in shown
    path = f"/v1/payments/{DATASET}/export"
    expired = api.get(operator, path, params={"status": "EXPIRED", "limit": 100}).json()["items"]
    ready = api.get(operator, path, params={"status": "READY", "limit": 100}).json()["items"]
    assert export["exportId"] in [item["exportId"] for item in expired]
    assert export["exportId"] not in [item["exportId"] for item in ready]
    page = http.get(mail.link)
    assert page.status_code == 410 and "expired" in page.text
    resent = api.post(operator, f"/v1/exports/{export['exportId']}/resend-email")
    assert resent.status_code == 409 and resent.json()["exportStatus"] == "EXPIRED"


def test_the_markers_removal_records_it_and_removes_the_file_and_its_manifest(
    api: Api, operator: Caller, exports_table: ExportsTable, bucket: Bucket, export: dict[str, Any]
) -> None:
    key = exports_table.export(operator.tenantId, DATASET, export["exportId"])["file"]["key"]
    assert bucket.size(key) == export["fileSize"]
    folder = f"exports/{operator.tenantId}/{DATASET}/{export['exportId']}/"
    assert sorted(bucket.keys(folder)) == [key, manifest_key(key)]
    bucket.abandon_upload(folder)
    exports_table.expire(operator.tenantId, DATASET, export["exportId"], with_marker=True)

    def is_recorded() -> bool:
        return exports_table.export(operator.tenantId, DATASET, export["exportId"])["status"] == "EXPIRED"

    assert eventually(is_recorded)
    assert bucket.keys(folder) == [] and bucket.uploads(folder) == []
    assert exports_table.marker(operator.tenantId, DATASET, export["exportId"]) is None
    shown = api.detail(operator, DATASET, export["exportId"]).json()
    assert shown["status"] == "EXPIRED" and shown["rowCount"] == export["rowCount"]
    assert shown["manifest"] == export["manifest"]


def test_a_marker_that_was_lost_is_made_up_for(
    operator: Caller, exports_table: ExportsTable, reconcile: Callable[[], None], export: dict[str, Any]
) -> None:
    exports_table.expire(operator.tenantId, DATASET, export["exportId"], with_marker=False)
    exports_table.remove_marker(operator.tenantId, DATASET, export["exportId"])
    exports_table.set(operator.tenantId, DATASET, export["exportId"], dueAt=int(time.time()) - 3600)
    reconcile()
    assert exports_table.export(operator.tenantId, DATASET, export["exportId"])["status"] == "EXPIRED"
