"""Who fetched a file: each use of a link, and each URL that the API handed out."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from support.api import Api, Caller
from support.keys import Keys
from support.mailbox import Mailbox
from support.merchant import MerchantApi
from support.table import ExportsTable

DATASET = "marketplace-payouts"
# The tests' callers are all on this machine.
HERE = "127.0.0.0/24"


@pytest.fixture
def export(api: Api, newcomer: Caller) -> dict[str, Any]:
    return api.make(newcomer, DATASET)


@pytest.fixture
def link(mailbox: Mailbox, export: dict[str, Any]) -> str:
    [mail] = mailbox.wait(export["exportId"])
    return mail.link


def shown(api: Api, caller: Caller, export: dict[str, Any]) -> dict[str, Any]:
    answer = api.detail(caller, DATASET, export["exportId"])
    assert answer.status_code == 200, answer.text
    return answer.json()


def by(detail: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The downloads by a link (`linkId`) or by a user (`userId`)."""
    return [download for download in detail["downloads"] if kind in download["by"]]


def test_each_use_of_a_link_is_shown_with_whom_it_was_mailed_to(
    api: Api, newcomer: Caller, mailbox: Mailbox, http: httpx.Client
) -> None:
    export = api.make(newcomer, DATASET, {"cc": ["finance@example.com"]})
    [mail] = mailbox.wait(export["exportId"])
    for agent in ("first/1.0", "second/1.0"):
        assert http.get(mail.link, headers={"user-agent": agent}).status_code == 302
    detail = shown(api, newcomer, export)
    [sending] = detail["sendings"]
    assert sending["recipients"] == [newcomer.email, "finance@example.com"]
    later, earlier = by(detail, "linkId")
    assert (later["userAgent"], earlier["userAgent"]) == ("second/1.0", "first/1.0"), "the newest comes first"
    for download in (later, earlier):
        assert download["by"] == {"linkId": sending["linkId"], "recipients": sending["recipients"]}
        assert download["addressPrefix"] == HERE
        assert download["at"] >= sending["sentAt"]


def test_a_url_of_the_api_is_a_download_of_the_user_once_in_five_minutes(
    api: Api, newcomer: Caller, keys: Keys, export: dict[str, Any]
) -> None:
    colleague = keys.operator(newcomer.tenantId)
    for _ in range(3):
        shown(api, newcomer, export)
    shown(api, colleague, export)
    users = [download["by"]["userId"] for download in by(shown(api, newcomer, export), "userId")]
    # Two, if five minutes ended between the requests.
    assert users.count(newcomer.userId) in (1, 2)
    assert users[0] == colleague.userId
    assert users.count(colleague.userId) == 1


def test_an_answer_shows_the_downloads_before_it(api: Api, newcomer: Caller) -> None:
    first = api.make(newcomer, DATASET)
    assert (first["downloads"], first["downloadCount"]) == ([], 0)
    second = shown(api, newcomer, first)
    [download] = second["downloads"]
    assert download["by"] == {"userId": newcomer.userId}
    assert second["downloadCount"] == 1


def test_neither_a_list_nor_its_links_are_a_download(
    api: Api, newcomer: Caller, exports_table: ExportsTable, export: dict[str, Any]
) -> None:
    before = exports_table.downloads(newcomer.tenantId, DATASET, export["exportId"])
    for path in (f"/v1/payments/{DATASET}/export", f"/v1/exports/{export['exportId']}/links"):
        assert api.get(newcomer, path).status_code == 200
    assert exports_table.downloads(newcomer.tenantId, DATASET, export["exportId"]) == before


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("x" * 500, "x" * 200),
        ("Mozilla/5.0 (café)".encode(), "Mozilla/5.0 (café)"),
        ("a\tb", "ab"),
    ],
)
def test_a_user_agent_is_cut_and_has_no_control_characters(
    api: Api, newcomer: Caller, http: httpx.Client, export: dict[str, Any], link: str, sent: Any, kept: str
) -> None:
    assert http.get(link, headers={"user-agent": sent}).status_code == 302
    [download] = by(shown(api, newcomer, export), "linkId")
    assert download["userAgent"] == kept


def test_a_refused_link_is_no_download(
    api: Api, newcomer: Caller, http: httpx.Client, export: dict[str, Any], link: str
) -> None:
    assert http.get(link[:-3] + "abc").status_code == 404
    [listed] = api.get(newcomer, f"/v1/exports/{export['exportId']}/links").json()["items"]
    api.request("DELETE", newcomer, f"/v1/exports/{export['exportId']}/links/{listed['linkId']}")
    assert http.get(link).status_code == 410
    assert by(shown(api, newcomer, export), "linkId") == []


def test_of_many_downloads_the_latest_hundred_are_shown_and_all_are_counted(
    api: Api, newcomer: Caller, http: httpx.Client, export: dict[str, Any], link: str
) -> None:
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: http.get(link).status_code, range(105)))
    assert statuses == [302] * 105
    detail = shown(api, newcomer, export)
    assert len(detail["downloads"]) == 100
    assert detail["downloadCount"] == 106, "with the one by the user"
    times = [download["at"] for download in detail["downloads"]]
    assert times == sorted(times, reverse=True)
    [listed] = api.get(newcomer, f"/v1/exports/{export['exportId']}/links").json()["items"]
    assert listed["uses"] == 105


def test_of_downloads_that_race_one_is_the_first(
    api: Api, newcomer: Caller, mailbox: Mailbox, http: httpx.Client, exports_table: ExportsTable
) -> None:
    export = api.launch(newcomer, DATASET)
    [mail] = mailbox.wait(export["exportId"])
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: http.get(mail.link).status_code, range(16)))
    assert statuses == [302] * 16

    def first() -> int:
        return exports_table.export(newcomer.tenantId, DATASET, export["exportId"])["downloadedAt"]

    before = first()
    time.sleep(1.1)
    assert http.get(mail.link).status_code == 302
    api.wait(newcomer, DATASET, export["exportId"])
    assert first() == before


def test_what_is_kept_of_an_export_is_kept_as_long_as_it(
    newcomer: Caller, http: httpx.Client, export: dict[str, Any], link: str, exports_table: ExportsTable
) -> None:
    assert http.get(link).status_code == 302
    place = (newcomer.tenantId, DATASET, export["exportId"])
    downloads, sendings, links = (
        exports_table.downloads(*place),
        exports_table.sendings(*place),
        exports_table.links(*place),
    )
    assert (len(downloads), len(sendings), len(links)) == (2, 1, 1)
    until = {item["timeToLive"] for item in (*downloads, *sendings, *links)}
    assert until == {exports_table.export(*place)["timeToLive"]}


def test_who_downloads_gets_the_file_even_if_that_cannot_be_recorded(
    api: Api, newcomer: Caller, http: httpx.Client, export: dict[str, Any], link: str, exports_table: ExportsTable
) -> None:
    exports_table.spoil_download_count(newcomer.tenantId, DATASET, export["exportId"])
    answer = http.get(link)
    assert answer.status_code == 302
    assert http.get(answer.headers["location"]).status_code == 200
    assert shown(api, newcomer, export)["downloadUrl"]


def test_merchants_downloads_are_recorded_and_their_answers_are_as_ever(
    callers: dict[str, Caller], keys: Keys, merchant_api: MerchantApi, exports_table: ExportsTable
) -> None:
    merchant = keys.merchant(callers["merchant"].tenantId)
    export = merchant_api.make(merchant, "C-100")
    assert merchant_api.list(merchant, {}).status_code == 200
    place = (merchant.tenantId, "payouts-by-contact", export["export_id"])
    [download] = exports_table.downloads(*place)
    assert (download["userId"], download["addressPrefix"]) == (merchant.userId, HERE)
    assert set(export) == {
        "export_id",
        "type",
        "format",
        "status",
        "filters",
        "download_url",
        "failure_message",
        "created_at",
        "requester_id",
        "requester_email",
    }
