"""Exports of what has changed, one after the other, and what a file says of how current it is."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import Any

from support.api import Api, Caller
from support.feed import Feed, Model, deletion, transfer
from support.generator import Generator
from support.ledger import read_file

TRANSFERS = "funding-transfers"


def versions(api: Api, export: dict[str, Any]) -> list[tuple[str, str]]:
    """Which records a file holds, and each one's amount, which tests set to its version."""
    header, *rows = read_file(api.download(export))
    return [(row[header.index("transferId")], row[header.index("amount")]) for row in rows]


def test_each_change_is_in_exactly_one_export_of_a_chain(api: Api, feed: Feed, newcomer: Caller) -> None:
    """A source sends changes late, twice and in any order, without a pause, while one export follows the other."""
    tenant, chance = newcomer.tenantId, random.Random(5)
    # Of each record only one version is sent, so that each must be in the chain exactly once.
    changes = [
        transfer(tenant, f"trf_{n:03}", 1, amount=f"{n}.00", createdAt=f"2026-0{chance.randint(1, 9)}-01T00:00:00Z")
        for n in range(120)
    ]

    def produce() -> None:
        sent = changes + chance.choices(changes, k=40)
        chance.shuffle(sent)
        for start in range(0, len(sent), 8):
            feed.send(sent[start : start + 8])
            time.sleep(0.2)

    source = threading.Thread(target=produce)
    source.start()
    seen: Counter[tuple[str, str]] = Counter()
    first = api.make(newcomer, TRANSFERS)
    seen.update(versions(api, first))
    as_of, is_last = first["manifest"]["asOf"], False
    while not is_last:
        if not source.is_alive():
            feed.settle()
            is_last = True
        part = api.make(newcomer, TRANSFERS, {"filters": {"changedSince": as_of}})
        seen.update(versions(api, part))
        as_of = part["manifest"]["asOf"]
    source.join()
    assert seen == Counter((change["record"]["transferId"], change["record"]["amount"]) for change in changes)


def test_a_chain_of_exports_leads_to_what_the_ledger_holds(api: Api, feed: Feed, newcomer: Caller) -> None:
    tenant, chance = newcomer.tenantId, random.Random(6)
    model, copy = Model(), {}
    since: dict[str, str] = {}
    for round_ in range(4):
        changes = [
            transfer(
                tenant,
                f"trf_{chance.randint(1, 9)}",
                version := 10 * round_ + chance.randint(0, 9),
                amount=f"{version}.00",
                createdAt=f"2026-0{chance.randint(1, 3)}-01T00:00:00Z",
                supplierExternalId=f"SUP-{chance.randint(1, 2)}",
            )
            for _ in range(12)
        ]
        by_version = {(change["record"]["transferId"], change["version"]): change for change in changes}
        before = {record["transferId"]: record["amount"] for record in model.records()}
        model.take(by_version.values())
        feed.write(list(by_version.values()))
        export = api.make(newcomer, TRANSFERS, {"filters": since} if since else None)
        part = versions(api, export)
        changed = {
            (record["transferId"], record["amount"])
            for record in model.records()
            if before.get(record["transferId"]) != record["amount"]
        }
        assert sorted(part) == sorted(changed)
        copy.update(part)
        since = {"changedSince": export["manifest"]["asOf"]}
    assert copy == {record["transferId"]: record["amount"] for record in model.records()}


def test_what_was_received_before_is_no_change(api: Api, feed: Feed, newcomer: Caller) -> None:
    feed.write(transfer(newcomer.tenantId, "trf_1", 2))
    as_of = api.make(newcomer, TRANSFERS)["manifest"]["asOf"]
    # An older version and the same one again change nothing, and a deleted record has no row.
    feed.write([transfer(newcomer.tenantId, "trf_1", 1), transfer(newcomer.tenantId, "trf_1", 2)])
    feed.write([transfer(newcomer.tenantId, "trf_2", 1), deletion(newcomer.tenantId, "trf_2", 2)])
    export = api.make(newcomer, TRANSFERS, {"filters": {"changedSince": as_of}})
    assert versions(api, export) == []
    assert export["filters"] == {"changedSince": as_of}


def test_a_file_says_up_to_when_the_ledger_is_complete(api: Api, feed: Feed, newcomer: Caller) -> None:
    tenant = newcomer.tenantId
    feed.write(transfer(tenant, "trf_1", 1))
    assert "ledgerCompleteUntil" not in api.make(newcomer, TRANSFERS)["manifest"]
    late, early = ({"occurredAt": f"2026-05-0{day}T12:00:00.500Z"} for day in (9, 8))
    feed.write({**transfer(tenant, "trf_2", 1), **late}, {**transfer(tenant, "trf_3", 1), **early})
    assert api.make(newcomer, TRANSFERS)["manifest"]["ledgerCompleteUntil"] == "2026-05-09T12:00:00Z"
    # A clock that is fast promises nothing beyond the request.
    soon = (datetime.now(timezone.utc) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    feed.write({**transfer(tenant, "trf_4", 1), "occurredAt": soon})
    manifest = api.make(newcomer, TRANSFERS)["manifest"]
    assert manifest["ledgerCompleteUntil"] == manifest["asOf"]


def test_a_record_of_a_fast_clock_is_in_the_export_after_its_time(api: Api, feed: Feed, newcomer: Caller) -> None:
    created_at = datetime.now(timezone.utc) + timedelta(seconds=6)
    soon = created_at.strftime("%Y-%m-%dT%H:%M:%S.500Z")
    feed.write(transfer(newcomer.tenantId, "trf_1", 1, createdAt=soon))
    first = api.make(newcomer, TRANSFERS)
    assert versions(api, first) == []
    time.sleep(max(0, (created_at - datetime.now(timezone.utc)).total_seconds() + 1))
    second = api.make(newcomer, TRANSFERS, {"filters": {"changedSince": first["manifest"]["asOf"]}})
    assert versions(api, second) == [("trf_1", "100.00")]
    third = api.make(newcomer, TRANSFERS, {"filters": {"changedSince": second["manifest"]["asOf"]}})
    assert versions(api, third) == []


def test_a_file_says_what_was_complete_at_its_request(
    api: Api, feed: Feed, newcomer: Caller, generator: Generator
) -> None:
    tenant = newcomer.tenantId
    feed.write({**transfer(tenant, "trf_1", 1), "occurredAt": "2026-05-08T12:00:00Z"})
    with generator.held():
        requested = api.launch(newcomer, TRANSFERS)
        feed.write({**transfer(tenant, "trf_2", 1), "occurredAt": "2026-05-09T12:00:00Z"})
    export = api.wait(newcomer, TRANSFERS, requested["exportId"])
    assert [record for record, _ in versions(api, export)] == ["trf_1"]
    assert export["manifest"]["ledgerCompleteUntil"] == "2026-05-08T12:00:00Z"
