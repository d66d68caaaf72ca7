"""The gateway's own answers: in the shape of ours, with the request's id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urljoin

import boto3
import httpx
import pytest
from support.api import Api, Caller
from support.contract import Contract, Document
from support.datasets import DATASETS, LETTERS
from support.functions import Functions
from support.keys import Keys
from support.merchant import triple
from support.problems import problem
from support.schedules import DAILY

# What is for people: it needs no key, and the function's own policy holds for it.
PAGES = ("/console", "/docs")


@pytest.fixture(scope="module")
def gateway(stack: dict[str, Any], aws: boto3.Session) -> Any:
    return aws.client("apigateway", endpoint_url=stack["endpointUrl"])


@contextmanager
def throttled(gateway: Any, url: str, method: str) -> Iterator[None]:
    """A method (`~1v1~1me/GET`) of the API at `url` takes no request within."""
    api_id, stage = url.split("/restapis/")[1].split("/")[:2]

    limits = [f"/{method}/throttling/{name}" for name in ("rateLimit", "burstLimit")]
    none = [{"op": "replace", "path": path, "value": "0"} for path in limits]
    gateway.update_stage(restApiId=api_id, stageName=stage, patchOperations=none)
    try:
        yield
    finally:
        restored = [{"op": "remove", "path": f"/{method}"}]
        gateway.update_stage(restApiId=api_id, stageName=stage, patchOperations=restored)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"dj-client": "OPERATOR"},
        {"dj-client": "OPERATOR", "dj-api-key": "of-nobody"},
        {"dj-client": "OPERATOR", "dj-api-key": ""},
        {"dj-api-key": "demo_operator_not_a_secret"},
        {"dj-client": "OPERATOR", "dj-api-key": "demo_disabled_not_a_secret"},
        {"dj-client": "SUPPLIER", "dj-api-key": "demo_disabled_not_a_secret"},
    ],
)
def test_every_caller_without_a_valid_key_gets_the_same_answer(api: Api, headers: dict[str, str]) -> None:
    body = problem(api.http.get(f"{api.base_url}/v1/me", headers=headers), 401, "UNAUTHORIZED")
    assert body["detail"] == "The request has no valid API key."


@pytest.mark.parametrize("role", ["SUPPLIER", "MERCHANT", "operator", "ADMIN"])
def test_a_key_in_another_role_is_forbidden(api: Api, operator: Caller, role: str) -> None:
    answer = api.get(operator, "/v1/me", headers={"dj-client": role})
    problem(answer, 403, "FORBIDDEN")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/v1"),
        ("GET", "/v2/me"),
        ("GET", "/v1/payments/payouts-by-contact/export"),
        ("POST", "/v1/payments/nothing/export"),
        ("GET", "/v1/exports/exp_1/download"),
        ("DELETE", "/v1/me"),
        ("POST", "/v1/me"),
        ("PUT", "/v1/payments/transactions/export"),
        ("PATCH", "/v1/payments/transactions/export/exp_1"),
        ("GET", "/v1/exports/exp_1/resend-email"),
        ("POST", "/v1/exports/exp_1/links"),
        ("GET", "/v1/exports/exp_1/links/lnk_1"),
    ],
)
def test_a_path_or_method_that_does_not_exist_is_not_found(api: Api, operator: Caller, method: str, path: str) -> None:
    problem(api.request(method, operator, path), 404, "NOT_FOUND")


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/v1/exports/exp_1/download"), ("GET", "/v1/me")])
def test_the_links_api_has_nothing_else(http: httpx.Client, stack: dict[str, Any], method: str, path: str) -> None:
    answer = http.request(method, stack["linkApiUrl"] + path, headers={"accept": "application/json"})
    problem(answer, 404, "NOT_FOUND")


OF_EXPORTS = ("trigger", "list", "detail", "resend", "links", "cancel", "delete", "schedules")
TAKE_A_BODY = [f"/v1/payments/{dataset}/export{end}" for dataset in DATASETS for end in ("", "/estimate")]


@pytest.mark.parametrize(
    "path", [*TAKE_A_BODY, "/v1/exports/exp_1/resend-email", "/v1/exports/exp_1/retry", "/v1/webhooks"]
)
def test_a_body_must_be_json_and_small(api: Api, operator: Caller, path: str) -> None:
    large = api.post(operator, path, content=" " * (64 * 1024 + 1), headers={"content-type": "application/json"})
    problem(large, 413, "PAYLOAD_TOO_LARGE")
    text = api.post(operator, path, content="{}", headers={"content-type": "text/plain"})
    problem(text, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_every_answer_has_its_own_request_id(api: Api, operator: Caller) -> None:
    answers = [api.get(operator, path) for path in ("/v1/me/nothing", "/v1/me/nothing", "/v1/payments/x/export")]
    answers += [api.detail(operator, "transactions", "exp_1") for _ in range(2)]
    ids = [problem(answer, 404, "NOT_FOUND")["requestId"] for answer in answers]
    assert len(set(ids)) == len(ids)


def test_every_answer_tells_browsers_to_keep_guess_run_and_frame_nothing(
    contract: Contract, http: httpx.Client, callers: dict[str, Caller], stack: dict[str, Any]
) -> None:
    for document, method, path in contract.operations():
        if path.startswith(PAGES):
            continue
        for headers in (_headers(document, callers["operator"], callers["merchant"]), {}):
            answer = _send(http, document, method, path, headers)
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
            # The gateway's own answers have nothing that a browser would run.
            is_ours = "content-security-policy" in answer.headers
            assert is_ours or answer.status_code in (400, 401, 403)
            assert not is_ours or "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    page = http.get(stack["consoleUrl"])
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["strict-transport-security"].startswith("max-age=31536000")


def test_too_many_requests_are_told_to_wait(
    contract: Contract, gateway: Any, http: httpx.Client, callers: dict[str, Caller]
) -> None:
    for document, method, path in contract.operations():
        escaped = path.replace("/", "~1")
        with throttled(gateway, document.base_url, f"{escaped}/{method}"):
            answer = _send(http, document, method, path, _headers(document, callers["operator"], callers["merchant"]))
        _refused(document, answer, 429, "TOO_MANY_REQUESTS")
        assert answer.headers["retry-after"] == "1"


def test_no_operation_lets_anyone_in_without_a_key(contract: Contract, http: httpx.Client) -> None:
    for document, method, path in contract.operations():
        if _needs_key(document, method, path):
            _refused(document, _send(http, document, method, path, {}), 401, "UNAUTHORIZED")


def test_no_operation_lets_a_key_in_at_the_wrong_door(
    contract: Contract, http: httpx.Client, callers: dict[str, Caller]
) -> None:
    for document, method, path in contract.operations():
        if _needs_key(document, method, path):
            headers = _headers(document, callers["merchant"], callers["operator"])
            status, code = (401, "UNAUTHORIZED") if document.name == "merchant" else (403, "FORBIDDEN")
            _refused(document, _send(http, document, method, path, headers), status, code)


def test_what_fails_inside_tells_nothing_outside(
    contract: Contract, http: httpx.Client, keys: Keys, functions: Functions
) -> None:
    broken = dict.fromkeys(("EXPORTS_TABLE", "LEDGER_TABLE", "WEBHOOKS_TABLE"), "no-such-table")
    with ExitStack() as changes:
        for name in (*OF_EXPORTS, "records", "estimate", "suppliers", "download", "merchant", "webhooks"):
            changes.enter_context(functions.changed(name, **broken))
        operator, merchant = keys.operator(), keys.merchant(keys.operator().tenantId)
        for document, method, path in contract.operations():
            if path == "/v1/me" or path.startswith((*PAGES, "/{version}")):
                continue
            answer = _send(http, document, method, path, _headers(document, operator, merchant))
            _refused(document, answer, 500, "INTERNAL_ERROR")
            assert "no-such-table" not in answer.text


def test_an_authorizer_that_fails_lets_nobody_in(
    contract: Contract, http: httpx.Client, keys: Keys, functions: Functions
) -> None:
    operator, merchant = keys.operator(), keys.merchant(keys.operator().tenantId)
    with functions.changed("authorizer", API_KEYS_TABLE="no-such-table"):
        for document, method, path in contract.operations():
            if _needs_key(document, method, path):
                answer = _send(http, document, method, path, _headers(document, operator, merchant))
                _refused(document, answer, 500, "INTERNAL_ERROR")


def test_the_page_and_its_assets_are_there(http: httpx.Client, stack: dict[str, Any]) -> None:
    page = http.get(stack["consoleUrl"])
    assert page.status_code == 200
    assets = set(re.findall(r"(?:src|href)=\"([^\"]*assets/[^\"]+)\"", page.text))
    assert assets
    for asset in assets:
        assert http.get(urljoin(str(page.url), asset)).status_code == 200
    missing = http.get(urljoin(str(page.url), "console/assets/nothing.js"))
    problem(missing, 404, "NOT_FOUND")


def test_the_reference_of_each_api_is_there_under_the_policy_of_the_page(
    contract: Contract, http: httpx.Client, stack: dict[str, Any]
) -> None:
    page = http.get(stack["consoleUrl"])
    overview = http.get(urljoin(str(page.url), "docs"))
    # With a slash, the same links are relative to another folder.
    with_slash = http.get(f"{overview.url}/")
    for answer in (overview, with_slash):
        for document in contract.documents:
            link = re.search(rf'href="([^"]*){document.name}"', answer.text)
            assert link
            reference = http.get(urljoin(str(answer.url), f"{link[1]}{document.name}"))
            assert reference.status_code == 200
            assert reference.headers["content-security-policy"] == page.headers["content-security-policy"]
            stylesheet = re.search(r'rel="stylesheet" href="([^"]+)"', reference.text)
            assert stylesheet
            assert http.get(urljoin(str(reference.url), stylesheet[1])).headers["content-type"].startswith("text/css")
    problem(http.get(f"{overview.url}/nothing"), 404, "NOT_FOUND")


def _needs_key(document: Document, method: str, path: str) -> bool:
    operation = document.raw["paths"][path][method.lower()]
    return bool(operation.get("security", document.raw["security"]))


def _headers(document: Document, operator: Caller, merchant: Caller) -> dict[str, str]:
    """The headers of the API's own kind of caller."""
    return {
        "operator": operator.headers,
        "link": {"accept": "application/json"},
        "merchant": {"authorization": f"Bearer {merchant.key}"},
    }[document.name]


def _send(http: httpx.Client, document: Document, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
    """A good request to an operation, for an export, a schedule or a contact that does not exist."""
    letter = next((letter for dataset, letter in LETTERS.items() if f"/{dataset}/" in path), "f")
    path = path.replace("{exportId}", f"exp_01kh0c8rm0e4t8v2zj6m3x9q5a{letter}").replace("{version}", "v2")
    path = (
        path.replace("{linkId}", "lnk_01kh0c8wp2z9m4q7t1x5c3v8b6")
        .replace("{scheduleId}", "sch_01kh0c8rm0e4t8v2zj6m3x9q5a")
        .replace("{webhookId}", "whk_01kh0c8rm0e4t8v2zj6m3x9q5a")
        .replace("{deliveryId}", "dlv_01kh0c8rm0e4t8v2zj6m3x9q5b")
        .replace("{operation}", "find-export")
        .replace("{file}", "nothing.js")
        .replace("{api}", "operator")
    )
    body = {
        "find": {"export_id": "exp_01kh0c8rm0e4t8v2zj6m3x9q5ac"},
        "request": {"contact_id": "C-1"},
        "webhooks": {"url": "https://hooks.example.com"},
        "schedules": {"name": "Morning file", "dataset": "transactions", "when": DAILY},
    }
    name = path.rpartition("/")[2].partition("-")[0]
    options = {"json": body.get(name, {})} if method in {"POST", "PATCH"} else {"params": {}}
    if path.endswith("/download"):
        options = {"params": {"token": "sXb2Yy9cWq0e6H1uJm3nQ4rT8vZ7aKpL5dFgNhCiOxE"}}
    return http.request(method, document.base_url + path, headers=headers, **options)


def _refused(document: Document, answer: httpx.Response, status: int, code: str) -> None:
    """A refusal in the words of its API."""
    if document.name != "merchant":
        problem(answer, status, code)
    elif status == 500:
        triple(answer, "UNHANDLED_ERROR", 500)
    else:
        triple(answer, code)
