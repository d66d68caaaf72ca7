"""What the functions tell of an export while they make it: lines that its id joins, and metrics."""

from __future__ import annotations

from typing import Any

import pytest
from support.api import Api, Caller
from support.feed import Feed, transfer
from support.functions import Functions
from support.generator import Generator
from support.inbox import Inbox
from support.logs import Logs, metrics_of
from support.mail_service import MailService
from support.schedules import Schedules
from support.table import ExportsTable
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


def closing(log: Logs, function: str, **ids: Any) -> list[dict[str, Any]]:
    """The lines that end messages or events of a function about these ids, once there is one."""
    found: list[dict[str, Any]] = []

    def is_logged() -> bool:
        ends = [line for line in log.of(function) if line.get("message") in ("message", "event")]
        found[:] = [line for line in ends if ids.items() <= line.items()]
        return bool(found)

    until(is_logged)
    assert all(line["milliseconds"] >= 0 and line["requestId"] for line in found)
    return found


def test_a_message_about_a_file_ends_with_one_line_that_finds_the_file(
    inbox: Inbox, newcomer: Caller, log: Logs
) -> None:
    key = inbox.drop(newcomer.tenantId, "nothing good.csv", "not;a;header\n")
    tag = inbox.s3.head_object(Bucket=inbox.bucket, Key=key)["ETag"].strip('"')
    assert inbox.result(key)["status"] == "refused"
    [line] = closing(log, "loader", tenantId=newcomer.tenantId, fileTag=tag)
    assert (line["message"], line["outcome"], line["level"]) == ("message", "DONE", "INFO")
    # Of a file the log has its tag: a name may be anything.
    assert line["messageId"] and "nothing good" not in str(log.of("loader"))


def test_each_message_of_changes_ends_with_one_line(feed: Feed, newcomer: Caller, log: Logs) -> None:
    tenant = newcomer.tenantId
    bad = transfer(tenant, "trf_2", 1, amount="ten")
    feed.write(transfer(tenant, "trf_1", 1), [transfer(tenant, "trf_3", 1), bad], bad)
    until(lambda: len(closing(log, "recorder", tenantId=tenant)) == 2)
    ends = {line["outcome"]: line for line in closing(log, "recorder", tenantId=tenant)}
    assert {outcome: (line["changes"], line["refused"]) for outcome, line in ends.items()} == {
        "RECORDED": (1, 0),
        "PARTLY_REFUSED": (2, 1),
    }
    # Nobody knows whose a change is that cannot be read.
    refused = [line for line in closing(log, "recorder", outcome="REFUSED") if "tenantId" not in line]
    assert refused and all(line["messageId"] for line in (*refused, *ends.values()))


def test_an_expiry_and_what_is_told_of_an_export_end_with_one_line_each(
    api: Api, exports_table: ExportsTable, newcomer: Caller, log: Logs
) -> None:
    export_id = api.make(newcomer, DATASET)["exportId"]
    exports_table.expire(newcomer.tenantId, DATASET, export_id, with_marker=True)
    [expiry] = closing(log, "expirer", exportId=export_id)
    assert (expiry["message"], expiry["outcome"], expiry["tenantId"]) == ("event", "EXPIRED", newcomer.tenantId)
    told: list[dict[str, Any]] = []

    def is_all_told() -> bool:
        told[:] = closing(log, "publisher", exportId=export_id)
        return {"export.ready", "export.expired"} <= {line.get("type") for line in told}

    until(is_all_told)
    assert all((line["outcome"], line["tenantId"]) == ("TOLD", newcomer.tenantId) for line in told)
    assert {"EXPORT_LAUNCHED", "EMAIL_SENT"} <= {line.get("action") for line in told}
    ids = [line[name] for line in told for name in ("eventId", "auditEventId") if name in line]
    assert len(ids) == len(set(ids))


def test_a_look_at_a_schedule_ends_with_one_line(schedules: Schedules, api: Api, newcomer: Caller, log: Logs) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    schedules.miss(newcomer, schedule_id)
    schedules.call(newcomer, schedule_id)
    [export] = api.get(newcomer, f"/v1/payments/{DATASET}/export").json()["items"]
    [line] = closing(log, "schedule-runner", scheduleId=schedule_id)
    assert (line["outcome"], line["exportId"]) == ("MADE", export["exportId"])
    api.wait(newcomer, DATASET, export["exportId"])
    schedules.sweep()
    assert closing(log, "schedule-runner", outcome="SWEPT")


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
