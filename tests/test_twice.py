"""Every consumer gets the same input again, and nothing changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.api import Api, Caller
from support.functions import Functions, removal, sqs_event
from support.mailbox import Mailbox
from support.table import ExportsTable

DATASET = "marketplace-payouts"


@pytest.fixture
def export(api: Api, operator: Caller) -> dict[str, Any]:
    return api.make(operator, DATASET)


@pytest.fixture
def stored(operator: Caller, exports_table: ExportsTable) -> Callable[[str], dict[str, Any]]:
    return lambda export_id: exports_table.export(operator.tenantId, DATASET, export_id)


def test_a_job_that_comes_again_makes_and_mails_nothing(
    functions: Functions, operator: Caller, mailbox: Mailbox, stored: Any, export: dict[str, Any]
) -> None:
    before = stored(export["exportId"])
    event = sqs_event(operator.tenantId, export["exportId"])
    assert functions.invoke("generator", event) == {"batchItemFailures": []}
    assert stored(export["exportId"]) == before
    assert len(mailbox.about(export["exportId"])) == 1


def test_a_job_that_meets_a_live_lease_is_done(
    functions: Functions, generator: Any, api: Api, operator: Caller, exports_table: ExportsTable, stored: Any
) -> None:
    with generator.held():
        launched = api.launch(operator, DATASET)
        exports_table.lease(operator.tenantId, DATASET, launched["exportId"], seconds=60)
        before = stored(launched["exportId"])
        event = sqs_event(operator.tenantId, launched["exportId"])
        assert functions.invoke("generator", event) == {"batchItemFailures": []}
        assert stored(launched["exportId"]) == before
        exports_table.lease(operator.tenantId, DATASET, launched["exportId"], seconds=-1)
    assert api.wait(operator, DATASET, launched["exportId"])["status"] == "READY"


def test_poison_is_dropped_and_does_not_fail_its_batch(functions: Functions) -> None:
    for body in ("", "{}", "not json", json.dumps({"tenantId": "t", "exportId": "e"})):
        event = {"Records": [{"messageId": "m", "body": body, "eventSource": "aws:sqs"}]}
        assert functions.invoke("generator", event) == {"batchItemFailures": []}
        assert functions.invoke("dead-letter-handler", event) == {"batchItemFailures": []}


def test_a_dead_letter_changes_no_export_that_has_ended(
    functions: Functions, operator: Caller, stored: Any, export: dict[str, Any]
) -> None:
    before = stored(export["exportId"])
    event = sqs_event(operator.tenantId, export["exportId"])
    assert functions.invoke("dead-letter-handler", event) == {"batchItemFailures": []}
    assert stored(export["exportId"]) == before


def test_a_dead_letter_that_comes_again_changes_nothing(
    functions: Functions, generator: Any, api: Api, operator: Caller, exports_table: ExportsTable, stored: Any
) -> None:
    with generator.held():
        launched = api.launch(operator, DATASET)
        event = sqs_event(operator.tenantId, launched["exportId"])
        functions.invoke("dead-letter-handler", event)
        failed = stored(launched["exportId"])
        functions.invoke("dead-letter-handler", event)
    assert failed["status"] == "FAILED" and stored(launched["exportId"]) == failed
    assert exports_table.lock(operator.tenantId, DATASET, operator.userId) is None
    shown = api.detail(operator, DATASET, launched["exportId"]).json()
    assert "Ask for the export again" in shown["failureReason"]


def test_a_marker_that_is_removed_early_expires_nothing(
    functions: Functions, operator: Caller, exports_table: ExportsTable, stored: Any, export: dict[str, Any]
) -> None:
    before = stored(export["exportId"])
    marker = exports_table.marker(operator.tenantId, DATASET, export["exportId"])
    functions.invoke("expirer", removal(marker))
    assert stored(export["exportId"]) == before


def test_a_removal_that_comes_again_changes_nothing(
    functions: Functions, operator: Caller, exports_table: ExportsTable, stored: Any, export: dict[str, Any]
) -> None:
    marker = exports_table.marker(operator.tenantId, DATASET, export["exportId"])
    exports_table.expire(operator.tenantId, DATASET, export["exportId"], with_marker=False)
    functions.invoke("expirer", removal(marker))
    expired = stored(export["exportId"])
    assert expired["status"] == "EXPIRED"
    functions.invoke("expirer", removal(marker))
    assert stored(export["exportId"]) == expired


def test_reconciling_again_changes_nothing(reconcile: Callable[[], None], stored: Any, export: dict[str, Any]) -> None:
    before = stored(export["exportId"])
    reconcile()
    reconcile()
    assert stored(export["exportId"]) == before
