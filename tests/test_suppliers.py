"""The directory of suppliers: who is in it, under which name, and who may search it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from support.api import Api, Caller
from support.feed import Feed, transfer
from support.ledger import Ledger
from support.problems import refusals

TRANSFERS = "funding-transfers"


def search(api: Api, caller: Caller, **parameters: Any) -> dict[str, str | None]:
    """The ids that were found, each with its name, in order."""
    answer = api.get(caller, f"/v1/suppliers?{urlencode(parameters)}")
    assert answer.status_code == 200, answer.text
    return {supplier["supplierId"]: supplier["name"] for supplier in answer.json()["items"]}


def test_the_directory_has_every_supplier_of_the_records(api: Api, operator: Caller, ledger: Ledger) -> None:
    named: dict[str, set[str | None]] = {}
    for dataset in (TRANSFERS, "transactions", "supplier-payouts"):
        for item in ledger.items(operator.tenantId, dataset):
            if item["supplierExternalId"]:
                named.setdefault(item["supplierExternalId"], set()).add(item["supplierName"])
    found = search(api, operator, limit=100)
    assert list(found) == sorted(named)[:100]
    assert all(name in named[supplier] for supplier, name in found.items())


def test_a_supplier_is_found_by_part_of_its_id_or_name(api: Api, operator: Caller) -> None:
    supplier, name = next(iter(search(api, operator, limit=1).items()))
    assert name
    for text in (supplier, supplier[-4:].lower(), name.upper(), f" {name[1:5]} "):
        assert supplier in search(api, operator, search=text, limit=100), text
    assert search(api, operator, search="nobody is called that") == {}


def test_suppliers_and_other_tenants_see_nothing_of_it(api: Api, callers: dict[str, Caller], newcomer: Caller) -> None:
    assert api.get(callers["supplier"], "/v1/suppliers").status_code == 403
    assert search(api, callers["operatorReadOnly"])
    assert search(api, newcomer) == {}


def test_every_problem_of_a_search_is_named(api: Api, operator: Caller) -> None:
    answer = api.get(operator, "/v1/suppliers?name=x&limit=0")
    assert refusals(answer) == [("/limit", "OUT_OF_RANGE"), ("/name", "UNKNOWN_FIELD")]


@pytest.mark.parametrize("is_late", [False, True], ids=["in order", "out of order"])
def test_the_latest_records_name_counts(api: Api, newcomer: Caller, feed: Feed, is_late: bool) -> None:
    changes = [
        transfer(
            newcomer.tenantId, record_id, 1, createdAt=f"2026-{month}-01T00:00:00Z", supplierExternalId="SUP-1", **name
        )
        for record_id, month, name in [
            ("trf_1", "01", {"supplierName": "Old Mill"}),
            ("trf_2", "02", {"supplierName": "New Mill"}),
            ("trf_3", "03", {}),
        ]
    ]
    for change in changes[::-1] if is_late else changes:
        feed.write(change)
    assert search(api, newcomer) == {"SUP-1": "New Mill"}
