"""No tenant has all generators to itself: so many of its exports are made at once, and the others wait their turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from support.api import Api, Caller
from support.bucket import Bucket
from support.functions import Functions
from support.generator import Generator
from support.keys import Keys
from support.slow_mail import slow_mail
from support.table import ExportsTable
from support.waiting import until

DATASET = "supplier-payouts"
WAITS = "As many exports as may be made at once for your company are being made."


def in_a_minute() -> int:
    return int((time.time() + 60) * 1000)


def taken_by_another(exports_table: ExportsTable, caller: Caller, until_milliseconds: int) -> None:
    """The tenant's slots, of which there is one, with an export in it that is not ours."""
    other = {"exp_01kh0c8rm0e4t8v2zj6m3x9q5as": until_milliseconds}
    exports_table.put({"partition": f"slots#{caller.tenantId}", "sort": "slots", "taken": other})


def progress(api: Api, caller: Caller, export_id: str) -> dict[str, Any]:
    """How far a pending export is. Nothing of one that has ended."""
    return api.detail(caller, DATASET, export_id).json().get("progress", {})


def waits(api: Api, caller: Caller, export_id: str) -> bool:
    return progress(api, caller, export_id).get("waitingFor", "").startswith(WAITS)


def test_a_tenant_makes_so_many_exports_at_once_and_others_do_not_wait_for_it(
    stack: dict[str, Any], api: Api, keys: Keys, functions: Functions, generator: Generator, newcomer: Caller
) -> None:
    users = [keys.operator(newcomer.tenantId) for _ in range(6)]
    quiet = keys.operator()
    with (
        slow_mail(stack["endpointUrl"], seconds=1.5) as mail,
        functions.changed("generator", AWS_ENDPOINT_URL_SESV2=mail.url, MOST_EXPORTS_PER_TENANT="2"),
    ):
        # So that none of them ends before all are looked at, however slow the machine is.
        mail.is_open.clear()
        with generator.held():
            launched = [(user, api.launch(user, DATASET)["exportId"]) for user in users]
        until(lambda: sum(waits(api, *export) for export in launched) == 4)
        shown = [progress(api, *export) for export in launched]
        assert {it["stage"] for it in shown if it.get("waitingFor", "").startswith(WAITS)} == {"QUEUED"}
        assert mail.most_at_once <= 2
        mail.is_open.set()
        # While four of the others wait, this one does not.
        api.make(quiet, DATASET)
        assert [export for export in launched if waits(api, *export)]
        for user, export_id in launched:
            assert api.wait(user, DATASET, export_id)["status"] == "READY"
    assert mail.most_at_once <= 3, "two of one tenant and the quiet one's"


def test_exports_are_woken_in_the_order_of_their_requests(
    stack: dict[str, Any], api: Api, keys: Keys, functions: Functions, generator: Generator, newcomer: Caller
) -> None:
    users = [keys.operator(newcomer.tenantId) for _ in range(4)]
    with (
        slow_mail(stack["endpointUrl"], seconds=1) as mail,
        functions.changed("generator", AWS_ENDPOINT_URL_SESV2=mail.url, MOST_EXPORTS_PER_TENANT="1"),
    ):
        mail.is_open.clear()
        first = (newcomer, api.launch(newcomer, DATASET)["exportId"])
        until(lambda: mail.under_way == 1)
        launched = [(user, api.launch(user, DATASET)["exportId"]) for user in users]
        until(lambda: all(waits(api, *export) for export in launched))
        mail.is_open.set()
        ready = [api.wait(user, DATASET, export_id)["readyAt"] for user, export_id in [first, *launched]]
    assert ready == sorted(ready)
    assert len(set(ready)) == len(ready), "a second apart: one after the other"


def test_waiting_is_no_attempt(
    api: Api, functions: Functions, newcomer: Caller, exports_table: ExportsTable, bucket: Bucket
) -> None:
    taken_by_another(exports_table, newcomer, in_a_minute())
    with functions.changed("generator", MOST_EXPORTS_PER_TENANT="1"):
        export_id = api.launch(newcomer, DATASET)["exportId"]
        until(lambda: waits(api, newcomer, export_id))
        for _ in range(12):
            functions.work("generator", newcomer.tenantId, export_id)
        stored = exports_table.export(newcomer.tenantId, DATASET, export_id)
        assert (stored["status"], stored["tries"]) == ("PENDING", 0)
        assert "leaseUntil" not in stored
        # It has read beside the slot that it did not get, and stored nothing.
        assert not bucket.keys(f"exports/{newcomer.tenantId}/")
    functions.work("generator", newcomer.tenantId, export_id)
    stored = exports_table.export(newcomer.tenantId, DATASET, export_id)
    assert stored["status"] == "READY"
    assert not {"waitingFor", "waitsForSlot"} & set(stored)


def test_the_slot_of_a_process_that_died_is_free_when_its_time_is_over(
    api: Api, functions: Functions, newcomer: Caller, exports_table: ExportsTable
) -> None:
    taken_by_another(exports_table, newcomer, int((time.time() - 1) * 1000))
    with functions.changed("generator", MOST_EXPORTS_PER_TENANT="1"):
        api.make(newcomer, DATASET)
    until(lambda: slots(exports_table, newcomer) == {})


def test_an_export_whose_wake_was_lost_is_found(
    reconcile: Callable[[], None], api: Api, functions: Functions, newcomer: Caller, exports_table: ExportsTable
) -> None:
    taken_by_another(exports_table, newcomer, in_a_minute())
    with functions.changed("generator", MOST_EXPORTS_PER_TENANT="1"):
        export_id = api.launch(newcomer, DATASET)["exportId"]
        until(lambda: waits(api, newcomer, export_id))
        # Whoever had the slot died after giving it back.
        exports_table.put({"partition": f"slots#{newcomer.tenantId}", "sort": "slots", "taken": {}})
        exports_table.set(newcomer.tenantId, DATASET, export_id, dueAt=int(time.time()) - 1)
        reconcile()
        assert api.wait(newcomer, DATASET, export_id)["status"] == "READY"


def test_an_export_that_ends_while_it_waits_keeps_nobody_waiting(
    stack: dict[str, Any], api: Api, keys: Keys, functions: Functions, newcomer: Caller, exports_table: ExportsTable
) -> None:
    second, third = keys.operator(newcomer.tenantId), keys.operator(newcomer.tenantId)
    with (
        slow_mail(stack["endpointUrl"], seconds=1) as mail,
        functions.changed("generator", AWS_ENDPOINT_URL_SESV2=mail.url, MOST_EXPORTS_PER_TENANT="1"),
    ):
        mail.is_open.clear()
        api.launch(newcomer, DATASET)
        until(lambda: mail.under_way == 1)
        cancelled = api.launch(second, DATASET)["exportId"]
        last = api.launch(third, DATASET)["exportId"]
        until(lambda: waits(api, second, cancelled) and waits(api, third, last))
        # It has a slot and ends in this moment, before its message is received.
        assert api.post(second, f"/v1/exports/{cancelled}/cancel").status_code == 200
        key = {"partition": f"slots#{newcomer.tenantId}", "sort": "slots"}
        exports_table.table.update_item(
            Key=key,
            UpdateExpression="SET taken.#id = :until",
            ExpressionAttributeNames={"#id": cancelled},
            ExpressionAttributeValues={":until": in_a_minute()},
        )
        functions.work("generator", second.tenantId, cancelled)
        mail.is_open.set()
        assert api.wait(third, DATASET, last)["status"] == "READY"
    until(lambda: slots(exports_table, newcomer) == {})


def slots(exports_table: ExportsTable, caller: Caller) -> dict[str, Any]:
    key = {"partition": f"slots#{caller.tenantId}", "sort": "slots"}
    return exports_table.table.get_item(Key=key, ConsistentRead=True)["Item"]["taken"]
