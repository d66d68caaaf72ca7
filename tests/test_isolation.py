"""Who may do what, to whose exports: written out, so that a change of a rule has to be written here too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from support.api import Api, Caller
from support.datasets import DATASETS
from support.mailbox import Mailbox
from support.schedules import Schedules

# The columns, each with the credentials that it shows. Exports of operators are ana's; those "of a supplier" are sam's.
COLUMNS = {
    "ana": "the operator who launched it",
    "ben": "another operator of the tenant",
    "sam": "a supplier of the tenant",
    "tess": "another supplier of the tenant",
    "cora": "an operator of the tenant who may only read",
    "olga": "an operator of another tenant",
    "dan": "a disabled key",
    "mia": "a merchant's key",
    "no-key": "ana without her key",
    "no-client": "ana without dj-client",
    "as-supplier": "ana as SUPPLIER",
    "unknown": "a key that does not exist",
}

MATRIX = """
                                          ana ben sam tess cora olga dan mia no-key no-client as-supplier unknown
schedules                                 200 200 200  200  200  200 401 403    401       401         403     401
me                                        200 200 200  200  200  200 401 403    401       401         403     401
suppliers                                 200 200 403  403  200  200 401 403    401       401         403     401
webhooks                                  200 200 403  403  403  200 401 403    401       401         403     401
trigger  transactions                     202 202 202  202  403  202 401 403    401       401         403     401
trigger  supplier-payouts                 202 202 403  403  403  202 401 403    401       401         403     401
trigger  marketplace-payouts              202 202 403  403  403  202 401 403    401       401         403     401
trigger  funding-transfers                201 201 201  201  403  201 401 403    401       401         403     401
list     transactions                     200 200 200  200  200  200 401 403    401       401         403     401
list     supplier-payouts                 200 200 403  403  200  200 401 403    401       401         403     401
list     marketplace-payouts              200 200 403  403  200  200 401 403    401       401         403     401
list     funding-transfers                200 200 200  200  200  200 401 403    401       401         403     401
records  transactions                     200 200 200  200  200  200  401 403    401       401         403     401
records  supplier-payouts                 200 200 403  403  200  200  401 403    401       401         403     401
records  marketplace-payouts              200 200 403  403  200  200  401 403    401       401         403     401
records  funding-transfers                200 200 200  200  200  200  401 403    401       401         403     401
estimate transactions                     200 200 200  200  200  200  401 403    401       401         403     401
estimate supplier-payouts                 200 200 403  403  200  200  401 403    401       401         403     401
estimate marketplace-payouts              200 200 403  403  200  200  401 403    401       401         403     401
estimate funding-transfers                200 200 200  200  200  200  401 403    401       401         403     401
detail   transactions                     200 403 403  403  403  404 401 403    401       401         403     401
detail   supplier-payouts                 200 200 403  403  200  404 401 403    401       401         403     401
detail   marketplace-payouts              200 200 403  403  200  404 401 403    401       401         403     401
detail   funding-transfers                200 403 403  403  403  404 401 403    401       401         403     401
detail   transactions:of-a-supplier       403 403 200  403  403  404 401 403    401       401         403     401
detail   funding-transfers:of-a-supplier  403 403 200  403  403  404 401 403    401       401         403     401
schedule transactions                     200 403 403  403  403  404 401 403    401       401         403     401
schedule supplier-payouts                 200 200 403  403  200  404 401 403    401       401         403     401
schedule transactions:of-a-supplier       403 403 200  403  403  404 401 403    401       401         403     401
reschedule transactions                   200 403 403  403  403  404 401 403    401       401         403     401
reschedule supplier-payouts               200 403 403  403  403  404 401 403    401       401         403     401
reschedule transactions:of-a-supplier     403 403 200  403  403  404 401 403    401       401         403     401
resend   transactions                     200 403 403  403  403  404 401 403    401       401         403     401
resend   supplier-payouts                 200 403 403  403  403  404 401 403    401       401         403     401
resend   marketplace-payouts              200 403 403  403  403  404 401 403    401       401         403     401
resend   funding-transfers                200 403 403  403  403  404 401 403    401       401         403     401
resend   transactions:of-a-supplier       403 403 200  403  403  404 401 403    401       401         403     401
resend   funding-transfers:of-a-supplier  403 403 200  403  403  404 401 403    401       401         403     401
cancel   transactions                     409 403 403  403  403  404 401 403    401       401         403     401
cancel   supplier-payouts                 409 403 403  403  403  404 401 403    401       401         403     401
cancel   transactions:of-a-supplier       403 403 409  403  403  404 401 403    401       401         403     401
retry    transactions                     409 403 403  403  403  404 401 403    401       401         403     401
retry    supplier-payouts                 409 403 403  403  403  404 401 403    401       401         403     401
retry    transactions:of-a-supplier       403 403 409  403  403  404 401 403    401       401         403     401
links    transactions                     200 403 403  403  403  404 401 403    401       401         403     401
links    supplier-payouts                 200 200 403  403  200  404 401 403    401       401         403     401
links    marketplace-payouts              200 200 403  403  200  404 401 403    401       401         403     401
links    funding-transfers                200 403 403  403  403  404 401 403    401       401         403     401
links    transactions:of-a-supplier       403 403 200  403  403  404 401 403    401       401         403     401
links    funding-transfers:of-a-supplier  403 403 200  403  403  404 401 403    401       401         403     401
revoke   transactions                     200 403 403  403  403  404 401 403    401       401         403     401
revoke   supplier-payouts                 200 403 403  403  403  404 401 403    401       401         403     401
revoke   marketplace-payouts              200 403 403  403  403  404 401 403    401       401         403     401
revoke   funding-transfers                200 403 403  403  403  404 401 403    401       401         403     401
revoke   transactions:of-a-supplier       403 403 200  403  403  404 401 403    401       401         403     401
revoke   funding-transfers:of-a-supplier  403 403 200  403  403  404 401 403    401       401         403     401
"""

# What is in a list, where it answers 200: ana's and sam's exports.
LISTED = """
                     ana      ben  sam  tess cora olga
transactions         ana      -    sam  -    -    -
supplier-payouts     ana      ana  -    -    ana  -
marketplace-payouts  ana      ana  -    -    ana  -
funding-transfers    ana      -    sam  -    -    -
"""


def _cells(table: str) -> list[tuple[str, str, str]]:
    """Row, column and cell of each."""
    header, *lines = [line.split() for line in table.strip().splitlines()]
    cells = []
    for line in lines:
        row, values = line[: -len(header)], line[-len(header) :]
        cells += [(" ".join(row), column, value) for column, value in zip(header, values, strict=True)]
    return cells


@pytest.fixture(scope="module")
def headers(callers: dict[str, Caller]) -> dict[str, dict[str, str]]:
    """What each column sends."""
    by_user = {caller.userId: caller.headers for caller in callers.values()}
    ana = by_user["ana"]
    odd = {
        "no-key": {"dj-client": "OPERATOR"},
        "no-client": {"dj-api-key": ana["dj-api-key"]},
        "as-supplier": {**ana, "dj-client": "SUPPLIER"},
        "unknown": {**ana, "dj-api-key": "of nobody"},
    }
    return {**by_user, **odd}


@pytest.fixture(scope="module")
def exports(api: Api, callers: dict[str, Caller]) -> dict[str, str]:
    """A READY export of ana's for each dataset, and of sam's where suppliers have any."""
    few = {"filters": {"createdAtFrom": "2026-10-31T00:00:00Z"}}
    ids = {}
    for dataset in ("transactions", "supplier-payouts", "marketplace-payouts", "funding-transfers"):
        has_suppliers = dataset in ("transactions", "funding-transfers")
        body = few if has_suppliers else None
        ids[dataset] = api.make(callers["operator"], dataset, body)["exportId"]
        if has_suppliers:
            ids[f"{dataset}:of-a-supplier"] = api.make(callers["supplier"], dataset, body)["exportId"]
    return ids


@pytest.fixture(scope="module")
def made_schedules(schedules: Schedules, callers: dict[str, Caller]) -> Iterator[dict[str, str]]:
    """A schedule of ana's for some datasets, and of sam's where suppliers have any."""
    owners = {"transactions": "operator", "supplier-payouts": "operator", "transactions:of-a-supplier": "supplier"}
    ids = {
        row: schedules.made(callers[owner], dataset=row.partition(":")[0])["scheduleId"]
        for row, owner in owners.items()
    }
    yield ids
    for row, owner in owners.items():
        schedules.delete(callers[owner], ids[row])


@pytest.fixture(scope="module")
def links(api: Api, callers: dict[str, Caller], exports: dict[str, str]) -> dict[str, str]:
    """A second link of each export, to be revoked."""
    ids = {}
    for name, export_id in exports.items():
        owner = callers["supplier" if name.endswith(":of-a-supplier") else "operator"]
        assert api.post(owner, f"/v1/exports/{export_id}/resend-email").status_code == 200
        ids[name] = api.get(owner, f"/v1/exports/{export_id}/links").json()["items"][0]["linkId"]
    return ids


@pytest.fixture(scope="module")
def call(
    api: Api,
    exports: dict[str, str],
    links: dict[str, str],
    made_schedules: dict[str, str],
    headers: dict[str, dict[str, str]],
) -> Callable[[str, str], httpx.Response]:
    """Does what a row says with what a column sends."""

    def call(row: str, column: str) -> httpx.Response:
        act, _, dataset = row.partition(" ")
        path = f"/v1/payments/{dataset.partition(':')[0]}/export"
        method, path = {
            "me": ("GET", "/v1/me"),
            "suppliers": ("GET", "/v1/suppliers"),
            "schedules": ("GET", "/v1/schedules"),
            "schedule": ("GET", f"/v1/schedules/{made_schedules.get(dataset)}"),
            "reschedule": ("PATCH", f"/v1/schedules/{made_schedules.get(dataset)}"),
            "webhooks": ("GET", "/v1/webhooks"),
            "trigger": ("POST", path),
            "list": ("GET", path),
            "records": ("GET", path.removesuffix("/export")),
            "estimate": ("POST", f"{path}/estimate"),
            "detail": ("GET", f"{path}/{exports.get(dataset)}"),
            "resend": ("POST", f"/v1/exports/{exports.get(dataset)}/resend-email"),
            "cancel": ("POST", f"/v1/exports/{exports.get(dataset)}/cancel"),
            "retry": ("POST", f"/v1/exports/{exports.get(dataset)}/retry"),
            "links": ("GET", f"/v1/exports/{exports.get(dataset)}/links"),
            "revoke": ("DELETE", f"/v1/exports/{exports.get(dataset)}/links/{links.get(dataset)}"),
        }[act]
        return api.http.request(method, api.base_url + path, headers=headers[column])

    return call


@pytest.mark.parametrize(("row", "column", "expected"), _cells(MATRIX))
def test_everyone_gets_what_the_table_says(
    call: Callable[[str, str], httpx.Response],
    api: Api,
    callers: dict[str, Caller],
    row: str,
    column: str,
    expected: str,
) -> None:
    answer = call(row, column)
    if answer.status_code == 409 and "exportId" in answer.json():
        # An export of an earlier test is not made yet.
        by_user = {caller.userId: caller for caller in callers.values()}
        api.wait(by_user[column], row.split()[1], answer.json()["exportId"])
        answer = call(row, column)
    assert answer.status_code == int(expected), f"{COLUMNS[column]}: {answer.text}"
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        members = set(answer.json()) - {"exportStatus"}
        assert members == {"type", "title", "status", "detail", "code", "requestId"}


@pytest.mark.parametrize(("dataset", "column", "expected"), _cells(LISTED))
def test_a_list_shows_only_what_the_table_says(
    api: Api, exports: dict[str, str], headers: dict[str, dict[str, str]], dataset: str, column: str, expected: str
) -> None:
    url = f"{api.base_url}/v1/payments/{dataset}/export"
    answer = api.http.get(url, params={"limit": 100}, headers=headers[column])
    listed = {export["exportId"] for export in answer.json().get("items", [])}
    owners = {"ana": exports[dataset], "sam": exports.get(f"{dataset}:of-a-supplier")}
    shown = [owner for owner, export_id in owners.items() if export_id in listed]
    assert shown == ([] if expected == "-" else [expected])


@pytest.mark.parametrize("export_id", ["exp_01kh0c8rm0e4t8v2zj6m3x9q5af", "exp_", "%2e%2e", "%00", "x" * 300])
def test_an_id_of_nothing_is_not_found(api: Api, operator: Caller, export_id: str) -> None:
    assert api.detail(operator, "funding-transfers", export_id).status_code == 404
    assert api.post(operator, f"/v1/exports/{export_id}/resend-email").status_code == 404
    assert api.get(operator, f"/v1/exports/{export_id}/links").status_code == 404
    link = f"/v1/exports/{export_id}/links/lnk_01kh0c8wp2z9m4q7t1x5c3v8b6"
    assert api.request("DELETE", operator, link).status_code == 404


@pytest.mark.parametrize("other", [dataset for dataset in DATASETS if dataset != "funding-transfers"])
def test_an_id_is_not_found_under_another_type(api: Api, operator: Caller, exports: dict[str, str], other: str) -> None:
    assert api.detail(operator, other, exports["funding-transfers"]).status_code == 404


def test_a_link_needs_no_key_and_a_key_is_no_link(
    http: httpx.Client, exports: dict[str, str], mailbox: Mailbox, operator: Caller, stack: dict[str, Any]
) -> None:
    for export_id in exports.values():
        mail = mailbox.wait(export_id)[0]
        assert http.get(mail.link).status_code == 302
        url = f"{stack['linkApiUrl']}/v1/exports/{export_id}/download"
        assert http.get(url, headers=operator.headers).status_code == 404


def test_a_bearer_key_opens_nothing_here(api: Api, callers: dict[str, Caller]) -> None:
    bearer = {"authorization": f"Bearer {callers['merchant'].key}"}
    for beside in ({}, {"dj-client": "OPERATOR", "dj-api-key": "of nobody"}):
        answer = api.http.get(f"{api.base_url}/v1/me", headers={**bearer, **beside})
        assert answer.status_code == 401, answer.text


def test_who_the_key_is(api: Api, callers: dict[str, Caller]) -> None:
    shown = api.get(callers["supplier"], "/v1/me").json()
    assert shown == {
        "tenantId": "northwind-market",
        "tenantName": "Northwind Market",
        "userId": "sam",
        "email": "sam@first-supplier.example",
        "role": "SUPPLIER",
        "supplierId": "SUP-1001",
        "permissions": shown["permissions"],
    }
    assert "funding-transfers:create" in shown["permissions"]
