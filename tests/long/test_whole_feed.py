"""A platform's whole feed: changes in the queue, and files in the inbox beside them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Iterable
from typing import Any

from support.api import Api, Caller
from support.feed import Change, Feed, Model, deletion, messages, transfer
from support.inbox import Inbox
from support.ledger import read_file

TRANSFERS = "funding-transfers"
RECORDS = 2_250
VERSIONS = 4
REPEATED = 1_000


def change_of(tenant: str, number: int, version: int, chance: random.Random) -> Change:
    """One in twenty deletes; one in ten records has another time of creation in each version."""
    record_id = f"trf_{number:05}"
    if chance.random() < 0.05:
        return deletion(tenant, record_id, version)
    day = chance.randint(1, 28) if number % 10 == 0 else 1 + number % 28
    columns = {"createdAt": f"2026-04-{day:02}T00:00:00Z", "amount": f"{number}.{version:02}"}
    return transfer(tenant, record_id, version, **columns)


def rows_of(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """The records of changes with their versions, as a file has them."""
    return [{**change["record"], "version": change["version"]} for change in changes if "record" in change]


def as_csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_packed_json_lines(rows: list[dict[str, Any]]) -> bytes:
    return gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())


def test_exports_hold_exactly_what_the_versions_say(api: Api, feed: Feed, inbox: Inbox, newcomer: Caller) -> None:
    """Ten thousand changes in random order, a tenth of them twice, and three files, one of which is bad."""
    tenant, chance = newcomer.tenantId, random.Random(11)
    changes = [
        change_of(tenant, number, version, chance) for number in range(RECORDS) for version in range(1, VERSIONS + 1)
    ]
    # Records that the queue has in older and in newer versions, and some that it does not have.
    first = [change_of(tenant, number, 3, chance) for number in range(2_000, 2_500)]
    second = [change_of(tenant, number, 9, chance) for number in range(0, 600, 3)]
    bad = rows_of(change_of(tenant, number, 10, chance) for number in range(300))
    bad[200]["amount"] = "1,50"
    sent = changes + chance.choices(changes, k=REPEATED)
    chance.shuffle(sent)

    feed.send(*messages(sent[:5_000], chance, most=100))
    keys = [
        inbox.drop(tenant, "first.csv", as_csv(rows_of(first))),
        inbox.drop(tenant, "second.jsonl.gz", as_packed_json_lines(rows_of(second))),
        inbox.drop(tenant, "bad.csv", as_csv(bad)),
    ]
    feed.send(*messages(sent[5_000:], chance, most=100))
    results = [inbox.result(key)["status"] for key in keys]
    feed.settle()

    assert results == ["loaded", "loaded", "refused"]
    model = Model()
    # The queue and the first file have versions in common: of those, the one that comes first counts.
    known = {(change.get("id") or change["record"]["transferId"], change["version"]) for change in changes}
    model.take(changes)
    model.take(change for change in [*first, *second] if "record" in change and _key(change) not in known)
    header, *rows = read_file(api.download(api.make(newcomer, TRANSFERS)))
    shown = {row[header.index("transferId")]: row[header.index("amount")] for row in rows}
    assert len(shown) == len(rows)
    assert shown == {record["transferId"]: record["amount"] for record in model.records()}
    order = [(row[header.index("createdAt")], row[header.index("transferId")]) for row in rows]
    assert order == sorted(order)


def _key(change: Change) -> tuple[str, int]:
    return change["record"]["transferId"], change["version"]


def test_no_cell_and_no_name_reaches_a_log(
    api: Api, feed: Feed, inbox: Inbox, newcomer: Caller, logs: Any, stack: dict[str, Any]
) -> None:
    tenant, secret = newcomer.tenantId, "Jaspervale 4711"
    named = {"supplierName": secret, "reference": f"for {secret}"}
    feed.write([transfer(tenant, "trf_secret_1", 1, **named), transfer(tenant, "trf_secret_2", 1, amount=secret)])
    feed.write(transfer(tenant, "trf_secret_1", 2, createdAt="2026-06-01T00:00:00Z", **named))
    rows = rows_of([transfer(tenant, "trf_secret_3", 1, **named), transfer(tenant, "trf_secret_4", 1, status=secret)])
    inbox.load(tenant, "secret.csv", as_csv([{**row, "reference": secret} for row in rows]), accept="good-rows")
    assert len(read_file(api.download(api.make(newcomer, TRANSFERS)))) == 3
    for function in ("recorder", "loader", "generator"):
        group = f"/aws/lambda/{stack['stackName']}-{function}"
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        lines = [event["message"] for page in pages for event in page["events"]]
        assert lines
        for word in ("Jaspervale", "trf_secret"):
            assert not [line for line in lines if word in line]
