"""The mailed link: anybody who has it may download, until it expires."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from support.api import Api, Caller
from support.mailbox import Mailbox
from support.table import ExportsTable

DATASET = "marketplace-payouts"


@pytest.fixture(scope="module")
def export(api: Api, operator: Caller) -> dict[str, Any]:
    return api.make(operator, DATASET)


@pytest.fixture(scope="module")
def link(mailbox: Mailbox, export: dict[str, Any]) -> str:
    [mail] = mailbox.about(export["exportId"])
    return mail.link


def test_a_link_leads_to_a_url_of_a_minute_at_most(http: httpx.Client, link: str, export: dict[str, Any]) -> None:
    answer = http.get(link)
    assert answer.status_code == 302
    assert answer.headers["referrer-policy"] == "no-referrer"
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert 0 < int(query["X-Amz-Expires"][0]) <= 60
    name = f"{DATASET}-{export['createdAt'][:10]}.csv"
    assert query["response-content-disposition"] == [f'attachment; filename="{name}"']


def test_only_the_hash_of_a_token_is_stored(
    link: str, export: dict[str, Any], operator: Caller, exports_table: ExportsTable
) -> None:
    token = link.split("token=")[1]
    item = exports_table.link(token)
    assert item and item["exportId"] == export["exportId"]
    stored = exports_table.export(operator.tenantId, DATASET, export["exportId"])
    assert token not in str(item) and token not in str(stored)


@pytest.mark.parametrize("token", [None, "", "wrong", "A" * 43])
def test_without_its_token_a_link_is_nothing(
    http: httpx.Client, stack: dict[str, Any], export: dict[str, Any], token: str | None
) -> None:
    url = f"{stack['linkApiUrl']}/v1/exports/{export['exportId']}/download"
    answer = http.get(url, params={} if token is None else {"token": token})
    assert answer.status_code == 404


def test_a_token_opens_no_other_export(
    http: httpx.Client, api: Api, operator: Caller, link: str, export: dict[str, Any]
) -> None:
    other = api.make(operator, DATASET)
    assert http.get(link.replace(export["exportId"], other["exportId"])).status_code == 404


def test_a_refusal_is_a_page_for_people_and_json_for_programs(http: httpx.Client, link: str) -> None:
    wrong = link[:-3] + "abc"
    page = http.get(wrong, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "There is no such link" in page.text
    problem = http.get(wrong, headers={"accept": "application/json"})
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["code"] == "NOT_FOUND"


def test_removing_its_item_revokes_a_link(
    http: httpx.Client, api: Api, operator: Caller, mailbox: Mailbox, exports_table: ExportsTable
) -> None:
    export = api.make(operator, DATASET)
    [mail] = mailbox.about(export["exportId"])
    assert http.get(mail.link).status_code == 302
    exports_table.remove_link(mail.link.split("token=")[1])
    assert http.get(mail.link).status_code == 404
