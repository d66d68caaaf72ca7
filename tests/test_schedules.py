"""Schedules: who makes and sees them, and what their runs export."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from support.api import Api, Caller
from support.bus import Bus
from support.feed import Feed, transfer
from support.functions import Functions
from support.generator import Generator
from support.keys import EVERYTHING, Keys
from support.ledger import read_file
from support.mailbox import Mailbox
from support.problems import problem, refusals
from support.schedules import DAILY, PATH, Schedules, to_text, today
from support.sender import Sender
from support.table import ExportsTable

TRANSFERS = "funding-transfers"
# A dataset whose exports all operators of a tenant see.
SHARED = "supplier-payouts"
PARIS = {"every": "DAY", "at": "06:30", "timeZone": "Europe/Paris"}
NOBODY = "sch_01kh0c8rm0e4t8v2zj6m3x9q5a"
A_DAY = timedelta(days=1)


def day(time: datetime) -> str:
    return f"{time:%Y-%m-%d}"


def period(first: datetime, end: datetime) -> dict[str, str]:
    """Days in UTC, as answers show them."""
    return {
        "from": to_text(first),
        "to": to_text(end - timedelta(seconds=1)),
        "firstDay": day(first),
        "lastDay": day(end - A_DAY),
        "timeZone": "UTC",
    }


def exports(api: Api, caller: Caller, dataset: str = TRANSFERS) -> list[dict[str, Any]]:
    answer = api.get(caller, f"/v1/payments/{dataset}/export")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


# Making, showing, changing, deleting


def test_a_schedule_shows_what_was_asked_for_and_its_next_runs(schedules: Schedules, newcomer: Caller) -> None:
    asked = {
        "name": "Morning file",
        "dataset": TRANSFERS,
        "filters": {"statuses": ["FAILED"], "amountMin": 10},
        "columns": ["transferId", "amount", "currency"],
        "profile": {"name": "spreadsheet", "locale": "fr"},
        "cc": ["finance@example.com"],
        "when": DAILY,
    }
    answer = schedules.create(newcomer, **asked)
    assert answer.status_code == 201
    made = answer.json()
    assert {name: made[name] for name in asked} == asked
    assert made["paused"] is False and "lastRun" not in made and "pausedReason" not in made
    runs = [today() + n * A_DAY for n in range(1, 6)]
    assert made["nextRuns"] == [{"at": to_text(run), "period": period(run - A_DAY, run)} for run in runs]
    schedule_id = made["scheduleId"]
    assert answer.headers["location"] == f"schedules/{schedule_id}"
    assert schedules.get(newcomer, schedule_id).json() == made
    assert schedules.list(newcomer) == [schedule_id]


def test_the_scheduler_calls_at_the_time_in_the_zone(
    schedules: Schedules, newcomer: Caller, stack: dict[str, Any]
) -> None:
    when = {"every": "WEEK", "at": "06:30", "timeZone": "Europe/Paris", "daysOfWeek": ["MONDAY", "THURSDAY"]}
    schedule_id = schedules.made(newcomer, when=when)["scheduleId"]
    known = schedules.known(schedule_id)
    assert known
    assert known["ScheduleExpression"] == "cron(30 6 ? * MON,THU *)"
    assert known["ScheduleExpressionTimezone"] == "Europe/Paris"
    assert known["FlexibleTimeWindow"] == {"Mode": "OFF"}
    target = known["Target"]
    assert target["Arn"].endswith(f":function:{stack['stackName']}-schedule-runner:live")
    assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 24 * 3600
    assert target["DeadLetterConfig"]["Arn"] and target["RoleArn"]
    assert json.loads(target["Input"]) == {
        "tenantId": newcomer.tenantId,
        "scheduleId": schedule_id,
        "version": 1,
        "scheduledAt": "<aws.scheduler.scheduled-time>",
    }
    changed = schedules.change(newcomer, schedule_id, when={**when, "every": "MONTH", "dayOfMonth": "LAST"})
    assert refusals(changed) == [("/when/daysOfWeek", "NOT_ALLOWED")]
    monthly = {"every": "MONTH", "at": "00:05", "timeZone": "Asia/Tokyo", "dayOfMonth": "LAST"}
    assert schedules.change(newcomer, schedule_id, when=monthly).json()["when"] == monthly
    known = schedules.known(schedule_id)
    assert known and known["ScheduleExpression"] == "cron(5 0 L * ? *)"
    assert known["ScheduleExpressionTimezone"] == "Asia/Tokyo"
    assert json.loads(known["Target"]["Input"])["version"] == 2


def test_a_change_leaves_what_it_does_not_name(schedules: Schedules, newcomer: Caller) -> None:
    made = schedules.made(newcomer, columns=["amount"], cc=["finance@example.com"], filters={"amountMin": 5})
    schedule_id = made["scheduleId"]
    answer = schedules.change(newcomer, schedule_id, name="Evening file", columns=None, filters={}, cc=[])
    assert answer.status_code == 200
    del made["columns"]
    assert answer.json() == {**made, "name": "Evening file", "filters": {}, "cc": []}
    assert schedules.get(newcomer, schedule_id).json() == answer.json()


def test_a_paused_schedule_is_called_no_more(schedules: Schedules, newcomer: Caller) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    paused = schedules.change(newcomer, schedule_id, paused=True).json()
    assert (paused["paused"], paused["nextRuns"]) == (True, [])
    assert "pausedReason" not in paused
    assert schedules.known(schedule_id) is None
    resumed = schedules.change(newcomer, schedule_id, paused=False).json()
    assert resumed["paused"] is False and len(resumed["nextRuns"]) == 5
    assert schedules.known(schedule_id)


def test_a_deleted_schedule_is_gone(schedules: Schedules, newcomer: Caller) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    answer = schedules.delete(newcomer, schedule_id)
    assert (answer.status_code, answer.content) == (204, b"")
    problem(schedules.get(newcomer, schedule_id), 404, "NOT_FOUND")
    problem(schedules.change(newcomer, schedule_id, paused=True), 404, "NOT_FOUND")
    problem(schedules.delete(newcomer, schedule_id), 404, "NOT_FOUND")
    assert schedules.list(newcomer) == []
    assert schedules.known(schedule_id) is None


def test_everything_that_is_wrong_is_said_at_once(schedules: Schedules, newcomer: Caller) -> None:
    missing = schedules.api.post(newcomer, PATH, json={})
    assert refusals(missing) == [("/dataset", "MISSING"), ("/name", "MISSING"), ("/when", "MISSING")]
    answer = schedules.create(
        newcomer,
        name="two\nlines",
        filters={"createdAtFrom": "2026-01-01T00:00:00Z", "changedSince": "2026-01-01T00:00:00Z", "statuses": []},
        columns=["amount", "amount"],
        profile={"name": "spreadsheet"},
        cc=["nobody"],
        when={"every": "MONTH", "at": "6:30", "timeZone": "Mars/Olympus", "dayOfMonth": 31},
        paused=True,
    )
    assert refusals(answer) == [
        ("/cc/0", "INVALID_VALUE"),
        ("/columns/1", "INVALID_VALUE"),
        ("/filters/changedSince", "NOT_ALLOWED"),
        ("/filters/createdAtFrom", "NOT_ALLOWED"),
        ("/filters/statuses", "TOO_FEW"),
        ("/name", "INVALID_VALUE"),
        ("/paused", "UNKNOWN_FIELD"),
        ("/profile/locale", "MISSING"),
        ("/when/at", "INVALID_VALUE"),
        ("/when/dayOfMonth", "OUT_OF_RANGE"),
        ("/when/timeZone", "INVALID_VALUE"),
    ]
    [advice] = [error["detail"] for error in answer.json()["errors"] if error["pointer"] == "/when/dayOfMonth"]
    assert "LAST" in advice
    assert schedules.list(newcomer) == []


@pytest.mark.parametrize(
    ("when", "refused"),
    [
        ({"every": "YEAR"}, ("/when/every", "INVALID_VALUE")),
        ({"every": "WEEK"}, ("/when/daysOfWeek", "MISSING")),
        ({"every": "WEEK", "daysOfWeek": []}, ("/when/daysOfWeek", "TOO_FEW")),
        ({"every": "WEEK", "daysOfWeek": ["MON"]}, ("/when/daysOfWeek/0", "INVALID_VALUE")),
        ({"every": "MONTH"}, ("/when/dayOfMonth", "MISSING")),
        ({"every": "MONTH", "dayOfMonth": "FIRST"}, ("/when/dayOfMonth", "INVALID_VALUE")),
        ({"every": "MONTH", "dayOfMonth": 1.5}, ("/when/dayOfMonth", "INVALID_TYPE")),
        ({"dayOfMonth": 1}, ("/when/dayOfMonth", "NOT_ALLOWED")),
        ({"daysOfWeek": ["MONDAY"]}, ("/when/daysOfWeek", "NOT_ALLOWED")),
        ({"at": "24:00"}, ("/when/at", "INVALID_VALUE")),
        ({"at": 6}, ("/when/at", "INVALID_TYPE")),
        ({"second": 1}, ("/when/second", "UNKNOWN_FIELD")),
    ],
)
def test_each_rule_of_when_is_kept(
    schedules: Schedules, newcomer: Caller, when: dict[str, Any], refused: tuple[str, str]
) -> None:
    assert refusals(schedules.create(newcomer, when={**DAILY, **when})) == [refused]


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "tab\there", 5])
def test_a_name_has_1_to_100_characters(schedules: Schedules, newcomer: Caller, name: Any) -> None:
    [(pointer, _)] = refusals(schedules.create(newcomer, name=name))
    assert pointer == "/name"


@pytest.mark.parametrize("dataset", ["payouts-by-contact", "nothing", "FUNDING_TRANSFERS"])
def test_a_dataset_must_be_one_of_this_api(schedules: Schedules, newcomer: Caller, dataset: str) -> None:
    assert refusals(schedules.create(newcomer, dataset=dataset)) == [("/dataset", "INVALID_VALUE")]


def test_a_change_is_checked_like_a_new_schedule(schedules: Schedules, newcomer: Caller) -> None:
    made = schedules.made(newcomer)
    answer = schedules.change(
        newcomer, made["scheduleId"], dataset="transactions", name="", paused="no", columns=["x"], scheduleId=1
    )
    assert refusals(answer) == [
        ("/columns/0", "INVALID_VALUE"),
        ("/dataset", "NOT_ALLOWED"),
        ("/name", "INVALID_VALUE"),
        ("/paused", "INVALID_TYPE"),
        ("/scheduleId", "UNKNOWN_FIELD"),
    ]
    assert schedules.get(newcomer, made["scheduleId"]).json() == made


def test_a_body_must_be_json_and_small(schedules: Schedules, newcomer: Caller) -> None:
    one = f"{PATH}/{schedules.made(newcomer)['scheduleId']}"
    for method, path in (("POST", PATH), ("PATCH", one)):
        large = {"content": " " * (64 * 1024 + 1), "headers": {"content-type": "application/json"}}
        problem(schedules.api.request(method, newcomer, path, **large), 413, "PAYLOAD_TOO_LARGE")
        text = {"content": "{}", "headers": {"content-type": "text/plain"}}
        problem(schedules.api.request(method, newcomer, path, **text), 415, "UNSUPPORTED_MEDIA_TYPE")


# Who


def test_only_its_owner_sees_a_schedule_whose_exports_only_its_owner_sees(
    schedules: Schedules, newcomer: Caller, keys: Keys
) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    colleague, supplier = keys.operator(newcomer.tenantId), keys.supplier(newcomer.tenantId, "SUP-1001")
    for other in (colleague, supplier):
        assert schedules.list(other) == []
        for answer in _everything(schedules, other, schedule_id):
            problem(answer, 403, "FORBIDDEN")
    assert schedules.list(newcomer) == [schedule_id]


def test_colleagues_see_a_schedule_whose_exports_they_see_and_cannot_change_it(
    schedules: Schedules, newcomer: Caller, keys: Keys
) -> None:
    made = schedules.made(newcomer, dataset=SHARED)
    colleague = keys.operator(newcomer.tenantId)
    assert schedules.list(colleague) == [made["scheduleId"]]
    shown, changed, deleted = _everything(schedules, colleague, made["scheduleId"])
    assert shown.json() == made
    problem(changed, 403, "FORBIDDEN")
    problem(deleted, 403, "FORBIDDEN")
    # A supplier has no such exports.
    supplier = keys.supplier(newcomer.tenantId, "SUP-1001")
    assert schedules.list(supplier) == []
    for answer in _everything(schedules, supplier, made["scheduleId"]):
        problem(answer, 403, "FORBIDDEN")


def test_another_tenants_schedule_does_not_exist(schedules: Schedules, newcomer: Caller, keys: Keys) -> None:
    stranger = keys.operator()
    theirs, ours = (schedules.made(caller, dataset=SHARED)["scheduleId"] for caller in (stranger, newcomer))
    for caller, schedule_id in ((newcomer, theirs), (stranger, ours)):
        assert schedule_id not in schedules.list(caller)
        for answer in _everything(schedules, caller, schedule_id):
            problem(answer, 404, "NOT_FOUND")
    for schedule_id in (NOBODY, "sch_", "exp_01kh0c8rm0e4t8v2zj6m3x9q5af", theirs.upper(), "x" * 300):
        for answer in _everything(schedules, stranger, schedule_id):
            problem(answer, 404, "NOT_FOUND")


def test_a_key_needs_the_datasets_permissions(schedules: Schedules, newcomer: Caller, keys: Keys) -> None:
    reader = keys.operator(newcomer.tenantId, ["supplier-payouts:read"])
    creator = keys.operator(newcomer.tenantId, ["supplier-payouts:create"])
    problem(schedules.create(reader, dataset=SHARED), 403, "FORBIDDEN")
    problem(schedules.create(creator), 403, "FORBIDDEN")
    # Before anything is said of the rest.
    problem(schedules.create(creator, name="", when={}), 403, "FORBIDDEN")
    schedule_id = schedules.made(creator, dataset=SHARED)["scheduleId"]
    assert schedules.list(reader) == [schedule_id]
    assert schedules.get(reader, schedule_id).status_code == 200
    assert schedules.list(creator) == [], "its key may make exports and see none"
    problem(schedules.get(creator, schedule_id), 403, "FORBIDDEN")


def test_a_suppliers_schedule_exports_the_suppliers_own(
    schedules: Schedules, newcomer: Caller, keys: Keys, feed: Feed, api: Api
) -> None:
    supplier = keys.supplier(newcomer.tenantId, "SUP-1001")
    problem(schedules.create(supplier, dataset=SHARED), 403, "FORBIDDEN")
    yesterday = to_text(today() - A_DAY)
    feed.write(
        [
            transfer(newcomer.tenantId, "trf_own", 1, createdAt=yesterday),
            transfer(newcomer.tenantId, "trf_other", 1, createdAt=yesterday, supplierExternalId="SUP-1002"),
        ]
    )
    schedule_id = schedules.made(supplier, filters={"supplierIds": ["SUP-1002"]})["scheduleId"]
    schedules.miss(supplier, schedule_id)
    schedules.call(supplier, schedule_id)
    [made] = exports(api, supplier)
    export = api.wait(supplier, TRANSFERS, made["exportId"])
    header, *rows = read_file(api.download(export))
    assert [row[header.index("transferId")] for row in rows] == ["trf_own"]


def test_a_tenant_has_at_most_fifty(schedules: Schedules, newcomer: Caller, keys: Keys) -> None:
    first = schedules.made(newcomer)["scheduleId"]
    for _ in range(48):
        schedules.made(newcomer)
    colleague = keys.operator(newcomer.tenantId)
    with ThreadPoolExecutor() as pool:
        racing = list(pool.map(lambda _: schedules.create(colleague), range(4)))
    assert sorted(answer.status_code for answer in racing) == [201, 409, 409, 409]
    problem(schedules.create(newcomer), 409, "LIMIT_REACHED")
    assert len(schedules.list(newcomer)) + len(schedules.list(colleague)) == 50
    assert schedules.delete(newcomer, first).status_code == 204
    problem(schedules.delete(newcomer, first), 404, "NOT_FOUND")
    schedules.made(newcomer)
    problem(schedules.create(newcomer), 409, "LIMIT_REACHED")


def test_changes_at_one_instant_are_all_made(schedules: Schedules, newcomer: Caller) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    changes: list[dict[str, Any]] = [
        {"name": "Evening file"},
        {"cc": ["finance@example.com"]},
        {"when": {**DAILY, "at": "18:45"}},
    ]
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda change: schedules.change(newcomer, schedule_id, **change), changes))
    assert {answer.status_code for answer in answers} == {200}
    shown = schedules.get(newcomer, schedule_id).json()
    assert all(shown[name] == value for change in changes for name, value in change.items())
    known = schedules.known(schedule_id)
    assert known and known["ScheduleExpression"] == "cron(45 18 * * ? *)"
    assert json.loads(known["Target"]["Input"])["version"] == 4, "the Scheduler knows the last of them"


# Runs


def test_a_run_exports_the_day_before_and_says_so(
    schedules: Schedules, newcomer: Caller, feed: Feed, api: Api, mailbox: Mailbox, http: httpx.Client
) -> None:
    start, end = today() - A_DAY, today()
    inside = {"first": to_text(start), "last": f"{day(start)}T23:59:59.999Z"}
    outside = {"before": to_text(start - timedelta(seconds=1)), "after": to_text(end)}
    records = {**inside, **outside}
    feed.write([transfer(newcomer.tenantId, name, 1, createdAt=created) for name, created in records.items()])
    made = schedules.made(newcomer, name="Morning <file>", cc=["finance@example.com"], columns=["transferId"])
    schedules.miss(newcomer, made["scheduleId"])
    [due, *_] = schedules.get(newcomer, made["scheduleId"]).json()["nextRuns"]
    assert due == {"at": to_text(end), "period": period(start, end)}, "the run that is due comes first"
    schedules.call(newcomer, made["scheduleId"])

    [listed] = exports(api, newcomer)
    export = api.wait(newcomer, TRANSFERS, listed["exportId"])
    assert export["status"] == "READY"
    assert export["scheduleId"] == made["scheduleId"]
    assert export["scheduleName"] == "Morning <file>"
    assert export["period"] == period(start, end)
    assert export["filters"] == {"createdAtFrom": to_text(start), "createdAtTo": f"{day(start)}T23:59:59Z"}
    assert export["recipients"] == [newcomer.email, "finance@example.com"]
    header, *rows = read_file(api.download(export))
    assert (header, sorted(row[0] for row in rows)) == (["transferId"], ["first", "last"])

    [mail] = mailbox.wait(export["exportId"])
    assert (mail.to, mail.cc) == ([newcomer.email], ["finance@example.com"])
    name = f"funding-transfers-{day(start)}.csv"
    spelt = f"{start.day} {start:%B %Y}"
    assert mail.subject == f"Morning <file>: funding transfers for Tenant {newcomer.tenantId}, {spelt}"
    for part in (name, "Morning <file>", f"{spelt} (UTC)"):
        assert part in mail.text
    assert "Morning &#60;file&#62;" in mail.html or "Morning &lt;file&gt;" in mail.html
    assert name in http.get(http.get(mail.link).headers["location"]).headers["content-disposition"]

    shown = schedules.get(newcomer, made["scheduleId"]).json()
    last = shown["lastRun"]
    assert last == {"exportId": export["exportId"], "at": export["createdAt"], "period": period(start, end)}
    assert shown["nextRuns"][0]["at"] == to_text(end + A_DAY)


def test_a_month_is_named_as_one(schedules: Schedules, newcomer: Caller, api: Api, mailbox: Mailbox) -> None:
    when = {"every": "MONTH", "at": "00:00", "timeZone": "UTC", "dayOfMonth": 1}
    schedule_id = schedules.made(newcomer, when=when)["scheduleId"]
    end = today().replace(day=1)
    start = (end - A_DAY).replace(day=1)
    schedules.miss(newcomer, schedule_id, days=(today() - start).days)
    schedules.call(newcomer, schedule_id)
    [export] = exports(api, newcomer)
    assert export["period"] == period(start, end)
    [mail] = mailbox.wait(export["exportId"])
    assert f"funding-transfers-{start:%Y-%m}.csv" in mail.text
    assert mail.subject.endswith(f", {start:%B %Y}")


def test_whoever_listens_learns_the_schedule_and_a_retry_is_of_the_same_period(
    schedules: Schedules, newcomer: Caller, api: Api, bus: Bus, generator: Generator
) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    schedules.miss(newcomer, schedule_id)
    with generator.held():
        schedules.call(newcomer, schedule_id)
        [cancelled] = exports(api, newcomer)
        assert api.post(newcomer, f"/v1/exports/{cancelled['exportId']}/cancel").status_code == 200
    told = bus.wait(cancelled["exportId"], "export.cancelled")
    assert told["data"]["scheduleId"] == schedule_id
    again = api.post(newcomer, f"/v1/exports/{cancelled['exportId']}/retry").json()
    assert again["scheduleId"] == schedule_id
    assert again["period"] == cancelled["period"]
    assert api.wait(newcomer, TRANSFERS, again["exportId"])["status"] == "READY"
    shown = schedules.get(newcomer, schedule_id).json()
    assert shown["lastRun"]["exportId"] == cancelled["exportId"], "a retry is no run"


def test_a_run_is_made_once_however_often_it_is_called_for(schedules: Schedules, newcomer: Caller, api: Api) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    schedules.miss(newcomer, schedule_id)
    schedules.let_sweep_look(newcomer, schedule_id)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda _: schedules.call(newcomer, schedule_id), range(5)))
    [export] = exports(api, newcomer)
    api.wait(newcomer, TRANSFERS, export["exportId"])
    schedules.call(newcomer, schedule_id)
    schedules.let_sweep_look(newcomer, schedule_id)
    schedules.sweep()
    assert [again["exportId"] for again in exports(api, newcomer)] == [export["exportId"]]


def test_nothing_is_exported_before_the_first_run_is_due(schedules: Schedules, newcomer: Caller, api: Api) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    schedules.call(newcomer, schedule_id)
    assert exports(api, newcomer) == []


def test_missed_runs_are_made_up_for_by_one_export(schedules: Schedules, newcomer: Caller, api: Api) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    schedules.miss(newcomer, schedule_id, days=3)
    # No call came: the sweep finds it.
    schedules.let_sweep_look(newcomer, schedule_id)
    schedules.sweep()
    [export] = exports(api, newcomer)
    start = today() - 3 * A_DAY
    assert export["period"] == period(start, today())
    api.wait(newcomer, TRANSFERS, export["exportId"])
    schedules.call(newcomer, schedule_id)
    assert len(exports(api, newcomer)) == 1


def test_a_run_waits_for_an_export_of_its_owner_and_type(
    schedules: Schedules, newcomer: Caller, api: Api, generator: Generator
) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    schedules.miss(newcomer, schedule_id)
    with generator.held():
        own = api.launch(newcomer, TRANSFERS)["exportId"]
        schedules.call(newcomer, schedule_id)
        assert [export["exportId"] for export in exports(api, newcomer)] == [own]
        shown = schedules.get(newcomer, schedule_id).json()
        assert shown["nextRuns"][0]["period"] == period(today() - A_DAY, today()), "it is still to come"
    api.wait(newcomer, TRANSFERS, own)
    schedules.let_sweep_look(newcomer, schedule_id)
    schedules.sweep()
    [later, first] = exports(api, newcomer)
    assert (first["exportId"], later["scheduleId"]) == (own, schedule_id)
    assert later["period"] == period(today() - A_DAY, today())


def test_a_schedule_never_overlaps_itself(
    schedules: Schedules, newcomer: Caller, api: Api, generator: Generator, exports_table: ExportsTable
) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    with generator.held():
        schedules.miss(newcomer, schedule_id)
        schedules.call(newcomer, schedule_id)
        [running] = exports(api, newcomer)
        schedules.miss(newcomer, schedule_id)
        # A pending export blocks others for an hour only.
        exports_table.age_lock(newcomer.tenantId, TRANSFERS, newcomer.userId, seconds=3700)
        schedules.call(newcomer, schedule_id)
        assert [export["exportId"] for export in exports(api, newcomer)] == [running["exportId"]]
    api.wait(newcomer, TRANSFERS, running["exportId"])
    schedules.call(newcomer, schedule_id)
    assert len(exports(api, newcomer)) == 2


def test_a_paused_schedule_makes_nothing_whoever_calls(schedules: Schedules, newcomer: Caller, api: Api) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    assert schedules.change(newcomer, schedule_id, paused=True).status_code == 200
    schedules.miss(newcomer, schedule_id)
    schedules.call(newcomer, schedule_id)
    schedules.let_sweep_look(newcomer, schedule_id)
    schedules.sweep()
    assert exports(api, newcomer) == []
    assert schedules.known(schedule_id) is None
    resumed = schedules.change(newcomer, schedule_id, paused=False).json()
    schedules.call(newcomer, schedule_id)
    assert exports(api, newcomer) == [], "what it missed in its pause is left out"
    assert resumed["nextRuns"][0]["period"] == period(today(), today() + A_DAY)


def test_a_call_for_a_schedule_that_is_gone_is_the_last(
    schedules: Schedules, newcomer: Caller, api: Api, functions: Functions
) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    schedules.miss(newcomer, schedule_id)
    with functions.changed("schedules", AWS_ENDPOINT_URL_SCHEDULER="http://localhost:1"):
        assert schedules.delete(newcomer, schedule_id).status_code == 204
    assert schedules.known(schedule_id), "the Scheduler could not be told"
    schedules.call(newcomer, schedule_id)
    assert schedules.known(schedule_id) is None
    assert exports(api, newcomer) == []


def test_the_scheduler_is_told_later_if_it_cannot_be_reached(
    schedules: Schedules, newcomer: Caller, functions: Functions
) -> None:
    with functions.changed("schedules", AWS_ENDPOINT_URL_SCHEDULER="http://localhost:1"):
        schedule_id = schedules.made(newcomer, when=PARIS)["scheduleId"]
    assert schedules.known(schedule_id) is None
    schedules.let_sweep_look(newcomer, schedule_id)
    schedules.sweep()
    known = schedules.known(schedule_id)
    assert known and known["ScheduleExpression"] == "cron(30 6 * * ? *)"
    # As it is if somebody removes it: the sweep looks again after the next run.
    schedules.forget(schedule_id)
    schedules.let_sweep_look(newcomer, schedule_id)
    schedules.sweep()
    assert schedules.known(schedule_id)


# Keys


def test_a_schedule_of_a_disabled_key_stops_with_a_mail(
    schedules: Schedules, newcomer: Caller, keys: Keys, api: Api, mailbox: Mailbox
) -> None:
    another = keys.another(newcomer)
    schedule_id = schedules.made(newcomer)["scheduleId"]
    keys.disable(newcomer)
    schedules.miss(newcomer, schedule_id)
    schedules.call(newcomer, schedule_id)
    [export] = exports(api, another)
    api.wait(another, TRANSFERS, export["exportId"])

    keys.disable(another)
    schedules.miss(newcomer, schedule_id)
    for _ in range(2):
        schedules.call(newcomer, schedule_id)
    [mail] = mailbox.about(schedule_id)
    assert (mail.to, mail.cc, mail.subject) == ([newcomer.email], [], "Morning file has stopped")
    assert schedules.known(schedule_id) is None

    keys.disable(another, disabled=False)
    shown = schedules.get(another, schedule_id).json()
    assert (shown["paused"], shown["nextRuns"]) == (True, [])
    assert "key" in shown["pausedReason"]
    assert len(exports(api, another)) == 1
    resumed = schedules.change(another, schedule_id, paused=False).json()
    assert resumed["paused"] is False and "pausedReason" not in resumed


def test_a_key_that_lost_its_permission_or_has_another_role_does_not_count(
    schedules: Schedules, newcomer: Caller, keys: Keys, mailbox: Mailbox, api: Api
) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    keys.permit(newcomer, set(EVERYTHING) - {"funding-transfers:create"})
    schedules.miss(newcomer, schedule_id)
    schedules.call(newcomer, schedule_id)
    assert len(mailbox.about(schedule_id)) == 1
    assert exports(api, newcomer) == []


def test_the_mail_about_a_stop_is_sent_once_mail_is_accepted(
    schedules: Schedules, newcomer: Caller, keys: Keys, mailbox: Mailbox, sender: Sender
) -> None:
    schedule_id = schedules.made(newcomer)["scheduleId"]
    keys.disable(newcomer)
    schedules.miss(newcomer, schedule_id)
    with sender.unverified():
        schedules.call(newcomer, schedule_id)
    assert mailbox.about(schedule_id) == []
    for _ in range(2):
        schedules.let_sweep_look(newcomer, schedule_id)
        schedules.sweep()
    assert len(mailbox.about(schedule_id)) == 1


def _everything(schedules: Schedules, caller: Caller, schedule_id: str) -> list[httpx.Response]:
    """What one may do with a schedule."""
    return [
        schedules.get(caller, schedule_id),
        schedules.change(caller, schedule_id, paused=True),
        schedules.delete(caller, schedule_id),
    ]
