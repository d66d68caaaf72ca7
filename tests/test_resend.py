"""Sending an export's mail again: to whom, how often, and who may ask for it."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import httpx
import pytest
from support.api import Api, Caller
from support.generator import Generator
from support.keys import Keys
from support.mailbox import Mailbox
from support.problems import problem, refusals
from support.sender import Sender
from support.table import ExportsTable

DATASET = "supplier-payouts"
COPIES = ["finance@example.com", "audit@example.com"]


@pytest.fixture
def export(api: Api, newcomer: Caller) -> dict[str, Any]:
    return api.make(newcomer, DATASET, {"cc": COPIES})


def resend(api: Api, caller: Caller, export_id: str, body: Any = None, **options: Any) -> httpx.Response:
    if body is not None:
        options["json"] = body
    return api.post(caller, f"/v1/exports/{export_id}/resend-email", **options)


def test_the_same_people_get_the_mail_again(
    api: Api, newcomer: Caller, export: dict[str, Any], mailbox: Mailbox, http: httpx.Client
) -> None:
    answer = resend(api, newcomer, export["exportId"])
    assert answer.status_code == 200
    sent = answer.json()
    assert sent == {
        "exportId": export["exportId"],
        "recipients": [newcomer.email, *COPIES],
        "sentAt": sent["sentAt"],
    }
    first, again = mailbox.wait(export["exportId"], 2)
    assert (again.to, again.cc, again.subject) == ([newcomer.email], COPIES, first.subject)
    assert again.link != first.link, "each mail has a token of its own"
    assert [http.get(mail.link).status_code for mail in (first, again)] == [302, 302]


def test_the_subject_names_type_tenant_and_date(
    api: Api, newcomer: Caller, export: dict[str, Any], mailbox: Mailbox
) -> None:
    resend(api, newcomer, export["exportId"])
    subject = mailbox.wait(export["exportId"], 2)[1].subject
    day = date.fromisoformat(export["createdAt"][:10])
    for part in ("Supplier payouts", f"Tenant {newcomer.tenantId}", f"{day.day} {day:%B %Y}"):
        assert part in subject


@pytest.mark.parametrize(
    ("body", "copies"),
    [
        ({}, COPIES),
        ({"cc": []}, []),
        ({"cc": [" other@example.com ", "OTHER@example.com"]}, ["other@example.com"]),
    ],
)
def test_copies_are_kept_unless_others_are_named(
    api: Api, newcomer: Caller, export: dict[str, Any], mailbox: Mailbox, body: dict[str, Any], copies: list[str]
) -> None:
    answer = resend(api, newcomer, export["exportId"], body)
    assert answer.json()["recipients"] == [newcomer.email, *copies]
    assert mailbox.wait(export["exportId"], 2)[1].cc == copies
    assert resend(api, newcomer, export["exportId"]).json()["recipients"] == [newcomer.email, *COPIES], "for once only"


def test_neither_file_nor_expiry_changes(api: Api, newcomer: Caller, export: dict[str, Any]) -> None:
    resend(api, newcomer, export["exportId"], {"cc": []})
    shown = api.detail(newcomer, DATASET, export["exportId"]).json()
    for name in ("status", "recipients", "rowCount", "fileSize", "readyAt", "expiresAt"):
        assert shown[name] == export[name]


def test_each_sending_is_recorded(
    api: Api, newcomer: Caller, export: dict[str, Any], exports_table: ExportsTable
) -> None:
    sent = resend(api, newcomer, export["exportId"], {"cc": []}).json()
    first, again = exports_table.sendings(newcomer.tenantId, DATASET, export["exportId"])
    assert first["recipients"] == [newcomer.email, *COPIES]
    assert again["recipients"] == [newcomer.email]
    assert again["sentAt"][:19] == sent["sentAt"][:19]
    assert first["messageId"] and again["messageId"] != first["messageId"]


def test_no_more_than_ten_in_an_hour(
    api: Api, newcomer: Caller, export: dict[str, Any], exports_table: ExportsTable, mailbox: Mailbox
) -> None:
    statuses = [resend(api, newcomer, export["exportId"]).status_code for _ in range(10)]
    assert statuses == [200] * 10
    refused = resend(api, newcomer, export["exportId"])
    problem(refused, 429, "TOO_MANY_REQUESTS")
    assert 3500 < int(refused.headers["retry-after"]) <= 3600
    assert len(mailbox.about(export["exportId"])) == 11
    stored = exports_table.export(newcomer.tenantId, DATASET, export["exportId"])["resends"]
    hour_ago = int(time.time()) - 3600
    exports_table.set(newcomer.tenantId, DATASET, export["exportId"], resends=[hour_ago, *stored[1:]])
    assert resend(api, newcomer, export["exportId"]).status_code == 200, "the first is an hour old"
    assert resend(api, newcomer, export["exportId"]).status_code == 429


def test_a_refused_sending_leaves_the_export_ready(
    api: Api, newcomer: Caller, export: dict[str, Any], sender: Sender, mailbox: Mailbox
) -> None:
    with sender.unverified():
        problem(resend(api, newcomer, export["exportId"]), 502, "EMAIL_REFUSED")
    assert api.detail(newcomer, DATASET, export["exportId"]).json()["status"] == "READY"
    assert len(mailbox.about(export["exportId"])) == 1
    assert resend(api, newcomer, export["exportId"]).status_code == 200


def test_only_a_ready_export_has_a_mail(
    api: Api, newcomer: Caller, exports_table: ExportsTable, generator: Generator
) -> None:
    with generator.held():
        pending = api.trigger(newcomer, DATASET).json()["exportId"]
        answer = resend(api, newcomer, pending)
        assert problem(answer, 409, "EXPORT_NOT_READY")["exportStatus"] == "PENDING"
    api.wait(newcomer, DATASET, pending)
    exports_table.expire(newcomer.tenantId, DATASET, pending, with_marker=False)
    assert problem(resend(api, newcomer, pending), 409, "EXPORT_NOT_READY")["exportStatus"] == "EXPIRED"
    exports_table.set(newcomer.tenantId, DATASET, pending, status="FAILED", failureReason="It could not be made.")
    assert problem(resend(api, newcomer, pending), 409, "EXPORT_NOT_READY")["exportStatus"] == "FAILED"


def test_only_who_launched_it_sends_it_again(
    api: Api, newcomer: Caller, export: dict[str, Any], keys: Keys, mailbox: Mailbox
) -> None:
    colleague = keys.operator(newcomer.tenantId)
    reader = keys.operator(newcomer.tenantId, permissions=[f"{DATASET}:read"])
    stranger = keys.operator()
    problem(resend(api, colleague, export["exportId"]), 403, "FORBIDDEN")
    problem(resend(api, reader, export["exportId"]), 403, "FORBIDDEN")
    problem(resend(api, stranger, export["exportId"]), 404, "NOT_FOUND")
    assert len(mailbox.about(export["exportId"])) == 1


def test_an_export_that_does_not_exist(api: Api, operator: Caller) -> None:
    for export_id in ("exp_01kh0c8rm0e4t8v2zj6m3x9q5as", "exp_", "anything"):
        problem(resend(api, operator, export_id), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"to": "eve@example.com"}, [("/to", "UNKNOWN_FIELD")]),
        ({"cc": "eve@example.com"}, [("/cc", "INVALID_TYPE")]),
        ({"cc": ["a@example.com\r\nBcc: eve@example.com", 7]}, [("/cc/0", "INVALID_VALUE"), ("/cc/1", "INVALID_TYPE")]),
        ({"cc": [f"copy{number}@example.com" for number in range(21)]}, [("/cc", "TOO_MANY")]),
        ([], [("", "INVALID_TYPE")]),
    ],
)
def test_a_bad_body_sends_nothing(
    api: Api, newcomer: Caller, export: dict[str, Any], mailbox: Mailbox, body: Any, expected: list[tuple[str, str]]
) -> None:
    assert refusals(resend(api, newcomer, export["exportId"], body)) == expected
    assert len(mailbox.about(export["exportId"])) == 1


def test_a_body_must_be_json_of_64_kib_at_most(api: Api, newcomer: Caller, export: dict[str, Any]) -> None:
    json_body, text = {"content-type": "application/json"}, {"content-type": "text/plain"}
    large = "{}".ljust(64 * 1024 + 1)
    problem(resend(api, newcomer, export["exportId"], content=large, headers=json_body), 413, "PAYLOAD_TOO_LARGE")
    problem(resend(api, newcomer, export["exportId"], content="{}", headers=text), 415, "UNSUPPORTED_MEDIA_TYPE")
