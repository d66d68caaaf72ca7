"""What the bus tells about exports: every end once or more, whatever crashes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
from boto3.dynamodb.conditions import Key
from support.api import Api, Caller
from support.bus import Bus
from support.functions import Functions
from support.generator import Generator
from support.mailbox import Mailbox
from support.table import ExportsTable

DATASET = "supplier-payouts"
# Nobody listens there.
UNREACHABLE = {"AWS_ENDPOINT_URL_EVENTBRIDGE": "http://127.0.0.1:9"}
PARTITION = "outbox#{}#SUPPLIER_PAYOUTS"


def outbox(exports_table: ExportsTable, caller: Caller) -> list[dict[str, Any]]:
    """The caller's tenant's events that are not known to be on the bus."""
    key = Key("partition").eq(PARTITION.format(caller.tenantId))
    return exports_table.table.query(KeyConditionExpression=key, ConsistentRead=True)["Items"]


def ready(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without those of downloads, which the tests' own looking at READY exports brings about."""
    return [item for item in items if item["event"]["type"] == "export.ready"]


def is_empty(exports_table: ExportsTable, caller: Caller) -> bool:
    deadline = time.monotonic() + 20
    while outbox(exports_table, caller):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_ready_and_expired_are_told(
    bus: Bus, api: Api, newcomer: Caller, exports_table: ExportsTable, generator: Generator
) -> None:
    with generator.held():
        first = api.launch(newcomer, DATASET)["exportId"]
        assert api.post(newcomer, f"/v1/exports/{first}/cancel").status_code == 200
        export_id = api.post(newcomer, f"/v1/exports/{first}/retry").json()["exportId"]
    export = api.wait(newcomer, DATASET, export_id)
    told = bus.wait(export_id, "export.ready")
    assert told["tenantId"] == newcomer.tenantId
    assert told["data"] == {
        "exportId": export_id,
        "exportType": "SUPPLIER_PAYOUTS",
        "status": "READY",
        "requesterId": newcomer.userId,
        "retryOf": first,
    }
    assert abs(seconds(told["timestamp"]) - seconds(export["readyAt"])) <= 2
    exports_table.expire(newcomer.tenantId, DATASET, export_id, with_marker=True)
    assert bus.wait(export_id, "export.expired")["data"]["status"] == "EXPIRED"
    assert is_empty(exports_table, newcomer)


def seconds(text: str) -> float:
    return time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def test_the_first_download_is_told_once(
    bus: Bus, http: httpx.Client, api: Api, newcomer: Caller, mailbox: Mailbox, generator: Generator
) -> None:
    with generator.held():
        export_id = api.launch(newcomer, DATASET)["exportId"]
    [mail] = mailbox.wait(export_id)
    api.wait(newcomer, DATASET, export_id)
    for _ in range(3):
        assert http.get(mail.link).status_code == 302
    told = bus.wait(export_id, "export.downloaded")
    assert told["data"]["status"] == "READY"
    time.sleep(1)
    assert len([event for event in bus.about(export_id) if event["type"] == "export.downloaded"]) == 1


def test_failed_cancelled_and_deleted_are_told(
    bus: Bus, api: Api, newcomer: Caller, functions: Functions, generator: Generator
) -> None:
    with generator.held():
        failed = api.launch(newcomer, DATASET)["exportId"]
        functions.work("dead-letter-handler", newcomer.tenantId, failed)
        cancelled = api.launch(newcomer, DATASET)["exportId"]
        api.post(newcomer, f"/v1/exports/{cancelled}/cancel")
    deleted = api.make(newcomer, DATASET)["exportId"]
    api.request("DELETE", newcomer, f"/v1/exports/{deleted}")
    assert bus.wait(failed, "export.failed")["data"]["status"] == "FAILED"
    assert bus.wait(cancelled, "export.cancelled")["data"]["status"] == "CANCELLED"
    assert bus.wait(deleted, "export.expired")["data"]["status"] == "EXPIRED"
    assert len({event["id"] for event in bus.heard}) >= 4


def test_an_event_whose_publisher_failed_is_told_later(
    bus: Bus,
    api: Api,
    newcomer: Caller,
    functions: Functions,
    exports_table: ExportsTable,
    reconcile: Callable[[], None],
) -> None:
    with functions.changed("publisher", **UNREACHABLE):
        export_id = api.make(newcomer, DATASET)["exportId"]
        [item] = ready(outbox(exports_table, newcomer))
        # A minute later.
        exports_table.put({**item, "dueAt": int(time.time()) - 1})
        reconcile()
        assert bus.wait(export_id, "export.ready")["id"] == item["sort"]
        assert ready(outbox(exports_table, newcomer)) == []


def test_an_event_that_is_told_again_has_the_same_id(
    bus: Bus,
    api: Api,
    newcomer: Caller,
    functions: Functions,
    exports_table: ExportsTable,
    reconcile: Callable[[], None],
) -> None:
    with functions.changed("publisher", **UNREACHABLE):
        export_id = api.make(newcomer, DATASET)["exportId"]
        [item] = ready(outbox(exports_table, newcomer))
        # The process that published it died before it deleted the item.
        for _ in range(2):
            exports_table.put({**item, "dueAt": int(time.time()) - 1})
            reconcile()
    deadline = time.monotonic() + 20

    def told() -> list[str]:
        return [event["id"] for event in bus.about(export_id) if event["type"] == "export.ready"]

    while len(told()) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert set(told()) == {item["sort"]}
    assert len(told()) >= 2


def test_an_export_that_waits_is_told_to_nobody(
    bus: Bus, http: httpx.Client, api: Api, newcomer: Caller, generator: Generator
) -> None:
    with generator.held():
        export_id = api.launch(newcomer, DATASET)["exportId"]
        time.sleep(1)
        assert bus.about(export_id) == []
    api.wait(newcomer, DATASET, export_id)
