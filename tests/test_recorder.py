"""The ledger's feed: changes that come in any order, more than once, and wrong."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.api import Api, Caller
from support.feed import Change, Feed, Model, deletion, messages, transfer
from support.generator import Generator
from support.keys import Keys
from support.ledger import read_file
from support.merchant import MerchantApi
from support.table import LedgerTable

Rows = list[dict[str, str]]
Export = Callable[..., Rows]


@pytest.fixture
def export(api: Api) -> Export:
    """Makes an export of transfers, and gives its rows."""

    def make(caller: Caller, **filters: Any) -> Rows:
        body = {"filters": filters} if filters else None
        return rows_of(api.download(api.make(caller, "funding-transfers", body)))

    return make


def rows_of(file: str) -> Rows:
    header, *rows = read_file(file)
    return [dict(zip(header, row, strict=True)) for row in rows]


def assert_holds(rows: Rows, model: Model) -> None:
    columns = ("transferId", "createdAt", "status", "amount", "supplierExternalId")
    shown = [tuple(row[column] for column in columns) for row in rows]
    assert shown == [
        tuple(f"{record[column][:19]}Z" if column == "createdAt" else record[column] for column in columns)
        for record in model.records()
    ]


def test_a_record_is_in_the_next_export_as_its_newest_version_says(
    feed: Feed, newcomer: Caller, export: Export
) -> None:
    tenant = newcomer.tenantId
    feed.write(transfer(tenant, "trf_1", 10, status="PENDING", reference="first"))
    assert [(row["status"], row["reference"]) for row in export(newcomer)] == [("PENDING", "first")]
    # A column that the newer version does not have is empty, and no older version changes anything.
    feed.write(transfer(tenant, "trf_1", 20, status="COMPLETED"))
    feed.write(transfer(tenant, "trf_1", 15, status="FAILED"), transfer(tenant, "trf_1", 20, status="FAILED"))
    assert [(row["status"], row["reference"]) for row in export(newcomer)] == [("COMPLETED", "")]


def test_a_deleted_record_is_gone_and_an_older_version_does_not_bring_it_back(
    feed: Feed, newcomer: Caller, export: Export
) -> None:
    tenant = newcomer.tenantId
    feed.write([transfer(tenant, "trf_1", 1), transfer(tenant, "trf_2", 1)])
    # The second deletion is there before its record is.
    feed.write([deletion(tenant, "trf_1", 3), deletion(tenant, "trf_3", 3)])
    feed.write([transfer(tenant, "trf_1", 2), transfer(tenant, "trf_1", 3), transfer(tenant, "trf_3", 2)])
    assert [row["transferId"] for row in export(newcomer)] == ["trf_2"]
    feed.write(transfer(tenant, "trf_1", 4))
    assert [row["transferId"] for row in export(newcomer)] == ["trf_1", "trf_2"]


@pytest.mark.parametrize(
    ("column", "there"), [("createdAt", "2026-03-01T00:00:00Z"), ("supplierExternalId", "SUP-1002")]
)
def test_a_record_that_moves_is_only_where_it_is_now(
    feed: Feed, keys: Keys, newcomer: Caller, export: Export, column: str, there: str
) -> None:
    tenant = newcomer.tenantId
    here = transfer(tenant, "trf_1", 1)["record"][column]
    model = Model()
    for version, value in enumerate([here, there, here], start=1):
        change = transfer(tenant, "trf_1", version, **{column: value}, amount=f"{version}.00")
        feed.write(change, change)
        model.take([change])
        assert_holds(export(newcomer), model)
        suppliers = ["SUP-1001", "SUP-1002"]
        assert_holds(export(newcomer, supplierIds=suppliers), model)
        for supplier_id in suppliers:
            own = export(keys.supplier(tenant, supplier_id))
            belongs = change["record"]["supplierExternalId"] == supplier_id
            assert [row["amount"] for row in own] == ([f"{version}.00"] if belongs else [])
    # It is changed and deleted where it is.
    feed.write(transfer(tenant, "trf_1", 8, **{column: here}, amount="8.00"))
    assert [row["amount"] for row in export(newcomer)] == ["8.00"]
    feed.write(deletion(tenant, "trf_1", 9))
    assert export(newcomer) == []


def test_an_export_holds_a_record_once_that_moves_after_the_request(
    feed: Feed, newcomer: Caller, api: Api, generator: Generator
) -> None:
    tenant, before, after = newcomer.tenantId, "2026-03-01T00:00:00Z", "2026-06-01T00:00:00Z"
    feed.write([transfer(tenant, "trf_1", 1, createdAt=before), transfer(tenant, "trf_2", 1, createdAt=after)])
    with generator.held():
        requested = api.launch(newcomer, "funding-transfers")
        feed.write(
            [
                transfer(tenant, "trf_1", 2, createdAt=after),
                transfer(tenant, "trf_2", 2, createdAt=before),
                # Neither did this one exist then.
                transfer(tenant, "trf_3", 1, createdAt=before),
            ]
        )
    made = api.wait(newcomer, "funding-transfers", requested["exportId"])
    assert [row["transferId"] for row in rows_of(api.download(made))] == ["trf_1", "trf_2"]
    later = api.make(newcomer, "funding-transfers")
    assert [row["transferId"] for row in rows_of(api.download(later))] == ["trf_2", "trf_3", "trf_1"]


def test_a_bad_change_is_a_dead_letter_with_its_reason_and_the_others_are_written(
    feed: Feed, newcomer: Caller, export: Export
) -> None:
    tenant, marker = newcomer.tenantId, f"bad-{uuid.uuid4().hex}"
    bad = transfer(tenant, marker, 1, amount="1,50", status="DONE")
    feed.write([transfer(tenant, "trf_1", 1), bad, transfer(tenant, "trf_2", 1)])
    [(body, reason)] = feed.refused(marker)
    assert json.loads(body) == bad
    assert reason == (
        "/record/status must be one of PENDING, COMPLETED, FAILED; "
        "/record/amount must be a plain decimal of at most 28 digits, such as 1234.50"
    )
    assert [row["transferId"] for row in export(newcomer)] == ["trf_1", "trf_2"]


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        ({"tenantId": "nobody"}, "/tenantId is not the id of a tenant that exists"),
        ({"type": "REFUNDS"}, "/type must be one of TRANSACTION_EVENTS"),
        ({"version": None}, "/version must be a whole number"),
        ({"priority": 1}, "/priority is not a field"),
    ],
)
def test_what_does_not_exist_is_refused(feed: Feed, newcomer: Caller, named: dict[str, Any], reason: str) -> None:
    marker = f"bad-{uuid.uuid4().hex}"
    feed.write({**transfer(newcomer.tenantId, marker, 1), **named})
    [(_, told)] = feed.refused(marker)
    assert told.startswith(reason)


def test_a_message_that_is_no_change_is_a_dead_letter(feed: Feed) -> None:
    marker = f"poison-{uuid.uuid4().hex}"
    feed.send(f"not JSON {marker}", json.dumps([{"n": marker}] * 101))
    feed.settle()
    reasons = sorted(reason for _, reason in feed.refused(marker))
    assert reasons[0].startswith("is not JSON")
    assert reasons[1] == "must have 1 to 100 changes, and has 101"


def test_a_corrected_dead_letter_can_be_sent_again(feed: Feed, newcomer: Caller, export: Export) -> None:
    marker = f"bad-{uuid.uuid4().hex}"
    feed.write(transfer(newcomer.tenantId, marker, 1, amount="1,50"))
    [(body, _)] = feed.refused(marker)
    feed.send(body.replace("1,50", "1.50"))
    feed.settle()
    assert [row["amount"] for row in export(newcomer)] == ["1.50"]


def test_a_contact_is_found_as_soon_as_a_payout_names_it(
    feed: Feed, keys: Keys, merchant_api: MerchantApi, http: httpx.Client
) -> None:
    merchant = keys.merchant(f"merchant-{uuid.uuid4().hex[:12]}")
    record = {
        "payoutId": "po_1",
        "createdAt": "2026-05-01T00:00:00Z",
        "status": "paid",
        "amount": 5,
        "currency": "JPY",
        "contactId": "cnt_1",
        "contactExternalId": "C-9",
    }
    feed.write({"tenantId": merchant.tenantId, "type": "PAYOUTS_BY_CONTACT", "version": 1, "record": record})
    made = merchant_api.make(merchant, "C-9")
    assert made["filters"] == {"contact_id": "C-9"}
    assert len(read_file(http.get(made["download_url"]).text)) == 2


def test_an_older_version_does_not_bring_back_a_contacts_name(
    feed: Feed, keys: Keys, ledger_table: LedgerTable
) -> None:
    tenant = keys.merchant(f"merchant-{uuid.uuid4().hex[:12]}").tenantId

    def payout(version: int, name: str) -> Change:
        record = {
            "payoutId": "po_1",
            "createdAt": "2026-05-01T00:00:00Z",
            "status": "paid",
            "amount": "5",
            "currency": "JPY",
            "contactId": "cnt_1",
            "contactName": name,
        }
        return {"tenantId": tenant, "type": "PAYOUTS_BY_CONTACT", "version": version, "record": record}

    for version, name in [(2, "New"), (1, "Old"), (2, "New")]:
        feed.write(payout(version, name))
        assert ledger_table.contact_name(tenant, "cnt_1") == "New"
    feed.write(payout(3, "Newest"))
    assert ledger_table.contact_name(tenant, "cnt_1") == "Newest"


def test_each_of_many_bad_changes_is_a_dead_letter_once(feed: Feed, newcomer: Caller) -> None:
    marker = f"bad-{uuid.uuid4().hex}"
    bad = [transfer(newcomer.tenantId, f"{marker}-{number}", 1, status="DONE") for number in range(200)]
    feed.write(bad[:100], bad[100:], {**transfer("nobody", marker, 1)})
    refused = [json.loads(body)["record"]["transferId"] for body, _ in feed.refused(marker)]
    assert sorted(refused) == sorted(change["record"]["transferId"] for change in [*bad, transfer("", marker, 1)])


SECONDS = [f"2026-0{month}-01T00:00:00Z" for month in (1, 2, 3)]
HISTORIES = st.lists(
    st.tuples(
        st.sampled_from(["trf_1", "trf_2", "trf_3"]),
        st.integers(1, 6),
        st.sampled_from(SECONDS),
        st.sampled_from(["SUP-1001", "SUP-1002"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=30,
    # A source says one thing of a version.
    unique_by=lambda change: change[:2],
)


@given(history=HISTORIES, seed=st.integers(0, 2**32))
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_order_and_any_repetition_end_in_what_the_versions_say(
    feed: Feed, keys: Keys, export: Export, history: list[tuple[str, int, str, str, bool]], seed: int
) -> None:
    caller = keys.operator()
    changes = [
        deletion(caller.tenantId, record_id, version)
        if is_deletion
        else transfer(
            caller.tenantId,
            record_id,
            version,
            createdAt=created_at,
            supplierExternalId=supplier,
            amount=f"{version}.00",
        )
        for record_id, version, created_at, supplier, is_deletion in history
    ]
    model = Model()
    model.take(changes)
    chance = random.Random(seed)
    sent = changes + chance.choices(changes, k=len(changes) // 2)
    chance.shuffle(sent)
    half = len(sent) // 2
    feed.write(*messages(sent[:half], chance))
    feed.write(*messages(sent[half:], chance))
    assert_holds(export(caller), model)
    assert_holds(export(caller, supplierIds=["SUP-1001", "SUP-1002"]), model)


SCHEMA = json.loads((Path(__file__).resolve().parents[1] / "infra" / "ledger-change.schema.json").read_text())


@pytest.mark.parametrize(
    ("named", "is_valid"),
    [
        ({}, True),
        ({"occurredAt": "2026-05-01T10:00:00.250Z"}, True),
        ({"version": -1}, False),
        ({"type": "REFUNDS"}, False),
        ({"priority": 1}, False),
        ({"record": {"transferId": "trf_1"}}, False),
    ],
)
def test_the_schema_says_what_the_queue_takes(
    feed: Feed, newcomer: Caller, named: dict[str, Any], *, is_valid: bool
) -> None:
    change = {**transfer(newcomer.tenantId, "trf_1", 1), **named}
    message = [deletion(newcomer.tenantId, "trf_1", 0), change]
    assert jsonschema.Draft202012Validator(SCHEMA).is_valid(message) == is_valid
    feed.write(message)
    assert (feed.refused(newcomer.tenantId) == []) == is_valid
