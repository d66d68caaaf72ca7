"""The checker of `make faults` sees each broken promise, and none where all are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from faults.checker import violations
from faults.seen import Expected, Seen, Visit

ID = "exp_01kh0c8rm0e4t8v2zj6m3x9q5af"
FOLDER = f"exports/acme/funding-transfers/{ID}/"
PARTITION = "acme#FUNDING_TRANSFERS"
TOKEN = "token-that-no-log-may-have"


def ready() -> Seen:
    """A READY export with everything that belongs to it."""
    export = {
        "partition": PARTITION,
        "sort": ID,
        "tenantId": "acme",
        "requesterId": "ana",
        "status": "READY",
        "dueShard": "EXPIRY#07",
        "file": {"key": f"{FOLDER}1.csv", "sha256": "digest"},
    }
    return Seen(
        items=[
            export,
            {"partition": f"expiry#{PARTITION}", "sort": ID},
            {"partition": f"links#{PARTITION}", "sort": f"{ID}#lnk_1"},
            {"partition": f"sending#{PARTITION}", "sort": f"{ID}#lnk_1"},
        ],
        objects={f"{FOLDER}1.csv": "digest", f"{FOLDER}1.manifest.json": "other"},
        audits=[{"action": "EXPORT_LAUNCHED"}, {"action": "EMAIL_SENT"}],
        told=[{"id": "evt_1", "type": "export.ready", "data": {"exportId": ID}}],
        visits=[Visit(ID, 302, "digest")],
        ended_after=2,
        answers=[(201, {"exportId": ID})],
        log="nothing to hide",
    )


def ended(status: str, kind: str) -> Seen:
    """An export that ended without a file, and nothing of it left."""
    seen = ready()
    [export, *_] = seen.items
    items = [{name: value for name, value in export.items() if name not in ("file", "dueShard")} | {"status": status}]
    audits = [{"action": "EXPORT_LAUNCHED"}] + [{"action": "EXPORT_CANCELLED"}] * (status == "CANCELLED")
    told = [{"id": "evt_1", "type": kind, "data": {"exportId": ID}}]
    return replace(seen, items=items, objects={}, audits=audits, told=told, visits=[])


def expired() -> Seen:
    seen = ended("EXPIRED", "export.ready")
    told = [*seen.told, {"id": "evt_2", "type": "export.expired", "data": {"exportId": ID}}]
    sending = {"partition": f"sending#{PARTITION}", "sort": f"{ID}#lnk_1"}
    audits = [{"action": "EXPORT_LAUNCHED"}, {"action": "EMAIL_SENT"}]
    return replace(seen, items=[*seen.items, sending], told=told, audits=audits, visits=[Visit(ID, 410)])


EXPECTED = Expected(sha256="digest", secrets=(TOKEN,))


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        (ready(), "READY"),
        (ended("FAILED", "export.failed"), "FAILED"),
        (ended("CANCELLED", "export.cancelled"), "CANCELLED"),
        (expired(), "EXPIRED"),
    ],
    ids=["ready", "failed", "cancelled", "expired"],
)
def test_nothing_is_found_where_all_promises_are_kept(seen: Seen, status: str) -> None:
    assert violations(seen, replace(EXPECTED, statuses=frozenset({status}))) == []


def with_export(**attributes: Any) -> Callable[[Seen], Seen]:
    def change(seen: Seen) -> Seen:
        [export, *others] = seen.items
        changed = {name: value for name, value in (export | attributes).items() if value is not None}
        return replace(seen, items=[changed, *others])

    return change


def with_item(partition: str, sort: str, **attributes: Any) -> Callable[[Seen], Seen]:
    return lambda seen: replace(seen, items=[*seen.items, {"partition": partition, "sort": sort, **attributes}])


def without(kind: str) -> Callable[[Seen], Seen]:
    return lambda seen: replace(seen, items=[item for item in seen.items if not item["partition"].startswith(kind)])


def having(**fields: Any) -> Callable[[Seen], Seen]:
    return lambda seen: replace(seen, **fields)


BROKEN = {
    "an export that is still pending": (1, with_export(status="PENDING")),
    "an export that failed": (1, with_export(status="FAILED")),
    "an export that is gone": (1, having(items=[])),
    "an export too many": (1, with_item(PARTITION, "exp_2", tenantId="acme", requesterId="ben", status="CANCELLED")),
    "an end that came too late": (1, having(ended_after=301)),
    "an export that is due although it has ended": (1, with_export(dueShard="PENDING#07")),
    "an export that was never cleaned up": (1, with_export(dueShard="CLEAN_UP#07")),
    "a dead letter": (1, having(dead=["WebhookDeadLetterQueue"])),
    "a refusal in another form": (1, having(answers=[(500, "Internal Server Error")])),
    "a READY export without a file": (2, with_export(file=None)),
    "a file that is not in the bucket": (2, having(objects={f"{FOLDER}1.manifest.json": "other"})),
    "a file that was overwritten": (2, having(objects={f"{FOLDER}1.csv": "x", f"{FOLDER}1.manifest.json": "other"})),
    "a file with other rows": (2, with_export(file={"key": f"{FOLDER}1.csv", "sha256": "x"})),
    "a file without a manifest": (2, having(objects={f"{FOLDER}1.csv": "digest"})),
    "no mail": (2, having(visits=[])),
    "a mail whose link leads nowhere": (2, having(visits=[Visit(ID, 404)])),
    "a link to another file": (2, having(visits=[Visit(ID, 302, "x")])),
    "a lock that outlives its export": (3, with_item(f"lock#{PARTITION}#ana", "lock", exportId=ID)),
    "a lock of no export": (3, with_item(f"lock#{PARTITION}#ana", "lock", exportId="exp_0")),
    "an export of another tenant": (4, with_item("b#X", "exp_2", tenantId="b", requesterId="ben", status="READY")),
    "a token in a log": (6, having(log=f"see {TOKEN}")),
    "an object of no export": (8, having(objects={**ready().objects, "exports/acme/x/exp_0/1.csv": "x"})),
    "an upload of no export": (8, having(uploads=["exports/acme/x/exp_0/1.csv"])),
    "a marker of no export": (8, with_item(f"expiry#{PARTITION}", "exp_0")),
    "an event that is still in the outbox": (10, with_item(f"outbox#{PARTITION}", "evt_9")),
    "an end that nobody was told of": (10, having(told=[])),
    "an end that was told twice under two ids": (10, having(told=[*ready().told, ready().told[0] | {"id": "evt_2"}])),
    "a download that nobody was told of": (10, with_export(downloadedAt=1)),
    "an act that is not in the trail": (10, having(audits=[{"action": "EXPORT_LAUNCHED"}])),
    "an act that is in the trail twice": (10, having(audits=[*ready().audits, {"action": "EMAIL_SENT"}])),
    "a download that is not in the trail": (10, with_item(f"downloads#{PARTITION}", f"{ID}#1#x")),
}


@pytest.mark.parametrize(("invariant", "breaking"), BROKEN.values(), ids=list(BROKEN))
def test_a_broken_promise_is_found(invariant: int, breaking: Callable[[Seen], Seen]) -> None:
    assert invariant in {found.invariant for found in violations(breaking(ready()), EXPECTED)}


LEFT = {
    "a file that outlives its export": having(objects={f"{FOLDER}1.csv": "digest"}),
    "an upload that outlives its export": having(uploads=[f"{FOLDER}1.csv"]),
    "a marker that outlives its export": with_item(f"expiry#{PARTITION}", ID),
    "a link that outlives its export": having(visits=[Visit(ID, 302, "digest")]),
}


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED", "EXPIRED"])
@pytest.mark.parametrize("breaking", LEFT.values(), ids=list(LEFT))
def test_what_is_left_of_an_export_that_has_ended_is_found(status: str, breaking: Callable[[Seen], Seen]) -> None:
    seen = expired() if status == "EXPIRED" else ended(status, f"export.{status.lower()}")
    expected = replace(EXPECTED, statuses=frozenset({status}))
    assert {found.invariant for found in violations(breaking(seen), expected)} == {8}


def test_two_pending_exports_of_a_user_and_type_are_found() -> None:
    pending = {"tenantId": "acme", "requesterId": "ana", "status": "PENDING"}
    items = [{"partition": PARTITION, "sort": f"exp_{number}", **pending} for number in (1, 2)]
    expected = Expected(statuses=frozenset({"PENDING"}), exports=(2, 2))
    found = violations(Seen(items=items, audits=[{"action": "EXPORT_LAUNCHED"}] * 2), expected)
    assert [one.invariant for one in found] == [3]
