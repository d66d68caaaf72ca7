"""What the functions tell of an export while they make it: lines that its id joins, and metrics."""

from __future__ import annotations

from typing import Any

import pytest
from support.api import Api, Caller
from support.functions import Functions
from support.generator import Generator
from support.logs import Logs, metrics_of
from support.mail_service import MailService
from support.waiting import until

DATASET = "funding-transfers"


@pytest.fixture
def log(logs: Any, stack: dict[str, Any]) -> Logs:
    return Logs(logs, stack["stackName"])


def test_one_search_finds_the_request_each_message_and_each_look_at_an_export(
    api: Api, functions: Functions, newcomer: Caller, log: Logs
) -> None:
    export_id = api.make(newcomer, DATASET)["exportId"]
    functions.work("generator", newcomer.tenantId, export_id)
    functions.work("dead-letter-handler", newcomer.tenantId, export_id)
    assert api.get(newcomer, f"/v1/payments/{DATASET}/export/{export_id}").status_code == 200
    found: list[dict[str, Any]] = []

    def outcomes() -> list[str]:
        return [line["outcome"] for line in found if line.get("message") == "message"]

    def is_all_logged() -> bool:
        lines = log.of("trigger", "generator", "detail", "dead-letter-handler")
        found[:] = [line for line in lines if line.get("exportId") == export_id]
        return len(outcomes()) == 3 and any(line["function"] == "detail" for line in found)

    until(is_all_logged)
    requests = {line["function"]: line for line in found if line.get("message") == "request"}
    assert (requests["trigger"]["status"], requests["trigger"]["tenantId"]) == (201, newcomer.tenantId)
    assert (requests["detail"]["status"], requests["detail"]["userId"]) == (200, newcomer.userId)
    assert all(line["requestId"] for line in requests.values())
    # One line a message: of the one that made the file, of the one that came too late, and of the dead letter.
    assert sorted(outcomes()) == ["ENDED", "OVER", "READY"]
    [ready] = [line for line in found if line.get("outcome") == "READY"]
    assert (ready["attempt"], ready["level"], ready["tenantId"]) == (1, "INFO", newcomer.tenantId)


def test_an_export_is_counted_once_where_it_is_accepted_and_once_where_it_ends(
    api: Api, newcomer: Caller, log: Logs, stack: dict[str, Any]
) -> None:
    export = api.make(newcomer, DATASET)
    found: list[dict[str, Any]] = []

    def has_ended() -> bool:
        lines = [line for line in log.of("trigger", "generator") if line.get("exportId") == export["exportId"]]
        found[:] = [line for line in lines if metrics_of(line)]
        return sum("TimeSinceRequest" in line for line in found) == 3

    until(has_ended)
    by_outcome = {line["Outcome"]: metrics_of(line) for line in found if "Outcome" in line}
    assert by_outcome == {"ACCEPTED": {"Exports": 1}, "READY": {"Exports": 1, "Rows": 0, "Bytes": export["fileSize"]}}
    assert len(found) == 5
    times = {line["Stage"]: line["TimeSinceRequest"] for line in found if "TimeSinceRequest" in line}
    # A file's time is stored in whole seconds.
    assert times["QUEUED"] <= times["SENDING"] and times["MAKING"] <= times["SENDING"] + 1_000
    for line in found:
        [directive] = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == f"PayoutExports/{stack['stackName']}"
        # Each combination is paid for, so no id is among them.
        assert {name for names in directive["Dimensions"] for name in names} <= {"Outcome", "Type", "Stage"}


def test_a_cancelled_export_is_counted_with_its_stage(
    api: Api, generator: Generator, newcomer: Caller, log: Logs
) -> None:
    with generator.held():
        export_id = api.trigger(newcomer, DATASET).json()["exportId"]
        assert api.post(newcomer, f"/v1/exports/{export_id}/cancel").status_code == 200
    found: list[dict[str, Any]] = []

    def is_counted() -> bool:
        found[:] = [line for line in log.of("cancel") if line.get("exportId") == export_id and metrics_of(line)]
        return bool(found)

    until(is_counted)
    [line] = found
    assert (line["Outcome"], line["Stage"], metrics_of(line)) == ("CANCELLED", "QUEUED", {"Exports": 1})


def test_a_mail_is_counted_for_each_address_and_what_is_told_of_it_finds_its_export(
    api: Api, newcomer: Caller, log: Logs, mail_service: MailService
) -> None:
    export = api.make(newcomer, DATASET, {"cc": ["finance@example.com"]})
    counted = {"Mails": 2}
    until(lambda: any(metrics_of(line) == counted and line["Outcome"] == "ACCEPTED" for line in log.of("generator")))
    mail_service.tell(mail_service.bounce(export["sendings"][0]["messageId"], "finance@example.com"))
    of_export = {"exportId": export["exportId"], "outcome": "BOUNCED"}
    until(lambda: any(of_export.items() <= line.items() for line in log.of("mail-events")))
    assert any(metrics_of(line) and line["Outcome"] == "BOUNCED" for line in log.of("mail-events"))


def test_the_reconciler_says_how_old_the_oldest_pending_export_is(
    api: Api, functions: Functions, generator: Generator, newcomer: Caller, log: Logs
) -> None:
    def passes() -> list[dict[str, Any]]:
        return [metrics_of(line) for line in log.of("reconciler") if "OldestPendingAge" in line]

    with generator.held():
        # Nothing is due yet: the pass looks at it, and sends no message.
        api.trigger(newcomer, DATASET)
        functions.invoke("reconciler", {})
        until(lambda: bool(passes()))
        before = len(passes())
        until(lambda: functions.invoke("reconciler", {}) is None and passes()[-1]["OldestPendingAge"] >= 1)
    assert len(passes()) > before
    assert passes()[-1]["CompletePasses"] == 1
