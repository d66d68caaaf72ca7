"""Asking for an export: what is accepted, what is refused and how, and what happens only once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin

import pytest
from support.api import Api, Caller
from support.datasets import ACCEPTED, TYPES
from support.generator import Generator
from support.keys import Keys
from support.ledger import read_file
from support.mailbox import Mailbox
from support.problems import problem, refusals
from support.table import ExportsTable, LedgerTable

TRANSFERS = "funding-transfers"
PAYOUTS = "supplier-payouts"
LARGEST_BODY = 64 * 1024


@pytest.mark.parametrize("dataset", ACCEPTED)
def test_an_accepted_request_answers_the_export_and_where_it_is(api: Api, newcomer: Caller, dataset: str) -> None:
    answer = api.trigger(newcomer, dataset)
    assert answer.status_code == ACCEPTED[dataset]
    export = answer.json()
    assert (export["type"], export["status"]) == (TYPES[dataset], "PENDING")
    assert export["progress"] == {"stage": "QUEUED", "rowsWritten": 0}
    location = urljoin(str(answer.request.url), answer.headers["location"])
    assert not answer.headers["location"].startswith("http"), "only the caller knows what host it called"
    found = api.http.get(location, headers=newcomer.headers).json()
    assert found["exportId"] == export["exportId"]


@pytest.mark.parametrize("body", ["", " \n", "{}", '{"cc": []}', '{"filters": {}}'])
def test_nothing_and_an_empty_object_are_the_same(api: Api, newcomer: Caller, body: str) -> None:
    answer = api.trigger(newcomer, TRANSFERS, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["filters"] == {}
    assert answer.json()["recipients"] == [newcomer.email]


def test_every_problem_is_reported_at_once(api: Api, operator: Caller) -> None:
    body = {
        "filter": {},
        "cc": ["fine@example.com", "nobody", 7],
        "filters": {
            "createdAtFrom": "2026-03-01T00:00:00Z",
            "createdAtTo": "2026-01-01T00:00:00Z",
            "statuses": ["DONE", "FAILED"],
            "supplierIds": [],
            "amountMin": "ten",
            "amountMax": True,
            "sourceBalanceAccountType": "BANK",
            "paymentMethods": ["CARD"],
        },
    }
    assert refusals(api.trigger(operator, TRANSFERS, body)) == [
        ("/cc/1", "INVALID_VALUE"),
        ("/cc/2", "INVALID_TYPE"),
        ("/filter", "UNKNOWN_FIELD"),
        ("/filters/amountMax", "INVALID_TYPE"),
        ("/filters/amountMin", "INVALID_VALUE"),
        ("/filters/createdAtTo", "OUT_OF_RANGE"),
        ("/filters/paymentMethods", "UNKNOWN_FIELD"),
        ("/filters/sourceBalanceAccountType", "INVALID_VALUE"),
        ("/filters/statuses/0", "INVALID_VALUE"),
        ("/filters/supplierIds", "TOO_FEW"),
    ]


@pytest.mark.parametrize("dataset", ACCEPTED)
def test_a_mistyped_field_does_not_export_everything(api: Api, operator: Caller, dataset: str) -> None:
    answer = api.trigger(operator, dataset, {"filter": {"statuses": ["FAILED"]}})
    assert refusals(answer) == [("/filter", "UNKNOWN_FIELD")]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ('{"filter": {}}', "/filter", "UNKNOWN_FIELD"),
        ('{"Filters": {}}', "/Filters", "UNKNOWN_FIELD"),
        ('{"a/b~c": 1}', "/a~1b~0c", "UNKNOWN_FIELD"),
        ('{"filters": {"status": "FAILED"}}', "/filters/status", "UNKNOWN_FIELD"),
        ('{"cc": [], "cc": []}', "/cc", "DUPLICATE_FIELD"),
        ('{"cc": null}', "/cc", "INVALID_TYPE"),
        ('{"cc": "a@example.com"}', "/cc", "INVALID_TYPE"),
        ('{"filters": []}', "/filters", "INVALID_TYPE"),
        ("[]", "", "INVALID_TYPE"),
        ("null", "", "INVALID_TYPE"),
        ('"text"', "", "INVALID_TYPE"),
        ("{", "", "MALFORMED_JSON"),
        ("{} {}", "", "MALFORMED_JSON"),
        ("{'cc': []}", "", "MALFORMED_JSON"),
    ],
)
def test_a_body_is_read_strictly(api: Api, operator: Caller, body: str, pointer: str, code: str) -> None:
    answer = api.trigger(operator, TRANSFERS, content=body, headers={"content-type": "application/json"})
    assert refusals(answer) == [(pointer, code)]


@pytest.mark.parametrize(
    ("filters", "pointer", "code"),
    [
        ({"createdAtFrom": "yesterday"}, "createdAtFrom", "INVALID_VALUE"),
        ({"createdAtFrom": "2026-02-30T00:00:00Z"}, "createdAtFrom", "INVALID_VALUE"),
        ({"createdAtTo": 1767225600}, "createdAtTo", "INVALID_TYPE"),
        ({"statuses": []}, "statuses", "TOO_FEW"),
        ({"statuses": ["failed"]}, "statuses/0", "INVALID_VALUE"),
        ({"statuses": ["CAPTURED"]}, "statuses/0", "INVALID_VALUE"),
        ({"supplierIds": ["s"] * 101}, "supplierIds", "TOO_MANY"),
        ({"supplierIds": [""]}, "supplierIds/0", "INVALID_VALUE"),
        ({"amountMin": "1e"}, "amountMin", "INVALID_VALUE"),
        ({"amountMin": None}, "amountMin", "INVALID_TYPE"),
        ({"amountMin": 5.01, "amountMax": 5}, "amountMax", "OUT_OF_RANGE"),
        ({"targetBalanceAccountType": "supplier"}, "targetBalanceAccountType", "INVALID_VALUE"),
    ],
)
def test_a_filter_is_checked(api: Api, operator: Caller, filters: dict[str, Any], pointer: str, code: str) -> None:
    assert refusals(api.trigger(operator, TRANSFERS, {"filters": filters})) == [(f"/filters/{pointer}", code)]


@pytest.mark.parametrize("name", ["sourceBalanceAccountType", "targetBalanceAccountType"])
def test_transactions_have_no_balance_accounts(api: Api, operator: Caller, name: str) -> None:
    answer = api.trigger(operator, "transactions", {"filters": {name: "SUPPLIER"}})
    assert refusals(answer) == [(f"/filters/{name}", "UNKNOWN_FIELD")]


@pytest.mark.parametrize("dataset", ["supplier-payouts", "marketplace-payouts"])
@pytest.mark.parametrize("filters", [{}, {"statuses": ["FAILED"]}])
def test_payouts_take_no_filters(api: Api, operator: Caller, dataset: str, filters: dict[str, Any]) -> None:
    assert refusals(api.trigger(operator, dataset, {"filters": filters})) == [("/filters", "NOT_ALLOWED")]


def test_bounds_that_are_equal_are_accepted_and_shown_as_sent(api: Api, newcomer: Caller) -> None:
    moment = "2026-01-31T23:59:59Z"
    filters = {"createdAtFrom": moment, "createdAtTo": moment, "amountMin": 5, "amountMax": 5}
    answer = api.trigger(newcomer, TRANSFERS, {"filters": filters})
    assert answer.status_code == 201, answer.text
    assert answer.json()["filters"] == filters


def test_an_amount_is_exactly_what_was_written(api: Api, newcomer: Caller, ledger_table: LedgerTable) -> None:
    just_above = "0.10000000000000001"
    assert float(just_above) == 0.1, "floating point could not tell them apart"
    ledger_table.lay_out(newcomer.tenantId, TRANSFERS)
    with ExitStack() as held:
        for record_id, amount in (("a", "0.1"), ("b", just_above)):
            columns = {"transferId": record_id, "status": "COMPLETED", "amount": amount, "amountValue": Decimal(amount)}
            held.enter_context(
                ledger_table.holding(newcomer.tenantId, TRANSFERS, record_id, "2026-01-31T23:59:59.000Z", **columns)
            )
        for bound, kept in (('"amountMax": 0.1', "0.1"), (f'"amountMin": {just_above}', just_above)):
            body = f'{{"filters": {{{bound}}}}}'
            json_body = {"content-type": "application/json"}
            launched = api.trigger(newcomer, TRANSFERS, content=body, headers=json_body).json()
            header, *rows = read_file(api.download(api.wait(newcomer, TRANSFERS, launched["exportId"])))
            assert [row[header.index("amount")] for row in rows] == [kept]


def test_copies_are_trimmed_and_nobody_is_written_to_twice(api: Api, newcomer: Caller, mailbox: Mailbox) -> None:
    cc = ["  finance@example.com ", "FINANCE@example.com", newcomer.email.upper(), "audit@example.com"]
    export = api.make(newcomer, PAYOUTS, {"cc": cc})
    assert export["recipients"] == [newcomer.email, "finance@example.com", "audit@example.com"]
    [mail] = mailbox.wait(export["exportId"])
    assert (mail.to, mail.cc) == ([newcomer.email], ["finance@example.com", "audit@example.com"])


def test_at_most_twenty_copies(api: Api, newcomer: Caller) -> None:
    cc = [f"copy{number}@example.com" for number in range(21)]
    assert refusals(api.trigger(newcomer, PAYOUTS, {"cc": cc})) == [("/cc", "TOO_MANY")]
    answer = api.trigger(newcomer, PAYOUTS, {"cc": cc[:20]})
    assert answer.status_code == 202
    assert answer.json()["recipients"] == [newcomer.email, *cc[:20]]


@pytest.mark.parametrize(
    "address",
    [
        "a@example.com\r\nBcc: eve@example.com",
        "a@example.com\n",
        "a@example.com\r",
        "a\u0000@example.com",
        "a@example.com\u0085",
        "Ana <a@example.com>",
        "a@example.com, b@example.com",
        "a@localhost",
        "ana",
        "",
    ],
)
def test_a_copy_cannot_smuggle_anything_into_a_mail(api: Api, operator: Caller, address: str) -> None:
    assert refusals(api.trigger(operator, PAYOUTS, {"cc": [address]})) == [("/cc/0", "INVALID_VALUE")]


def test_a_body_may_have_64_kib_and_no_more(api: Api, newcomer: Caller) -> None:
    json_body = {"content-type": "application/json"}
    body = "{}".ljust(LARGEST_BODY)
    problem(api.trigger(newcomer, PAYOUTS, content=body + " ", headers=json_body), 413, "PAYLOAD_TOO_LARGE")
    assert api.trigger(newcomer, PAYOUTS, content=body, headers=json_body).status_code == 202


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_a_body_that_is_not_sent_as_json_is_refused(api: Api, operator: Caller, content_type: str) -> None:
    answer = api.trigger(operator, PAYOUTS, content="{}", headers={"content-type": content_type})
    problem(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_called_so_in_any_spelling(api: Api, newcomer: Caller, content_type: str) -> None:
    answer = api.trigger(newcomer, PAYOUTS, content="{}", headers={"content-type": content_type})
    assert answer.status_code == 202


def test_a_repeated_request_gives_the_same_export_pending_or_not(
    api: Api, newcomer: Caller, generator: Generator
) -> None:
    key = {"idempotency-key": "close of January"}
    body = {"cc": ["finance@example.com"], "filters": {"amountMin": 5}}
    with generator.held():
        first = api.trigger(newcomer, TRANSFERS, body, headers=key)
        again = api.trigger(newcomer, TRANSFERS, body, headers=key)
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["location"] == first.headers["location"]
    api.wait(newcomer, TRANSFERS, first.json()["exportId"])
    later = api.trigger(newcomer, TRANSFERS, body, headers=key)
    assert (later.status_code, later.json()["status"]) == (201, "READY")
    assert later.json()["exportId"] == first.json()["exportId"]


def test_the_same_request_in_another_spelling_is_the_same(api: Api, newcomer: Caller) -> None:
    headers = {"idempotency-key": "spelling", "content-type": "application/json"}
    spellings = [
        '{"cc": ["b@example.com"], "filters": {"amountMin": 5}}',
        '{ "filters" : {"amountMin" : 5}, "cc" : [" b@example.com", "B@example.com"] }',
    ]
    ids = {api.trigger(newcomer, TRANSFERS, content=body, headers=headers).json()["exportId"] for body in spellings}
    assert len(ids) == 1


@pytest.mark.parametrize("dataset", ACCEPTED)
def test_a_key_with_another_body_is_refused(api: Api, newcomer: Caller, generator: Generator, dataset: str) -> None:
    key = {"idempotency-key": "reused"}
    with generator.held():
        launched = api.trigger(newcomer, dataset, {"cc": ["a@example.com"]}, headers=key).json()
        other = api.trigger(newcomer, dataset, {"cc": ["b@example.com"]}, headers=key)
        problem(other, 422, "IDEMPOTENCY_KEY_REUSED")
    api.wait(newcomer, dataset, launched["exportId"])
    problem(api.trigger(newcomer, dataset, headers=key), 422, "IDEMPOTENCY_KEY_REUSED")


def test_a_key_with_another_filter_is_refused(api: Api, newcomer: Caller) -> None:
    key = {"idempotency-key": "reused"}
    assert api.trigger(newcomer, TRANSFERS, {"filters": {"amountMin": 5}}, headers=key).status_code == 201
    other = api.trigger(newcomer, TRANSFERS, {"filters": {"amountMin": 6}}, headers=key)
    problem(other, 422, "IDEMPOTENCY_KEY_REUSED")


def test_a_key_is_of_one_user_and_type(api: Api, newcomer: Caller, keys: Keys) -> None:
    key = {"idempotency-key": "1"}
    colleague, stranger = keys.operator(newcomer.tenantId), keys.operator()
    answers = [
        api.trigger(newcomer, TRANSFERS, headers=key),
        api.trigger(newcomer, "transactions", headers=key),
        api.trigger(colleague, TRANSFERS, headers=key),
        api.trigger(stranger, TRANSFERS, headers=key),
    ]
    assert [answer.status_code for answer in answers] == [201, 202, 201, 201]
    assert len({answer.json()["exportId"] for answer in answers}) == 4


def test_a_refused_request_is_not_remembered(api: Api, newcomer: Caller, generator: Generator) -> None:
    key = {"idempotency-key": "second try"}
    assert refusals(api.trigger(newcomer, TRANSFERS, {"filter": {}}, headers=key))
    with generator.held():
        pending = api.trigger(newcomer, TRANSFERS).json()["exportId"]
        problem(api.trigger(newcomer, TRANSFERS, {"cc": []}, headers=key), 409, "EXPORT_ALREADY_PENDING")
    api.wait(newcomer, TRANSFERS, pending)
    accepted = api.trigger(newcomer, TRANSFERS, {"filters": {"amountMin": 5}}, headers=key)
    assert accepted.status_code == 201
    assert accepted.json()["exportId"] != pending


def test_a_key_is_forgotten_after_a_day(api: Api, newcomer: Caller, exports_table: ExportsTable) -> None:
    key = {"idempotency-key": "daily"}
    first = api.trigger(newcomer, TRANSFERS, headers=key).json()["exportId"]
    api.wait(newcomer, TRANSFERS, first)
    exports_table.age_idempotency_key(newcomer.tenantId, TRANSFERS, newcomer.userId, "daily", seconds=24 * 3600 + 1)
    assert api.trigger(newcomer, TRANSFERS, headers=key).json()["exportId"] != first


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there"])
def test_a_key_has_1_to_255_printable_characters(api: Api, operator: Caller, key: str) -> None:
    answer = api.trigger(operator, TRANSFERS, headers={"idempotency-key": key})
    assert refusals(answer) == [("/Idempotency-Key", "INVALID_VALUE")]


@pytest.mark.parametrize("dataset", ACCEPTED)
def test_one_export_of_a_type_at_a_time(
    api: Api, newcomer: Caller, keys: Keys, generator: Generator, dataset: str
) -> None:
    with generator.held():
        pending = api.trigger(newcomer, dataset).json()["exportId"]
        answer = api.trigger(newcomer, dataset, {"cc": ["other@example.com"]})
        assert problem(answer, 409, "EXPORT_ALREADY_PENDING")["exportId"] == pending
        assert int(answer.headers["retry-after"]) > 0
        for other in ACCEPTED.keys() - {dataset}:
            assert api.trigger(newcomer, other).status_code == ACCEPTED[other], "another type is not in the way"
        colleague = keys.operator(newcomer.tenantId)
        assert api.trigger(colleague, dataset).status_code == ACCEPTED[dataset], "nor is another user"


def test_an_export_pending_for_over_an_hour_blocks_no_more(
    api: Api, newcomer: Caller, generator: Generator, exports_table: ExportsTable
) -> None:
    with generator.held():
        old = api.trigger(newcomer, TRANSFERS).json()["exportId"]
        exports_table.age_lock(newcomer.tenantId, TRANSFERS, newcomer.userId, seconds=3590)
        assert api.trigger(newcomer, TRANSFERS).status_code == 409, "not quite an hour"
        exports_table.age_lock(newcomer.tenantId, TRANSFERS, newcomer.userId, seconds=12)
        new = api.trigger(newcomer, TRANSFERS)
        assert new.status_code == 201
        lock = exports_table.lock(newcomer.tenantId, TRANSFERS, newcomer.userId)
        assert lock and lock["exportId"] == new.json()["exportId"]
    for export_id in (old, new.json()["exportId"]):
        assert api.wait(newcomer, TRANSFERS, export_id)["status"] == "READY", "both were promised"


def test_a_hundred_requests_at_one_instant_make_one_export(api: Api, newcomer: Caller, generator: Generator) -> None:
    with generator.held(), ThreadPoolExecutor(max_workers=100) as pool:
        answers = list(pool.map(lambda _: api.trigger(newcomer, PAYOUTS), range(100)))
        [accepted] = [answer for answer in answers if answer.status_code == 202]
        refused = [answer for answer in answers if answer is not accepted]
        export_id = accepted.json()["exportId"]
        assert {problem(answer, 409, "EXPORT_ALREADY_PENDING")["exportId"] for answer in refused} == {export_id}
        listed = api.get(newcomer, f"/v1/payments/{PAYOUTS}/export").json()
        assert [export["exportId"] for export in listed["items"]] == [export_id]
    assert api.wait(newcomer, PAYOUTS, export_id)["status"] == "READY"
