"""The merchant API: payouts by contact, in its own words."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from support.api import Caller
from support.bucket import Bucket
from support.generator import Generator
from support.keys import Keys
from support.ledger import Ledger, read_file
from support.mailbox import Mailbox
from support.manifest import mailed_totals, manifest_key, manifest_of
from support.merchant import MerchantApi, triple
from support.table import ExportsTable, LedgerTable

PAYOUTS = "payouts-by-contact"
OPERATIONS = ("request-payout-by-contact-export", "find-export", "list-exports")
SHARED = "C-100"
PREFIXES = ("", "/v1")
ID = "exp_01kh0c8rm0e4t8v2zj6m3x9q5ac"


@pytest.fixture(scope="module")
def mia(callers: dict[str, Caller]) -> Caller:
    return callers["merchant"]


@pytest.fixture
def user(keys: Keys, mia: Caller) -> Caller:
    """A new user of mia's merchant."""
    return keys.merchant(mia.tenantId)


@pytest.fixture
def own(keys: Keys, ledger_table: LedgerTable) -> Caller:
    """A user of a merchant of its own, whose one contact is C-1."""
    user = keys.operator().tenantId
    ledger_table.contact(user, "cnt_1", "C-1")
    return keys.merchant(user)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_an_export_is_requested_found_and_listed(merchant_api: MerchantApi, user: Caller, prefix: str) -> None:
    before = int(time.time())
    requested = merchant_api.request(user, SHARED, prefix=prefix)
    assert requested.status_code == 200
    export = requested.json()
    assert before <= export.pop("created_at") <= time.time()
    assert export == {
        "export_id": export["export_id"],
        "type": "payout_by_contact",
        "format": "csv",
        "status": "pending",
        "filters": {"contact_id": SHARED},
        "download_url": None,
        "failure_message": None,
        "requester_id": user.userId,
        "requester_email": user.email,
    }
    completed = merchant_api.wait(user, export["export_id"])
    assert completed["status"] == "completed"
    assert merchant_api.find(user, export["export_id"], prefix=prefix).json()["status"] == "completed"
    listed = merchant_api.list(user, {"per_page": 100}, prefix=prefix).json()["page"]
    assert export["export_id"] in [shown["export_id"] for shown in listed]


@pytest.mark.parametrize("by", ["external id", "uid"])
def test_the_file_is_the_contacts_payouts(
    merchant_api: MerchantApi, user: Caller, mia: Caller, ledger: Ledger, http: httpx.Client, by: str
) -> None:
    named = SHARED if by == "external id" else mia.contactId
    export = merchant_api.make(user, named)
    assert export["filters"] == {"contact_id": named}, "as it was sent"
    rows = read_file(http.get(export["download_url"]).content.decode())
    assert rows == ledger.rows(mia.tenantId, PAYOUTS, lambda record: record["contactId"] == mia.contactId)
    assert len(rows) > 10


def test_only_four_digits_of_an_account_leave_the_ledger(
    merchant_api: MerchantApi, user: Caller, http: httpx.Client
) -> None:
    header, *rows = read_file(http.get(merchant_api.make(user, SHARED)["download_url"]).content.decode())
    accounts = [row[header.index("bankAccountNumber")] for row in rows]
    assert any(accounts)
    assert all(len(account) <= 4 for account in accounts)


def test_a_contact_is_only_its_own_merchants(
    merchant_api: MerchantApi, callers: dict[str, Caller], keys: Keys, ledger: Ledger, http: httpx.Client
) -> None:
    theirs = callers["merchant2"]
    user = keys.merchant(theirs.tenantId)
    triple(merchant_api.request(user, callers["merchant"].contactId), "NOT_FOUND")
    rows = read_file(http.get(merchant_api.make(user, SHARED)["download_url"]).content.decode())
    assert rows == ledger.rows(theirs.tenantId, PAYOUTS, lambda record: record["contactId"] == theirs.contactId)


def test_an_export_is_only_its_own_merchants(
    merchant_api: MerchantApi, user: Caller, callers: dict[str, Caller], keys: Keys
) -> None:
    export_id = merchant_api.make(user, SHARED)["export_id"]
    colleague, stranger = keys.merchant(user.tenantId), callers["merchant2"]
    assert merchant_api.find(colleague, export_id).json()["requester_id"] == user.userId
    triple(merchant_api.find(stranger, export_id), "NOT_FOUND")
    for caller, expected in ((colleague, True), (stranger, False)):
        listed = merchant_api.list(caller, {"per_page": 100}).json()["page"]
        assert (export_id in [export["export_id"] for export in listed]) is expected


def test_the_mail_and_its_link_are_the_engines(
    merchant_api: MerchantApi, user: Caller, mailbox: Mailbox, http: httpx.Client
) -> None:
    export = merchant_api.make(user, SHARED)
    [mail] = mailbox.wait(export["export_id"])
    assert (mail.to, mail.cc) == ([user.email], [])
    mailed = http.get(mail.link, follow_redirects=True)
    assert mailed.content == http.get(export["download_url"]).content


def test_the_manifest_beside_the_file_says_what_it_holds(
    merchant_api: MerchantApi,
    user: Caller,
    exports_table: ExportsTable,
    mailbox: Mailbox,
    http: httpx.Client,
    bucket: Bucket,
) -> None:
    export = merchant_api.make(user, SHARED)
    key = exports_table.export(user.tenantId, PAYOUTS, export["export_id"])["file"]["key"]
    as_of = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(export["created_at"]))
    file = http.get(export["download_url"]).content.decode()
    manifest = manifest_of(file, {"contactId": SHARED}, as_of)
    assert bucket.json(manifest_key(key)) == {
        "exportId": export["export_id"],
        "type": "PAYOUTS_BY_CONTACT",
        "fileName": f"payouts-by-contact-{as_of[:10]}.csv",
        **manifest,
    }
    [mail] = mailbox.wait(export["export_id"])
    for fact in (*mailed_totals(manifest["totals"]), manifest["sha256"]):
        assert fact in mail.text


def test_an_expired_export_says_so_and_has_no_url(
    merchant_api: MerchantApi, user: Caller, exports_table: ExportsTable
) -> None:
    export_id = merchant_api.make(user, SHARED)["export_id"]
    exports_table.expire(user.tenantId, PAYOUTS, export_id, with_marker=False)
    export = merchant_api.find(user, export_id).json()
    assert (export["status"], export["download_url"]) == ("expired", None)


def test_a_failed_export_says_why(merchant_api: MerchantApi, user: Caller, exports_table: ExportsTable) -> None:
    export_id = merchant_api.make(user, SHARED)["export_id"]
    exports_table.set(user.tenantId, PAYOUTS, export_id, status="FAILED", failureReason="It could not be made.")
    export = merchant_api.find(user, export_id).json()
    assert (export["status"], export["failure_message"]) == ("failed", "It could not be made.")
    assert export["download_url"] is None


def test_a_cancelled_export_shows_as_failed(
    merchant_api: MerchantApi, user: Caller, exports_table: ExportsTable
) -> None:
    export_id = merchant_api.make(user, SHARED)["export_id"]
    ended = {"status": "CANCELLED", "endedBy": user.userId, "endedAt": int(time.time())}
    exports_table.set(user.tenantId, PAYOUTS, export_id, **ended)
    found = merchant_api.find(user, export_id).json()
    assert (found["status"], found["failure_message"]) == ("failed", "The export was cancelled.")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_one_export_at_a_time_for_an_hour(
    merchant_api: MerchantApi,
    user: Caller,
    keys: Keys,
    generator: Generator,
    exports_table: ExportsTable,
    prefix: str,
) -> None:
    with generator.held():
        old = merchant_api.request(user, SHARED, prefix=prefix).json()["export_id"]
        triple(merchant_api.request(user, SHARED, prefix=prefix), "RATE_LIMIT_EXCEEDED")
        assert merchant_api.request(keys.merchant(user.tenantId), SHARED).status_code == 200, "a colleague may"
        exports_table.age_lock(user.tenantId, PAYOUTS, user.userId, seconds=3602)
        new = merchant_api.request(user, SHARED)
        assert new.status_code == 200, new.text
    for export_id in (old, new.json()["export_id"]):
        assert merchant_api.wait(user, export_id)["status"] == "completed"


@pytest.mark.parametrize("contact", ["C-nobody", "cnt_nobody", "id#cnt_atlas_100", " C-100"])
@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_contact_that_does_not_exist(merchant_api: MerchantApi, user: Caller, contact: str, prefix: str) -> None:
    assert triple(merchant_api.request(user, contact, prefix=prefix), "NOT_FOUND") == []


@pytest.mark.parametrize("export_id", ["exp_01kh0c8rm0e4t8v2zj6m3x9q5ac", "exp_01kh0c8rm0e4t8v2zj6m3x9q5af", "x"])
@pytest.mark.parametrize("prefix", PREFIXES)
def test_an_export_that_does_not_exist(merchant_api: MerchantApi, user: Caller, export_id: str, prefix: str) -> None:
    assert triple(merchant_api.find(user, export_id, prefix=prefix), "NOT_FOUND") == []


@pytest.mark.parametrize(
    ("operation", "body", "expected"),
    [
        (
            "request-payout-by-contact-export",
            {"contact": "C-100", "format": "xlsx"},
            [("contact", "UNKNOWN_FIELD"), ("contact_id", "MISSING"), ("format", "INVALID_VALUE")],
        ),
        (
            "request-payout-by-contact-export",
            {"contact_id": "C-100", "compression": "gzip"},
            [("compression", "UNKNOWN_FIELD")],
        ),
        ("request-payout-by-contact-export", None, [("contact_id", "MISSING")]),
        ("request-payout-by-contact-export", {"contact_id": ""}, [("contact_id", "INVALID_VALUE")]),
        ("request-payout-by-contact-export", {"contact_id": 100}, [("contact_id", "INVALID_TYPE")]),
        ("find-export", {}, [("export_id", "MISSING")]),
        ("find-export", {"export_id": True, "id": 1}, [("export_id", "INVALID_TYPE"), ("id", "UNKNOWN_FIELD")]),
        (
            "list-exports",
            {"per_page": 0, "after": "x", "page": 2},
            [("after", "INVALID_VALUE"), ("page", "UNKNOWN_FIELD"), ("per_page", "OUT_OF_RANGE")],
        ),
        (
            "list-exports",
            {"after": ID, "before": ID},
            [("before", "NOT_ALLOWED")],
        ),
        ("list-exports", {"per_page": 101}, [("per_page", "OUT_OF_RANGE")]),
        ("list-exports", {"per_page": "5"}, [("per_page", "INVALID_TYPE")]),
    ],
)
@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_bad_argument_is_listed(
    merchant_api: MerchantApi, user: Caller, operation: str, body: Any, expected: list[tuple[str, str]], prefix: str
) -> None:
    assert triple(merchant_api.post(user, operation, body, prefix), "INVALID_ARGUMENTS") == expected


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        ("[]", "application/json"),
        ('{"a": 1, "a": 2}', "application/json"),
        ('"C-100"', "application/json"),
        ("{", "application/json"),
        ('{"contact_id": "C-100"}', "text/plain"),
        ("contact_id=C-100", "application/x-www-form-urlencoded"),
        ("{}".ljust(64 * 1024 + 1), "application/json"),
    ],
)
def test_a_body_is_a_json_object_of_64_kib_at_most(
    merchant_api: MerchantApi, user: Caller, operation: str, content: str, content_type: str
) -> None:
    answer = merchant_api.post(user, operation, content=content, headers={"content-type": content_type})
    triple(answer, "INVALID_ARGUMENTS")


@pytest.mark.parametrize("version", ["v2", "v0", "V1", "latest", "1"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_another_version_is_a_bad_one(merchant_api: MerchantApi, user: Caller, version: str, operation: str) -> None:
    assert triple(merchant_api.post(user, operation, prefix=f"/{version}"), "BAD_VERSION") == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/merchants/list-exports"),
        ("PUT", "/v1/merchants/find-export"),
        ("DELETE", "/merchants/request-payout-by-contact-export"),
        ("POST", "/merchants/nothing"),
        ("POST", "/v1/merchants/nothing"),
        ("POST", "/list-exports"),
        ("POST", "/"),
        ("GET", "/v1/me"),
    ],
)
def test_a_path_or_method_that_does_not_exist(merchant_api: MerchantApi, user: Caller, method: str, path: str) -> None:
    headers = {"authorization": f"Bearer {user.key}"}
    answer = merchant_api.http.request(method, merchant_api.base_url + path, headers=headers)
    assert triple(answer, "UNKNOWN_ENDPOINT") == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer of-nobody"},
        {"authorization": "Basic demo_merchant_not_a_secret"},
        {"authorization": "demo_merchant_not_a_secret"},
        {"authorization": "Bearer demo_operator_not_a_secret"},
        {"authorization": "Bearer demo_supplier_not_a_secret"},
        {"authorization": "Bearer demo_disabled_not_a_secret"},
        {"dj-client": "MERCHANT", "dj-api-key": "demo_merchant_not_a_secret"},
        {"dj-client": "OPERATOR", "dj-api-key": "demo_operator_not_a_secret"},
    ],
)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_other_key_opens_this_door(merchant_api: MerchantApi, headers: dict[str, str], operation: str) -> None:
    answer = merchant_api.http.post(f"{merchant_api.base_url}/merchants/{operation}", headers=headers, json={})
    assert triple(answer, "UNAUTHORIZED") == []


def _ids(answer: dict[str, Any]) -> list[str]:
    return [export["export_id"] for export in answer["page"]]


def test_next_and_previous_are_bodies_to_send_as_they_are(merchant_api: MerchantApi, own: Caller, keys: Keys) -> None:
    made = [merchant_api.make(keys.merchant(own.tenantId), "C-1")["export_id"] for _ in range(7)]
    pages = [merchant_api.list(own, {"per_page": 3}).json()]
    assert pages[0]["previous"] is None
    later = []
    while pages[-1]["next"]:
        later.append(merchant_api.make(keys.merchant(own.tenantId), "C-1")["export_id"])
        pages.append(merchant_api.list(own, pages[-1]["next"]).json())
    assert [export_id for page in pages for export_id in _ids(page)] == made[::-1], "each once, whatever came since"
    back = [pages[-1]]
    while back[-1]["previous"]:
        back.append(merchant_api.list(own, back[-1]["previous"]).json())
        assert _ids(back[-1]), "no page is empty"
    assert [export_id for page in reversed(back) for export_id in _ids(page)] == (made + later)[::-1]


def test_a_list_without_a_body_is_the_first_page_of_25(
    merchant_api: MerchantApi, own: Caller, exports_table: ExportsTable
) -> None:
    assert merchant_api.list(own).json() == {"page": [], "next": None, "previous": None}
    export_id = merchant_api.make(own, "C-1")["export_id"]
    listed = merchant_api.list(own).json()
    assert _ids(listed) == [export_id]
    assert (listed["next"], listed["previous"]) == (None, None)
    nulls = {"per_page": None, "after": None, "before": None}
    assert _ids(merchant_api.list(own, nulls).json()) == [export_id]


def test_a_contact_without_payouts_has_a_file_of_a_header(
    merchant_api: MerchantApi, own: Caller, http: httpx.Client
) -> None:
    rows = read_file(http.get(merchant_api.make(own, "cnt_1")["download_url"]).content.decode())
    assert len(rows) == 1


def test_what_nobody_expected_is_a_500_that_tells_nothing(
    merchant_api: MerchantApi, own: Caller, exports_table: ExportsTable
) -> None:
    export_id = merchant_api.make(own, "C-1")["export_id"]
    exports_table.set(own.tenantId, PAYOUTS, export_id, status="UNHEARD_OF")
    answer = merchant_api.find(own, export_id)
    assert triple(answer, "UNHANDLED_ERROR", 500) == []
    assert "UNHEARD_OF" not in answer.text
