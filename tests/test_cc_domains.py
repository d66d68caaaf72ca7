"""Where a tenant's copies may go: an operator of the stack says so, and every mail keeps to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support.api import Api, Caller
from support.command import Command
from support.generator import Generator
from support.keys import Keys
from support.mailbox import Mailbox
from support.problems import problem, refusals
from support.schedules import Schedules

DATASET = "funding-transfers"
INSIDE, BELOW = "finance@allowed.example", "audit@mail.below.example"
OUTSIDE = "eve@elsewhere.example"


@pytest.fixture
def allow(command: Command, newcomer: Caller) -> Callable[..., None]:
    """Lets the newcomer's copies go to these domains only."""

    def allow(*domains: str) -> None:
        result = command.run("cc-domains", "set", "--tenant", newcomer.tenantId, *domains)
        assert result.returncode == 0, result.stderr

    return allow


def outside(answer: httpx.Response) -> list[str]:
    """The pointers of what a request was refused for, which must be copies at other domains."""
    body = problem(answer, 400, "INVALID_REQUEST")
    for error in body["errors"]:
        assert error["code"] == "NOT_ALLOWED"
        assert "elsewhere.example" in error["detail"]
        assert "allowed.example" not in error["detail"], "nobody is told what to forge"
    return [error["pointer"] for error in body["errors"]]


def test_it_is_off_until_it_is_set_and_after_it_is_cleared(
    api: Api, newcomer: Caller, command: Command, allow: Callable[..., None]
) -> None:
    tenant = ("--tenant", newcomer.tenantId)
    shown = command.run("cc-domains", "show", *tenant)
    assert (shown.returncode, shown.stdout) == (0, "")
    api.make(newcomer, DATASET, {"cc": [OUTSIDE]})
    allow("Allowed.Example", "*.below.example", "bücher.example")
    shown = command.run("cc-domains", "show", *tenant)
    assert shown.stdout.split() == ["allowed.example", "*.below.example", "xn--bcher-kva.example"]
    assert outside(api.trigger(newcomer, DATASET, {"cc": [OUTSIDE]})) == ["/cc/0"]
    assert command.run("cc-domains", "clear", *tenant).returncode == 0
    api.make(newcomer, DATASET, {"cc": [OUTSIDE]})


@pytest.mark.parametrize("domains", [[], ["com"], ["*"], ["allowed.example", "a b.example"], ["127.0.0.1"]])
def test_a_list_that_means_nothing_is_not_set(command: Command, newcomer: Caller, domains: list[str]) -> None:
    tenant = ("--tenant", newcomer.tenantId)
    assert command.run("cc-domains", "set", *tenant, *domains).returncode != 0
    assert command.run("cc-domains", "show", *tenant).stdout == ""


def test_a_launch_names_each_copy_that_may_not_be_sent(
    api: Api, newcomer: Caller, allow: Callable[..., None], mailbox: Mailbox
) -> None:
    allow("allowed.example", "*.below.example")
    copies = [INSIDE, OUTSIDE, BELOW, "a@below.elsewhere.example", "b@elsewhere.example"]
    assert outside(api.trigger(newcomer, DATASET, {"cc": copies})) == ["/cc/1", "/cc/3", "/cc/4"]
    # Below a domain that is named alone, above one that is named with a star, and beside both.
    for wrong in (
        "a@mail.allowed.example",
        "a@below.example",
        "a@notallowed.example",
        "a@allowed.example.evil.example",
    ):
        assert refusals(api.trigger(newcomer, DATASET, {"cc": [wrong]})) == [("/cc/0", "NOT_ALLOWED")]
    export = api.make(newcomer, DATASET, {"cc": ["FINANCE@Allowed.EXAMPLE", BELOW, newcomer.email]})
    [mail] = mailbox.wait(export["exportId"])
    assert mail.cc == ["FINANCE@Allowed.EXAMPLE", BELOW]


def test_one_tenants_rule_is_not_anothers(
    api: Api, newcomer: Caller, allow: Callable[..., None], keys: Keys, mailbox: Mailbox
) -> None:
    allow("allowed.example")
    export = api.make(keys.operator(), DATASET, {"cc": [OUTSIDE]})
    assert mailbox.wait(export["exportId"])[0].cc == [OUTSIDE]


def test_a_mail_that_is_sent_again_keeps_to_it(
    api: Api, newcomer: Caller, allow: Callable[..., None], mailbox: Mailbox
) -> None:
    export = api.make(newcomer, DATASET, {"cc": [INSIDE, OUTSIDE]})
    path = f"/v1/exports/{export['exportId']}/resend-email"
    allow("allowed.example")
    assert outside(api.post(newcomer, path)) == ["/cc/1"], "the copies of the export count as if they were named"
    assert outside(api.post(newcomer, path, json={"cc": [OUTSIDE, INSIDE]})) == ["/cc/0"]
    assert api.post(newcomer, path, json={"cc": [INSIDE]}).json()["recipients"] == [newcomer.email, INSIDE]
    _, again = mailbox.wait(export["exportId"], 2)
    assert again.cc == [INSIDE]


def test_a_retry_keeps_to_it(api: Api, newcomer: Caller, allow: Callable[..., None], generator: Generator) -> None:
    with generator.held():
        export = api.launch(newcomer, DATASET, {"cc": [OUTSIDE, INSIDE]})
        assert api.post(newcomer, f"/v1/exports/{export['exportId']}/cancel").status_code == 200
    retry = f"/v1/exports/{export['exportId']}/retry"
    allow("allowed.example")
    assert outside(api.post(newcomer, retry)) == ["/cc/0"]
    allow("allowed.example", "elsewhere.example")
    assert api.post(newcomer, retry).status_code == 201


def test_an_export_that_was_launched_before_is_mailed_to_the_others(
    api: Api, newcomer: Caller, allow: Callable[..., None], generator: Generator, mailbox: Mailbox
) -> None:
    with generator.held():
        export = api.launch(newcomer, DATASET, {"cc": [INSIDE, OUTSIDE]})
        allow("allowed.example")
    ended = api.wait(newcomer, DATASET, export["exportId"])
    assert ended["status"] == "READY"
    [sending] = ended["sendings"]
    assert (sending["recipients"], sending["skipped"]) == ([newcomer.email, INSIDE], [OUTSIDE])
    [mail] = mailbox.wait(export["exportId"])
    assert (mail.to, mail.cc) == ([newcomer.email], [INSIDE])


def test_a_schedule_keeps_to_it_when_it_is_made_changed_and_run(
    api: Api, newcomer: Caller, allow: Callable[..., None], schedules: Schedules, mailbox: Mailbox
) -> None:
    schedule = schedules.made(newcomer, cc=[INSIDE, OUTSIDE])["scheduleId"]
    allow("allowed.example")
    assert outside(schedules.create(newcomer, cc=[INSIDE, OUTSIDE])) == ["/cc/1"]
    assert outside(schedules.change(newcomer, schedule, cc=[OUTSIDE])) == ["/cc/0"]
    assert schedules.change(newcomer, schedule, name="Evening file").status_code == 200
    schedules.miss(newcomer, schedule)
    schedules.call(newcomer, schedule)
    run: dict[str, Any] = schedules.get(newcomer, schedule).json()["lastRun"]
    ended = api.wait(newcomer, DATASET, run["exportId"])
    assert ended["sendings"][0]["skipped"] == [OUTSIDE]
    [mail] = mailbox.wait(run["exportId"])
    assert (mail.to, mail.cc) == ([newcomer.email], [INSIDE])
    schedules.delete(newcomer, schedule)


def test_a_rule_that_cannot_be_read_lets_no_copy_out(
    api: Api, newcomer: Caller, exports_table: Any, generator: Generator
) -> None:
    key = {"partition": f"cc-domains#{newcomer.tenantId}", "sort": "cc-domains"}
    exports_table.put({**key, "domains": [], "setAt": "2026-11-20T09:30:00Z"})
    problem(api.trigger(newcomer, DATASET, {"cc": [OUTSIDE]}), 500, "INTERNAL_ERROR")
    exports_table.table.delete_item(Key=key)
