"""The audit trail: what people have done with the tenant's exports, each act once."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from boto3.dynamodb.conditions import Key
from support.api import Api, Caller
from support.bucket import Bucket
from support.bus import Bus
from support.command import Command
from support.datasets import DECLARED, IMPORTABLE
from support.feed import Feed
from support.functions import Functions
from support.generator import Generator
from support.inbox import Inbox
from support.keys import Keys
from support.ledger import read_file
from support.mailbox import Mailbox
from support.manifest import manifest_key, manifest_of
from support.problems import problem, refusals
from support.table import ExportsTable

TRAIL = "audit-events"
DATASET = "supplier-payouts"
TYPE = "SUPPLIER_PAYOUTS"
COLUMNS = (
    "eventId createdAt action exportId exportType userId retryOf recipients linkId addressPrefix userAgent".split()
)
RULE = "must not be the audit trail: the stack itself records it, and nobody else can write it"
# Nothing is recorded while the ledger is another one.
NO_LEDGER = {"LEDGER_TABLE": "no-such-table"}
TIMEOUT_SECONDS = 60
# An act counts from a full second that was still to come when it was recorded.
SETTLED_SECONDS = 3

Event = dict[str, Any]


def listed(api: Api, caller: Caller, **filters: Any) -> list[Event]:
    """The trail as the list shows it, the oldest first."""
    parameters = {"sort": "createdAt:asc", "limit": 100, **filters}
    answer = api.get(caller, f"/v1/payments/{TRAIL}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def told(api: Api, caller: Caller, count: int, **filters: Any) -> list[Event]:
    """The trail once it has so many events, and no more."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while len(events := listed(api, caller, **filters)) < count and time.monotonic() < deadline:
        time.sleep(0.2)
    assert len(events) == count, events
    return events


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"not so after {TIMEOUT_SECONDS} s"
        time.sleep(0.2)


def acts(events: list[Event]) -> list[tuple[str, str, str | None]]:
    return [(event["action"], event["exportId"], event["userId"]) for event in events]


def made_by(caller: Caller, export_id: str) -> list[tuple[str, str, str | None]]:
    """What a caller does who launches an export and asks for it until it is READY, which hands out the file's URL."""
    by_user = [(action, export_id, caller.userId) for action in ("EXPORT_LAUNCHED", "FILE_DOWNLOADED")]
    return [by_user[0], ("EMAIL_SENT", export_id, None), by_user[1]]


def body_of(caller: Caller) -> dict[str, Any]:
    """An event that nobody but the stack itself may record."""
    record = {
        "eventId": f"evt_{uuid.uuid4().hex}",
        "createdAt": "2026-05-01T10:00:00Z",
        "action": "FILE_DELETED",
        "exportId": "exp_1",
        "exportType": TYPE,
        "userId": caller.userId,
    }
    return {"tenantId": caller.tenantId, "type": "AUDIT_EVENTS", "version": 1, "record": record}


def test_each_act_is_in_an_export_of_the_trail_once(
    api: Api, newcomer: Caller, generator: Generator, exports_table: ExportsTable, bucket: Bucket
) -> None:
    cc = ["finance@example.com"]
    made = api.make(newcomer, DATASET, {"cc": cc})["exportId"]
    assert api.post(newcomer, f"/v1/exports/{made}/resend-email", json={"cc": []}).status_code == 200
    assert api.request("DELETE", newcomer, f"/v1/exports/{made}").status_code == 200
    with generator.held():
        again = api.post(newcomer, f"/v1/exports/{made}/retry").json()["exportId"]
        for _ in range(2):
            api.post(newcomer, f"/v1/exports/{again}/cancel")
    told(api, newcomer, 7)
    time.sleep(SETTLED_SECONDS)

    export = api.make(newcomer, TRAIL, {"filters": {"exportTypes": [TYPE]}})
    file = api.download(export)
    header, *rows = read_file(file)
    assert header == COLUMNS
    events = [dict(zip(header, row, strict=True)) for row in rows]
    user = newcomer.userId
    assert sorted(acts(events)) == sorted(
        [
            ("EXPORT_LAUNCHED", made, user),
            ("EMAIL_SENT", made, ""),
            ("FILE_DOWNLOADED", made, user),
            ("EMAIL_SENT", made, user),
            ("FILE_DELETED", made, user),
            ("EXPORT_LAUNCHED", again, user),
            ("EXPORT_CANCELLED", again, user),
        ]
    )
    assert len({event["eventId"] for event in events}) == len(events)
    assert [event["createdAt"] for event in events] == sorted(event["createdAt"] for event in events)
    assert {event["exportType"] for event in events} == {TYPE}
    by_act = {(event["action"], event["exportId"], event["userId"]): event for event in events}
    assert by_act["EMAIL_SENT", made, ""]["recipients"] == f"{newcomer.email}, {cc[0]}"
    assert by_act["EMAIL_SENT", made, user]["recipients"] == newcomer.email
    assert by_act["EXPORT_LAUNCHED", again, user]["retryOf"] == made
    assert by_act["EXPORT_LAUNCHED", made, user]["retryOf"] == ""

    assert export["manifest"] == manifest_of(file, export["filters"], export["createdAt"])
    assert export["manifest"]["totals"] == {} and "rowsNotInTotals" not in export["manifest"]
    key = exports_table.export(newcomer.tenantId, TRAIL, export["exportId"])["file"]["key"]
    assert bucket.json(manifest_key(key))["totals"] == {}


def test_each_use_of_a_link_and_its_revocation_are_in_the_trail(
    api: Api, http: httpx.Client, newcomer: Caller, mailbox: Mailbox
) -> None:
    export_id = api.make(newcomer, DATASET)["exportId"]
    [mail] = mailbox.wait(export_id)
    for agent in ("first/1.0", "second/1.0"):
        assert http.get(mail.link, headers={"user-agent": agent}).status_code == 302
    [link] = api.get(newcomer, f"/v1/exports/{export_id}/links").json()["items"]
    for _ in range(2):
        path = f"/v1/exports/{export_id}/links/{link['linkId']}"
        assert api.request("DELETE", newcomer, path).status_code == 200
    assert http.get(mail.link).status_code == 410
    *_, first, second, revoked = told(api, newcomer, 6)
    for event, agent in ((first, "first/1.0"), (second, "second/1.0")):
        assert acts([event]) == [("FILE_DOWNLOADED", export_id, None)]
        assert (event["linkId"], event["userAgent"]) == (link["linkId"], agent)
        assert event["addressPrefix"] == "127.0.0.0/24"
    assert acts([revoked]) == [("LINK_REVOKED", export_id, newcomer.userId)]
    assert revoked["linkId"] == link["linkId"] and revoked["userAgent"] is None
    time.sleep(SETTLED_SECONDS)
    told(api, newcomer, 6)


def test_an_export_of_the_trail_is_in_the_trail_too(api: Api, newcomer: Caller) -> None:
    export_id = api.make(newcomer, TRAIL)["exportId"]
    events = told(api, newcomer, 3)
    assert acts(events) == made_by(newcomer, export_id)
    assert {event["exportType"] for event in events} == {"AUDIT_EVENTS"}


def test_the_trail_can_be_filtered_and_estimated(api: Api, newcomer: Caller, keys: Keys) -> None:
    other = keys.operator(newcomer.tenantId)
    ids = {caller.userId: api.make(caller, DATASET)["exportId"] for caller in (newcomer, other)}
    told(api, newcomer, 6)
    mine = ids[newcomer.userId]
    launch, _, download = made_by(newcomer, mine)
    assert acts(listed(api, newcomer, userIds=newcomer.userId)) == [launch, download]
    assert acts(listed(api, newcomer, exportIds=mine)) == made_by(newcomer, mine)
    assert len(listed(api, newcomer, actions="EMAIL_SENT")) == 2
    assert listed(api, newcomer, exportTypes="FUNDING_TRANSFERS") == []
    assert listed(api, newcomer, createdAtTo="2026-01-01T00:00:00Z") == []
    answer = api.post(newcomer, f"/v1/payments/{TRAIL}/export/estimate", json={"filters": {"exportIds": [mine]}})
    estimate = answer.json()
    assert answer.status_code == 200, answer.text
    assert estimate["rowCount"] == {"min": 3, "max": 3, "isExact": True}
    assert estimate["totals"] == {} and estimate["statuses"] is None
    assert sum(day["rowCount"] for day in estimate["days"]) == 3
    assert all(day["totals"] == {} for day in estimate["days"])


@pytest.mark.parametrize("name", ["amountMin", "statuses", "currency"])
def test_the_trail_has_no_amounts_to_filter_by(api: Api, operator: Caller, name: str) -> None:
    assert refusals(api.trigger(operator, TRAIL, {"filters": {name: "1"}})) == [(f"/filters/{name}", "UNKNOWN_FIELD")]
    assert refusals(api.get(operator, f"/v1/payments/{TRAIL}?{name}=1")) == [(f"/{name}", "UNKNOWN_FIELD")]


def test_an_act_that_is_told_again_is_in_the_trail_once(
    api: Api,
    newcomer: Caller,
    functions: Functions,
    exports_table: ExportsTable,
    reconcile: Callable[[], None],
) -> None:
    partition = Key("partition").eq(f"outbox#{newcomer.tenantId}#{TYPE}")
    with functions.changed("publisher", **NO_LEDGER):
        export_id = api.make(newcomer, DATASET)["exportId"]
        items = exports_table.table.query(KeyConditionExpression=partition, ConsistentRead=True)["Items"]
        assert len([item for item in items if "audit" in item]) == 3, "what was done waits, and is not lost"
        assert listed(api, newcomer) == []
        # Whoever recorded them died before it deleted them.
        for _ in range(2):
            for item in items:
                exports_table.put({**item, "dueAt": int(time.time()) - 1})
            reconcile()
    expected = made_by(newcomer, export_id)
    assert acts(told(api, newcomer, 3)) == expected
    # The stream tells them once more.
    time.sleep(SETTLED_SECONDS)
    assert acts(listed(api, newcomer)) == expected
    assert exports_table.table.query(KeyConditionExpression=partition, ConsistentRead=True)["Items"] == []


def test_the_bus_is_not_told_again_and_again_while_the_trail_waits(
    api: Api,
    newcomer: Caller,
    functions: Functions,
    bus: Bus,
    exports_table: ExportsTable,
    generator: Generator,
    reconcile: Callable[[], None],
) -> None:
    partition = Key("partition").eq(f"outbox#{newcomer.tenantId}#{TYPE}")

    def waiting() -> list[Event]:
        return exports_table.table.query(KeyConditionExpression=partition, ConsistentRead=True)["Items"]

    with functions.changed("publisher", **NO_LEDGER):
        with generator.held():
            export_id = api.launch(newcomer, DATASET)["exportId"]
            api.post(newcomer, f"/v1/exports/{export_id}/cancel")
        bus.wait(export_id, "export.cancelled")
        until(lambda: len(waiting()) == 2 and not any("event" in item for item in waiting()))
        # A minute later.
        for item in waiting():
            exports_table.put({**item, "dueAt": int(time.time()) - 1})
        reconcile()
    assert acts(told(api, newcomer, 2))[1] == ("EXPORT_CANCELLED", export_id, newcomer.userId)
    until(lambda: waiting() == [])


def test_a_launch_that_is_repeated_is_one_act(api: Api, newcomer: Caller, generator: Generator) -> None:
    with generator.held():
        answers = [api.trigger(newcomer, DATASET, headers={"idempotency-key": "once"}) for _ in range(3)]
        assert len({answer.json()["exportId"] for answer in answers}) == 1
        problem(api.trigger(newcomer, DATASET), 409, "EXPORT_ALREADY_PENDING")
        told(api, newcomer, 1)
        time.sleep(SETTLED_SECONDS)
        told(api, newcomer, 1)


def test_nobody_sees_another_tenants_trail(api: Api, keys: Keys) -> None:
    one, other = keys.operator(), keys.operator()
    export_id = api.make(one, DATASET)["exportId"]
    told(api, one, 3)
    assert listed(api, other) == []
    assert listed(api, other, exportIds=export_id) == []
    _, *rows = read_file(api.download(api.make(other, TRAIL, {"filters": {"exportIds": [export_id]}})))
    assert rows == []
    trail = api.make(one, TRAIL)["exportId"]
    assert api.detail(other, TRAIL, trail).status_code == 404


def test_the_trail_needs_its_permission_and_an_operator(api: Api, keys: Keys, newcomer: Caller) -> None:
    trail = api.make(newcomer, TRAIL)["exportId"]
    others = [f"{slug}:{act}" for slug in DECLARED for act in ("create", "read")]
    without = keys.operator(newcomer.tenantId, permissions=others)
    supplier = keys.supplier(newcomer.tenantId, "SUP-1")
    for caller in (without, supplier):
        for answer in (
            api.get(caller, f"/v1/payments/{TRAIL}"),
            api.get(caller, f"/v1/payments/{TRAIL}/export"),
            api.detail(caller, TRAIL, trail),
            api.trigger(caller, TRAIL),
            api.post(caller, f"/v1/payments/{TRAIL}/export/estimate", json={}),
        ):
            problem(answer, 403, "FORBIDDEN")


def test_nobody_else_can_write_the_trail(
    api: Api, newcomer: Caller, feed: Feed, inbox: Inbox, command: Command, tmp_path: Path
) -> None:
    change = body_of(newcomer)
    record = change["record"]
    removal = {**change, "id": "evt_1", "deleted": True}
    del removal["record"]
    feed.write(change, [removal], json.dumps({**change, "record": {**record, "userId": 7}}))
    reasons = [reason for _, reason in feed.refused(newcomer.tenantId)]
    assert reasons == [f"/type {RULE}"] * 3

    lines = json.dumps(record) + "\n"
    result = inbox.load(newcomer.tenantId, "trail.jsonl", lines, dataset=TRAIL)
    assert result["status"] == "refused" and result["rowsWritten"] == 0
    assert [found["rule"] for found in result["problems"]] == [RULE]

    file = tmp_path / "trail.jsonl"
    file.write_text(lines)
    for arguments in (
        ["import", "--file", str(file), "--type", TRAIL, "--tenant", newcomer.tenantId],
        ["generate", "--type", TRAIL, "--count", "1"],
    ):
        refused = command.run(*arguments)
        assert refused.returncode != 0 and RULE in refused.stderr
    assert listed(api, newcomer) == []


def test_the_trail_keeps_the_ledgers_rules(api: Api, newcomer: Caller, command: Command) -> None:
    api.make(newcomer, DATASET)
    told(api, newcomer, 3)
    result = command.run("ledger", "verify", "--tenant", newcomer.tenantId, "--type", TRAIL)
    assert (result.returncode, result.stdout) == (0, f"3 items of {newcomer.tenantId} keep every rule.\n")


def test_all_other_datasets_can_be_loaded() -> None:
    assert TRAIL not in IMPORTABLE
    assert {TRAIL, *IMPORTABLE, "payouts-by-contact"} == set(DECLARED)
