"""What somebody tries who wants another tenant's payouts, another role's rights, or the service's time."""

from __future__ import annotations

import base64
import hashlib
import json
import string
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from support.api import Api, Caller
from support.feed import Feed, transfer
from support.keys import Keys
from support.mailbox import Mailbox
from support.merchant import MerchantApi
from support.problems import problem, refusals

DATASET = "funding-transfers"
LIST = f"/v1/payments/{DATASET}/export"
LARGEST_BODY = 64 * 1024
LARGEST_REFUSAL = 64 * 1024
SLOWEST_REFUSAL_SECONDS = 5
JSON = {"content-type": "application/json"}


# Tokens


@pytest.fixture(scope="module")
def link(api: Api, operator: Caller, mailbox: Mailbox) -> str:
    """A mailed link that works."""
    export = api.make(operator, "marketplace-payouts")
    return mailbox.wait(export["exportId"])[0].link


def test_no_guess_near_a_token_opens_its_link(http: httpx.Client, link: str) -> None:
    token = link.split("token=")[1]
    # The last letter of 43 has two bits that base64 does not use: another letter may mean the same bytes.
    letters = f"{string.ascii_letters}{string.digits}-_"
    near = {token[:-1] + letter for letter in letters}
    near |= {
        token[:-1],
        f"{token}A",
        f"{token}=",
        token.swapcase(),
        token[::-1],
        f"{token}\x00",
        f" {token}",
        f"{token},",
    }
    # What is stored of a token, and what else is known of the link, is no token.
    near |= {hashlib.sha256(token.encode()).hexdigest(), "link", "*", "%", "null"}
    near.discard(token)
    url, _, _ = link.partition("?")
    answers = [http.get(url, params={"token": guess}, headers={"accept": "application/json"}) for guess in sorted(near)]
    answers.append(http.get(url, headers={"accept": "application/json"}))
    bodies = {json.dumps({**problem(answer, 404, "NOT_FOUND"), "requestId": ""}) for answer in answers}
    assert len(bodies) == 1, "a guess that is nearly right is answered like any other"
    assert http.get(link).status_code == 302


def test_a_copys_token_of_one_tenant_opens_nothing_of_another(
    http: httpx.Client, api: Api, keys: Keys, mailbox: Mailbox
) -> None:
    """Whoever is a CC in two tenants has a link of each, and cannot make a third of them."""
    copies = {"cc": ["shared@example.com"]}
    ids = [api.make(keys.operator(), DATASET, copies)["exportId"] for _ in range(2)]
    one, other = (mailbox.wait(export_id)[0].link for export_id in ids)
    for wrong in (one.replace(ids[0], ids[1]), other.replace(ids[1], ids[0])):
        assert http.get(wrong).status_code == 404
    both = f"{one}&token={other.split('token=')[1]}"
    assert http.get(both).status_code in (302, 404)
    assert http.get(both.replace(ids[0], ids[1])).status_code in (302, 404)
    for answer in (http.get(both), http.get(both.replace(ids[0], ids[1]))):
        if answer.status_code == 302:
            # It leads to the file of the export in the path.
            [named] = [export_id for export_id in ids if export_id in str(answer.request.url)]
            assert named in answer.headers["location"]


def test_a_url_that_was_kept_opens_nothing_after_the_file_is_deleted(
    http: httpx.Client, api: Api, newcomer: Caller, mailbox: Mailbox
) -> None:
    export = api.make(newcomer, DATASET)
    link = mailbox.wait(export["exportId"])[0].link
    kept = http.get(link).headers["location"]
    assert http.get(kept).status_code == 200
    assert api.request("DELETE", newcomer, f"/v1/exports/{export['exportId']}").status_code == 200
    assert http.get(kept).status_code in (403, 404)
    assert http.get(export["downloadUrl"]).status_code in (403, 404)
    assert http.get(link, headers={"accept": "application/json"}).status_code == 410


def test_a_kept_url_cannot_be_turned_to_another_file(
    http: httpx.Client, api: Api, keys: Keys, newcomer: Caller
) -> None:
    mine, theirs = (api.make(caller, DATASET) for caller in (newcomer, keys.operator()))
    url = mine["downloadUrl"]
    for before, after in (
        (mine["exportId"], theirs["exportId"]),
        (".csv", ".manifest.json"),
        ("X-Amz-Expires=", "X-Amz-Expires=9"),
    ):
        assert before in url
        assert http.get(url.replace(before, after)).status_code in (400, 403, 404)


# Keys


@pytest.mark.parametrize(
    "guess",
    [
        lambda key: key.upper(),
        lambda key: key[:-1],
        lambda key: f"{key}x",
        lambda key: hashlib.sha256(key.encode()).hexdigest(),
        lambda key: f"{key},{key}",
        lambda key: f"Bearer {key}",
        lambda key: "*",
        lambda key: "' OR '1'='1",
    ],
)
def test_nothing_near_a_key_is_a_key(api: Api, newcomer: Caller, guess: Any) -> None:
    assert api.get(newcomer, "/v1/me").status_code == 200
    answer = api.get(newcomer, "/v1/me", headers={"dj-api-key": guess(newcomer.key)})
    problem(answer, 401, "UNAUTHORIZED")


def test_guessing_keys_tells_nothing_and_locks_nobody_out(api: Api, newcomer: Caller) -> None:
    """As somebody would at the page's sign-in, which asks who a key is."""
    bodies = set()
    for number in range(60):
        headers = {"dj-client": "OPERATOR", "dj-api-key": f"{newcomer.key[:-2]}{number:02}x"}
        answer = api.http.get(f"{api.base_url}/v1/me", headers=headers)
        bodies.add(json.dumps({**problem(answer, 401, "UNAUTHORIZED"), "requestId": ""}))
    assert len(bodies) == 1
    assert api.get(newcomer, "/v1/me").status_code == 200, "who guesses cannot lock the owner of a key out"


def test_what_the_authorizer_remembers_is_of_one_key_in_one_role_at_one_door(
    api: Api, merchant_api: MerchantApi, keys: Keys
) -> None:
    operator = keys.operator()
    merchant, stranger = keys.merchant(operator.tenantId), keys.operator()
    as_supplier = {"dj-client": "SUPPLIER"}
    for _ in range(2):  # The second time, every answer is remembered.
        assert api.get(operator, "/v1/me").json()["tenantId"] == operator.tenantId
        problem(api.get(operator, "/v1/me", headers=as_supplier), 403, "FORBIDDEN")
        assert api.get(stranger, "/v1/me").json()["tenantId"] == stranger.tenantId
        problem(api.get(merchant, "/v1/me", headers={"dj-client": "OPERATOR"}), 403, "FORBIDDEN")
        assert merchant_api.list(merchant).status_code == 200
        bearer = {"authorization": f"Bearer {operator.key}"}
        assert (
            merchant_api.http.post(f"{merchant_api.base_url}/merchants/list-exports", headers=bearer).status_code == 400
        )


def test_callers_at_the_same_moment_are_never_mixed_up(api: Api, keys: Keys) -> None:
    callers = [keys.operator() for _ in range(4)]

    def tenant(caller: Caller) -> tuple[str, str]:
        return caller.tenantId, api.get(caller, "/v1/me").json()["tenantId"]

    with ThreadPoolExecutor(8) as pool:
        for asked, answered in pool.map(tenant, callers * 10):
            assert asked == answered


# Tenants and ids


@pytest.mark.parametrize(
    "name", ["tenantId", "userId", "requesterId", "requesterEmail", "role", "scope", "supplierId", "status"]
)
def test_a_body_cannot_say_who_is_asking_or_what_becomes_of_it(api: Api, newcomer: Caller, name: str) -> None:
    answer = api.trigger(newcomer, DATASET, {name: "northwind-market"})
    assert refusals(answer) == [(f"/{name}", "UNKNOWN_FIELD")]


def test_headers_and_parameters_cannot_say_who_is_asking(api: Api, newcomer: Caller, operator: Caller) -> None:
    claimed = {
        "tenantId": operator.tenantId,
        "x-tenant-id": operator.tenantId,
        "x-amzn-authorizer-context": json.dumps({"tenantId": operator.tenantId}),
        "x-forwarded-user": operator.userId,
        "x-forwarded-for": "127.0.0.1",
        "x-http-method-override": "DELETE",
        "x-original-url": "/v1/webhooks",
    }
    shown = api.get(newcomer, "/v1/me", headers=claimed)
    assert (shown.status_code, shown.json()["tenantId"]) == (200, newcomer.tenantId)
    listed = api.get(newcomer, LIST, headers=claimed)
    assert listed.json()["items"] == []
    answer = api.get(newcomer, LIST, params={"tenantId": operator.tenantId})
    assert refusals(answer) == [("/tenantId", "UNKNOWN_FIELD")]


def test_no_id_leads_into_another_partition(api: Api, newcomer: Caller, operator: Caller) -> None:
    theirs = api.make(operator, "marketplace-payouts")["exportId"]
    for wrong in (
        theirs,
        f"{operator.tenantId}%23MARKETPLACE_PAYOUTS%23{theirs}",
        f"..%2f{theirs}",
        f"{theirs}%00",
        f"{theirs}%20",
    ):
        assert api.detail(newcomer, "marketplace-payouts", wrong).status_code == 404
        for act in ("resend-email", "cancel", "retry"):
            assert api.post(newcomer, f"/v1/exports/{wrong}/{act}").status_code == 404
        assert api.request("DELETE", newcomer, f"/v1/exports/{wrong}").status_code == 404


# Cursors. Their check has no secret: whoever reads the code can write one.


def forged(caller: Caller, name: str, query: str, place: str) -> str:
    """A cursor as the functions make it, for any place."""
    digest = hashlib.sha256()
    for part in (caller.tenantId, caller.userId, name, query):
        digest.update(len(part.encode()).to_bytes(8, "big") + part.encode())
    digest.update(place.encode())
    return base64.urlsafe_b64encode(digest.digest()[:16] + place.encode()).rstrip(b"=").decode()


HISTORY = ("FUNDING_TRANSFERS", "{} None None NewestFirst")


def test_a_forged_cursor_of_a_history_stays_within_it(api: Api, newcomer: Caller, operator: Caller) -> None:
    own = [api.make(newcomer, DATASET)["exportId"] for _ in range(2)]
    first = api.get(newcomer, LIST, params={"limit": 1}).json()
    assert first["nextCursor"] == forged(newcomer, *HISTORY, own[1]), "it is the same as ours"
    theirs = api.make(operator, DATASET)["exportId"]
    for place in (theirs, "exp_" + "0" * 26 + "f", "exp_7" + "z" * 25 + "f", theirs[:-1] + "t"):
        answer = api.get(newcomer, LIST, params={"cursor": forged(newcomer, *HISTORY, place)})
        assert answer.status_code in (200, 400), answer.text
        listed = {item["exportId"] for item in answer.json().get("items", [])}
        assert listed <= set(own)
    for place in ("", "exp_1", f"{operator.tenantId}#{theirs}", "\x00", "é" * 600):
        refused = api.get(newcomer, LIST, params={"cursor": forged(newcomer, *HISTORY, place)})
        assert refusals(refused) == [("/cursor", "INVALID_VALUE")]
    # With filters that leave no room for the place.
    filtered = ("FUNDING_TRANSFERS", "{} Some(2020-01-01T00:00:00Z) Some(2020-01-01T23:59:59.999Z) NewestFirst")
    params = {"createdAtFrom": "2020-01-01", "createdAtTo": "2020-01-01", "cursor": forged(newcomer, *filtered, own[0])}
    answer = api.get(newcomer, LIST, params=params)
    assert answer.status_code in (200, 400) and not answer.json().get("items"), answer.text


def test_a_forged_cursor_of_records_stays_within_the_suppliers_own(
    api: Api, keys: Keys, newcomer: Caller, feed: Feed
) -> None:
    tenant = newcomer.tenantId
    feed.write([transfer(tenant, f"trf_{number}", 1, supplierExternalId=f"SUP-{number % 2}") for number in range(8)])
    supplier = keys.supplier(tenant, "SUP-1")
    path = f"/v1/payments/{DATASET}"
    time.sleep(1.1)  # The writes count from a full second on.
    page = api.get(supplier, path, params={"limit": 2}).json()
    raw = base64.urlsafe_b64decode(page["nextCursor"] + "==")[16:].decode()
    binding = ("FUNDING_TRANSFERS", "records [] NewestFirst")
    assert page["nextCursor"] == forged(supplier, *binding, raw), "it is the same as ours"
    as_of = raw.partition("/")[0]
    places = [
        f"{as_of}/9999",
        f"{as_of}/",
        f"{as_of}/{tenant}#FUNDING_TRANSFERS#SUP-0",
        f"{as_of}/\x00",
        f"{as_of}/" + "z" * 1024,
        f"{as_of}/" + "z" * 1025,
        "0/9999",
        "9999999999999/9999",
        f"-{as_of}/9999",
        "99999999999999999999/9999",
        "/",
        "",
    ]
    for place in places:
        answer = api.get(supplier, path, params={"cursor": forged(supplier, *binding, place)})
        assert answer.status_code in (200, 400), (place, answer.text)
        for item in answer.json().get("items", []):
            assert item["transferId"] in {"trf_1", "trf_3", "trf_5", "trf_7"}, place
