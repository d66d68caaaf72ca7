"""Input that is meant to do harm: bodies, names, addresses, records and messages."""

from __future__ import annotations

import csv
import html
import io
import json
import time
from typing import Any

import httpx
import pytest
from support.api import Api, Caller
from support.contract import Contract
from support.feed import Feed, transfer
from support.functions import Functions
from support.hostile import BODIES, DECEPTIVE, FORMULAS, MARKUP, QUOTES
from support.keys import Keys
from support.mailbox import Mailbox
from support.problems import refusals
from support.schedules import Schedules
from support.waiting import until

DATASET = "funding-transfers"
LARGEST_BODY = 64 * 1024
LARGEST_REFUSAL = 64 * 1024
SLOWEST_REFUSAL_SECONDS = 5
JSON = {"content-type": "application/json"}
IDS = {
    "{version}": "v2",
    "{exportId}": "exp_01kh0c8rm0e4t8v2zj6m3x9q5af",
    "{scheduleId}": "sch_01kh0c8rm0e4t8v2zj6m3x9q5a",
    "{webhookId}": "whk_01kh0c8rm0e4t8v2zj6m3x9q5a",
}


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_soon_and_in_few_words(
    contract: Contract, http: httpx.Client, newcomer: Caller, keys: Keys, name: str
) -> None:
    """By every operation that takes a body."""
    body = BODIES[name]
    assert len(body) <= LARGEST_BODY
    merchant = keys.merchant(newcomer.tenantId)
    headers = {"operator": newcomer.headers, "merchant": {"authorization": f"Bearer {merchant.key}"}}
    tried = 0
    for document, method, path in contract.operations():
        if "requestBody" not in document.raw["paths"][path][method.lower()]:
            continue
        path = path.replace("{version}", "v2").replace("{exportId}", "exp_01kh0c8rm0e4t8v2zj6m3x9q5af")
        path = path.replace("{scheduleId}", "sch_01kh0c8rm0e4t8v2zj6m3x9q5a").replace(
            "{webhookId}", "whk_01kh0c8rm0e4t8v2zj6m3x9q5a"
        )
        started = time.monotonic()
        answer = http.request(
            method, document.base_url + path, content=body, headers={**headers[document.name], **JSON}
        )
        assert answer.status_code in (400, 404), (path, answer.status_code, answer.text[:300])
        assert len(answer.content) <= LARGEST_REFUSAL, path
        assert time.monotonic() - started < SLOWEST_REFUSAL_SECONDS, path
        tried += 1
    assert tried >= 10


@pytest.mark.parametrize("name", DECEPTIVE)
def test_a_name_that_looks_like_another_one_is_refused(
    api: Api, schedules: Schedules, newcomer: Caller, name: str
) -> None:
    assert refusals(schedules.create(newcomer, name=name)) == [("/name", "INVALID_VALUE")]
    webhook = {"url": "https://hooks.example.com", "description": name}
    assert refusals(api.post(newcomer, "/v1/webhooks", json=webhook)) == [("/description", "INVALID_VALUE")]


@pytest.mark.parametrize(
    "address",
    [
        "ana@exаmple.com",  # A Cyrillic letter.
        "ana@example.com\u200b",
        "\u202emoc.elpmaxe@ana",
        "ana@example.com\x00.evil.example",
        "ana@example.com\r\nBcc: eve@evil.example",
        "ana@example.com%0d%0aBcc:eve@evil.example",
        '"ana@example.com, eve"@evil.example',
        "ana(@example.com)@evil.example",
        "=?utf-8?q?ana=40evil.example=3e?=@example.com",
        "ana@example.com;eve@evil.example",
        "<ana@example.com>",
        "ａｎａ@example.com",  # Full-width letters.
        "ana@[::1]",
        "a" * 65 + "@example.com",
        "ana@" + "a." * 130 + "com",
    ],
)
def test_an_address_that_is_another_one_to_somebody_is_refused(api: Api, newcomer: Caller, address: str) -> None:
    assert refusals(api.trigger(newcomer, DATASET, {"cc": [address]})) == [("/cc/0", "INVALID_VALUE")]


def test_a_mail_shows_markup_as_text_and_keeps_to_its_headers(
    api: Api, schedules: Schedules, newcomer: Caller, mailbox: Mailbox
) -> None:
    name = MARKUP[:60]
    schedule = schedules.made(
        newcomer, name=name, filters={"supplierIds": [f"{MARKUP}\r\nBcc: eve@evil.example\u202e"]}
    )
    schedules.miss(newcomer, schedule["scheduleId"])
    schedules.call(newcomer, schedule["scheduleId"])
    run = schedules.get(newcomer, schedule["scheduleId"]).json()["lastRun"]
    api.wait(newcomer, DATASET, run["exportId"])
    [mail] = mailbox.wait(run["exportId"])
    assert (mail.to, mail.cc) == ([newcomer.email], [])
    assert name in mail.subject and not set(mail.subject) & set("\r\n")
    assert "<script" not in mail.html and "<img" not in mail.html
    assert MARKUP in html.unescape(mail.html)
    assert "\u202e" not in mail.html + mail.text + mail.subject
    assert "Bcc: eve@evil.example" not in mail.text.splitlines()
    schedules.delete(newcomer, schedule["scheduleId"])


def test_a_file_says_what_the_records_say_and_runs_nothing(api: Api, newcomer: Caller, feed: Feed) -> None:
    texts = [*FORMULAS, *QUOTES]
    columns = ("supplierName", "reference", "failureReason")
    feed.write(
        [
            transfer(newcomer.tenantId, f"trf_{number:02}", 1, status="FAILED", **dict.fromkeys(columns, text))
            for number, text in enumerate(texts)
        ]
    )
    spreadsheet = {"profile": {"name": "spreadsheet", "locale": "en"}}
    for body, delimiter in ((None, ";"), (spreadsheet, ","), ({"compression": "gzip"}, ";")):
        export = api.make(newcomer, DATASET, body)
        rows = list(
            csv.DictReader(io.StringIO(api.download(export).removeprefix("\ufeff"), newline=""), delimiter=delimiter)
        )
        assert len(rows) == len(texts)
        for row, text in zip(rows, texts, strict=True):
            for column in columns:
                assert row[column] == (f"'{text}" if text in FORMULAS else text)


def test_a_log_has_one_line_of_ours_for_each_request_whatever_it_says(
    api: Api, newcomer: Caller, logs: Any, stack: dict[str, Any]
) -> None:
    marker = newcomer.tenantId.removeprefix("tenant-")
    forged_line = f'%0a{{"level":"INFO","forged":"{marker}"}}'
    api.get(newcomer, f"/v1/exports/{marker}{forged_line}/links")
    api.get(newcomer, f"/v1/exports/{marker}%1b[2Kx/links", headers={"user-agent": f"x\t{marker}"})
    api.get(newcomer, f"/v1/exports/{marker}-last/links")
    group = f"/aws/lambda/{stack['stackName']}-links"

    def lines() -> list[str]:
        events = logs.filter_log_events(logGroupName=group, limit=10_000)["events"]
        return [line for event in events for line in event["message"].splitlines() if marker in line]

    until(lambda: any(f"{marker}-last" in line for line in lines()))
    for line in lines():
        fields = json.loads(line)
        assert fields["message"] == "request" and "forged" not in fields
        assert newcomer.key not in line and newcomer.email not in line


# Queues: what is sent there is the platform's, and may be anything all the same.


@pytest.mark.parametrize("name", ["deep arrays", "many keys", "no UTF-8", "a huge number", "escapes"])
def test_a_hostile_change_of_a_record_becomes_a_dead_letter(feed: Feed, name: str, newcomer: Caller) -> None:
    body = BODIES[name].decode("utf-8", "replace")
    marker = newcomer.tenantId
    feed.send(f'{{"tenantId": "{marker}", "hostile": {body}}}')
    feed.settle()
    [(_, reason)] = feed.refused(marker)
    assert 0 < len(reason) < 1_000


def test_a_hostile_message_for_an_export_is_dropped(functions: Functions) -> None:
    for body in (*BODIES.values(), b'{"tenantId": "a#b", "exportId": "exp_01kh0c8rm0e4t8v2zj6m3x9q5af"}'):
        text = body.decode("utf-8", "replace")
        event = {"Records": [{"messageId": "m", "body": text, "eventSource": "aws:sqs"}]}
        for name in ("generator", "dead-letter-handler"):
            functions.invoke(name, event)
