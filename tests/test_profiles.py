"""Files for programs and for spreadsheets: the same values, each in the form that its readers expect."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest
from support.api import Api, Caller
from support.bucket import Bucket
from support.datasets import DATASETS
from support.ledger import COLUMNS, Ledger, read_file
from support.manifest import manifest_key, manifest_of
from support.problems import problem, refusals
from support.profiles import FORMS, as_spreadsheet, read_spreadsheet, spreadsheet
from support.table import ExportsTable, LedgerTable

TRANSFERS = "funding-transfers"
KNOWN = [dataset for dataset in DATASETS if dataset in COLUMNS]
# Each dataset and each locale once.
PAIRS = [(dataset, list(FORMS)[place % len(FORMS)]) for place, dataset in enumerate(KNOWN)]


@pytest.mark.parametrize(("dataset", "locale"), PAIRS)
def test_a_spreadsheet_shows_what_the_standard_file_says(
    api: Api, operator: Caller, ledger: Ledger, exports_table: ExportsTable, bucket: Bucket, dataset: str, locale: str
) -> None:
    profile = spreadsheet(locale)
    export = api.make(operator, dataset, {"profile": profile})
    rows = ledger.rows(operator.tenantId, dataset)
    file = api.download(export)
    assert read_spreadsheet(file, locale) == as_spreadsheet(rows, locale)
    assert export["profile"] == profile
    manifest = manifest_of(file, {}, export["createdAt"], rows, profile=profile)
    assert export["manifest"] == manifest
    key = exports_table.export(operator.tenantId, dataset, export["exportId"])["file"]["key"]
    assert bucket.json(manifest_key(key)).items() >= manifest.items()


@pytest.mark.parametrize("locale", FORMS)
def test_every_locale_has_its_own_form(api: Api, newcomer: Caller, ledger_table: LedgerTable, locale: str) -> None:
    ledger_table.lay_out(newcomer.tenantId, "supplier-payouts")
    amounts = ["-1234.50", "9999999999999999999999999999", "0.0000000000000000000000000001", "5", "0012.10"]
    texts = ["a,b", "a;b", 'a "b"', "=1,5+1;5", "-1.5", "two\nlines", "0012", "1.5", "Zürich"]
    with ExitStack() as held:
        for place, text in enumerate(texts):
            columns = {
                "payoutId": f"po_{place}",
                "status": "FAILED",
                "amount": amounts[place % len(amounts)],
                "currency": "EUR",
                "periodStart": "2026-01-05T00:00:00Z",
                "reference": text,
            }
            record = (f"po_{place}", f"2026-02-03T04:05:0{place}.250Z")
            held.enter_context(ledger_table.holding(newcomer.tenantId, "supplier-payouts", *record, **columns))
        columns = ["createdAt", "amount", "reference", "periodStart"]
        body = {"columns": columns, "profile": spreadsheet(locale)}
        shown = read_spreadsheet(api.download(api.make(newcomer, "supplier-payouts", body)), locale)
    day, period = {
        "en": ("2026-02-03", "2026-01-05"),
        "fr": ("03/02/2026", "05/01/2026"),
        "de": ("03.02.2026", "05.01.2026"),
        "es": ("03/02/2026", "05/01/2026"),
    }[locale]
    point = "." if locale == "en" else ","
    guarded = [f"'{text}" if text.startswith(("=", "-")) else text for text in texts]
    assert shown == [
        columns,
        *(
            [f"{day} 04:05:0{place}", amounts[place % len(amounts)].replace(".", point), text, f"{period} 00:00:00"]
            for place, text in enumerate(guarded)
        ),
    ]


def test_the_standard_profile_is_the_file_that_there_always_was(api: Api, operator: Caller, ledger: Ledger) -> None:
    filters = {"statuses": ["FAILED"]}
    export = api.make(operator, TRANSFERS, {"filters": filters, "profile": {"name": "standard"}})
    file = api.download(export)
    assert read_file(file) == ledger.rows(operator.tenantId, TRANSFERS, lambda record: record["status"] == "FAILED")
    assert export["profile"] == {"name": "standard"}
    unchosen = api.make(operator, TRANSFERS, {"filters": filters})
    assert api.download(unchosen) == file
    assert "profile" not in unchosen
    assert "profile" not in unchosen["manifest"]


def test_a_suppliers_spreadsheet_holds_what_the_supplier_may_see(api: Api, supplier: Caller, ledger: Ledger) -> None:
    export = api.make(supplier, "transactions", {"profile": spreadsheet("de")})
    own = ledger.transactions_of(supplier.tenantId, supplier.supplierId)
    assert len(own) > 1
    assert read_spreadsheet(api.download(export), "de") == as_spreadsheet(own, "de")


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (None, [("/profile", "INVALID_TYPE")]),
        ("spreadsheet", [("/profile", "INVALID_TYPE")]),
        ({}, [("/profile/name", "MISSING")]),
        ({"name": "excel"}, [("/profile/name", "INVALID_VALUE")]),
        ({"name": None}, [("/profile/name", "INVALID_TYPE")]),
        ({"name": "standard", "locale": "fr"}, [("/profile/locale", "NOT_ALLOWED")]),
        ({"name": "spreadsheet"}, [("/profile/locale", "MISSING")]),
        ({"name": "spreadsheet", "locale": "fr-FR"}, [("/profile/locale", "INVALID_VALUE")]),
        ({"name": "spreadsheet", "locale": "fr", "delimiter": "|"}, [("/profile/delimiter", "UNKNOWN_FIELD")]),
    ],
)
def test_a_profile_is_checked(api: Api, operator: Caller, profile: Any, expected: list[tuple[str, str]]) -> None:
    assert refusals(api.trigger(operator, TRANSFERS, {"profile": profile})) == expected


def test_a_refusal_names_the_locales_that_there_are(api: Api, operator: Caller) -> None:
    answer = api.trigger(operator, TRANSFERS, {"profile": spreadsheet("it")})
    [error] = problem(answer, 400, "INVALID_REQUEST")["errors"]
    assert error["detail"] == "must be one of en, fr, de, es"


def test_an_export_can_be_asked_for_again_in_its_profile(api: Api, newcomer: Caller) -> None:
    profile = spreadsheet("en")
    launched = api.launch(newcomer, TRANSFERS, {"profile": profile})
    [listed] = api.get(newcomer, f"/v1/payments/{TRANSFERS}/export").json()["items"]
    shown = api.wait(newcomer, TRANSFERS, launched["exportId"])
    assert launched["profile"] == listed["profile"] == shown["profile"] == profile
    again = api.make(newcomer, TRANSFERS, {"profile": shown["profile"]})
    assert api.download(again) == "\ufeff" + ",".join(COLUMNS[TRANSFERS]) + "\n"


def test_an_idempotency_key_is_of_one_profile(api: Api, newcomer: Caller) -> None:
    def trigger(body: dict[str, Any]) -> Any:
        return api.trigger(newcomer, TRANSFERS, body, headers={"idempotency-key": "profile"})

    first = trigger({})
    assert first.status_code == 201, first.text
    # It means the same.
    assert trigger({"profile": {"name": "standard"}}).json()["exportId"] == first.json()["exportId"]
    problem(trigger({"profile": spreadsheet("en")}), 422, "IDEMPOTENCY_KEY_REUSED")
