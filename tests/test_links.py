"""The mailed link: anybody who has it may download, until it expires."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from support.api import Api, Caller
from support.mailbox import Mailbox
from support.problems import problem
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


def links(api: Api, caller: Caller, export_id: str) -> list[dict[str, Any]]:
    answer = api.get(caller, f"/v1/exports/{export_id}/links")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def revoke(api: Api, caller: Caller, export_id: str, link_id: str) -> httpx.Response:
    return api.request("DELETE", caller, f"/v1/exports/{export_id}/links/{link_id}")


def test_each_mail_has_a_link_of_its_own_and_all_are_listed(
    http: httpx.Client, api: Api, newcomer: Caller, mailbox: Mailbox, exports_table: ExportsTable
) -> None:
    export = api.make(newcomer, DATASET, {"cc": ["finance@example.com"]})
    [first] = links(api, newcomer, export["exportId"])
    assert first == {
        "linkId": first["linkId"],
        "createdAt": first["createdAt"],
        "recipients": [newcomer.email, "finance@example.com"],
        "sendingMessageId": first["sendingMessageId"],
        "uses": 0,
        "lastUsedAt": None,
        "revokedAt": None,
    }
    api.post(newcomer, f"/v1/exports/{export['exportId']}/resend-email", json={"cc": []})
    second, again = links(api, newcomer, export["exportId"])
    assert again == first, "the newest comes first"
    assert second["recipients"] == [newcomer.email]
    sent = exports_table.sendings(newcomer.tenantId, DATASET, export["exportId"])
    assert [item["messageId"] for item in sent] == [first["sendingMessageId"], second["sendingMessageId"]]
    assert [item["linkId"] for item in sent] == [first["linkId"], second["linkId"]]

    _, mailed_again = mailbox.wait(export["exportId"], 2)
    for _ in range(2):
        assert http.get(mailed_again.link).status_code == 302
    second, first = links(api, newcomer, export["exportId"])
    assert (second["uses"], first["uses"], first["lastUsedAt"]) == (2, 0, None)
    assert second["lastUsedAt"] >= second["createdAt"]


def test_what_is_listed_of_a_link_does_not_lead_to_its_token(
    api: Api, operator: Caller, link: str, export: dict[str, Any]
) -> None:
    token = link.split("token=")[1]
    digest = hashlib.sha256(token.encode()).hexdigest()
    listed = json.dumps(links(api, operator, export["exportId"]))
    assert token not in listed and digest not in listed
    assert not any(digest[start : start + 8] in listed for start in range(len(digest) - 8))


def test_a_revoked_link_says_so_and_the_others_still_work(
    http: httpx.Client, api: Api, newcomer: Caller, mailbox: Mailbox
) -> None:
    export = api.make(newcomer, DATASET)
    api.post(newcomer, f"/v1/exports/{export['exportId']}/resend-email")
    first, second = mailbox.wait(export["exportId"], 2)
    _, listed = links(api, newcomer, export["exportId"])
    assert http.get(first.link).status_code == 302
    answer = revoke(api, newcomer, export["exportId"], listed["linkId"])
    assert answer.status_code == 200
    revoked = answer.json()
    assert revoked["revokedAt"] and revoked["uses"] == 1
    assert {**revoked, "uses": 0, "lastUsedAt": None, "revokedAt": None} == listed

    refused = http.get(first.link, headers={"accept": "application/json"})
    assert problem(refused, 410, "LINK_REVOKED")["title"] == "The link was revoked"
    page = http.get(first.link, headers={"accept": "text/html"})
    assert page.status_code == 410 and "This link was revoked" in page.text
    assert http.get(second.link).status_code == 302

    again = revoke(api, newcomer, export["exportId"], listed["linkId"])
    assert (again.status_code, again.json()) == (200, revoked), "nothing changes the second time"
    other, shown = links(api, newcomer, export["exportId"])
    assert shown == revoked and other["revokedAt"] is None


def test_of_a_use_and_a_revocation_one_comes_first(
    http: httpx.Client, api: Api, newcomer: Caller, mailbox: Mailbox
) -> None:
    export = api.make(newcomer, DATASET)
    [mail] = mailbox.wait(export["exportId"])
    [listed] = links(api, newcomer, export["exportId"])
    with ThreadPoolExecutor(8) as pool:
        uses = [pool.submit(http.get, mail.link) for _ in range(16)]
        revoked = pool.submit(revoke, api, newcomer, export["exportId"], listed["linkId"])
        uses += [pool.submit(http.get, mail.link) for _ in range(16)]
    statuses = [use.result().status_code for use in uses]
    assert revoked.result().status_code == 200
    assert set(statuses) <= {302, 410}
    [shown] = links(api, newcomer, export["exportId"])
    assert shown["uses"] == statuses.count(302), "each that led to the file came before the revocation"
    assert http.get(mail.link).status_code == 410


def test_a_link_is_revoked_under_its_own_export_only(api: Api, newcomer: Caller, operator: Caller) -> None:
    export, other = api.make(newcomer, DATASET), api.make(newcomer, "supplier-payouts")
    [link] = links(api, newcomer, export["exportId"])
    for export_id, link_id in (
        (other["exportId"], link["linkId"]),
        (export["exportId"], "lnk_01kh0c8wp2z9m4q7t1x5c3v8b6"),
        (export["exportId"], "nothing"),
        ("exp_1", link["linkId"]),
    ):
        problem(revoke(api, newcomer, export_id, link_id), 404, "NOT_FOUND")
    problem(revoke(api, operator, export["exportId"], link["linkId"]), 404, "NOT_FOUND")
    problem(api.get(operator, f"/v1/exports/{export['exportId']}/links"), 404, "NOT_FOUND")
    [shown] = links(api, newcomer, export["exportId"])
    assert shown["revokedAt"] is None


def test_a_link_that_was_mailed_before_links_had_ids_still_works(
    http: httpx.Client, api: Api, newcomer: Caller, mailbox: Mailbox, exports_table: ExportsTable
) -> None:
    export = api.make(newcomer, DATASET)
    [mail] = mailbox.wait(export["exportId"])
    item = exports_table.link(mail.link.split("token=")[1])
    assert item
    exports_table.put({name: value for name, value in item.items() if name != "linkId"})
    assert http.get(mail.link).status_code == 302


def test_removing_its_item_revokes_a_link(
    http: httpx.Client, api: Api, operator: Caller, mailbox: Mailbox, exports_table: ExportsTable
) -> None:
    export = api.make(operator, DATASET)
    [mail] = mailbox.about(export["exportId"])
    assert http.get(mail.link).status_code == 302
    exports_table.remove_link(mail.link.split("token=")[1])
    assert http.get(mail.link).status_code == 404
