"""The inbox: files of records that other systems drop, good and bad, large and replaced."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable
from typing import Any

import httpx
import pytest
from support.api import Api, Caller
from support.feed import Feed, transfer
from support.functions import Functions
from support.inbox import Inbox
from support.keys import Keys
from support.ledger import read_file
from support.merchant import MerchantApi
from support.processes import kill
from support.waiting import until

DATASET = "funding-transfers"
INVOCATION_SECONDS = 4

Record = dict[str, Any]


def record(record_id: str, **columns: Any) -> Record:
    return {**transfer("", record_id, 0)["record"], **columns}


def csv_of(records: Iterable[Record]) -> str:
    records = list(records)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(records[0]))
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def json_lines(records: Iterable[Record]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def many(count: int, **columns: Any) -> Iterable[Record]:
    return (record(f"trf_{number:06}", amount=f"{number}.00", **columns) for number in range(count))


def exported(api: Api, caller: Caller) -> dict[str, tuple[str, str]]:
    """Status and amount of each transfer, by its id."""
    header, *rows = read_file(api.download(api.make(caller, DATASET)))
    found = [dict(zip(header, row, strict=True)) for row in rows]
    transfers = {row["transferId"]: (row["status"], row["amount"]) for row in found}
    assert len(transfers) == len(found)
    return transfers


def counts(result: dict[str, Any]) -> tuple[int, int, int, int]:
    names = ("rowsRead", "rowsWritten", "rowsUnchanged", "rowsRefused")
    return tuple(result[name] for name in names)


def test_a_csv_file_is_loaded_and_moved_and_the_result_says_so(inbox: Inbox, newcomer: Caller, api: Api) -> None:
    tenant, content = newcomer.tenantId, csv_of(many(60))
    key = inbox.drop(tenant, "2026/01/Jän +1%.csv", content)
    result = inbox.result(key)
    assert (result["status"], counts(result)) == ("loaded", (60, 60, 0, 0))
    assert (result["problems"], result["problemsLeftOut"]) == ([], 0)
    assert result["startedAt"] <= result["endedAt"]
    assert result["seconds"] > 0
    # Whoever sees the result finds all of it done: the rows count, and the file is where it belongs.
    assert exported(api, newcomer) == {row["transferId"]: ("COMPLETED", row["amount"]) for row in many(60)}
    done = key.replace("inbox/", "inbox-done/")
    until(lambda: inbox.keys(tenant) == sorted([done, f"{done}.result.json", f"{key}.result.json"]))
    assert inbox.read(done) == content.encode()
    assert inbox.json(f"{done}.result.json") == result


def test_a_compressed_file_of_json_lines_is_loaded(inbox: Inbox, newcomer: Caller, api: Api) -> None:
    records = list(many(30))
    # As tools write that compress piece by piece: several members, one after another.
    content = gzip.compress(json_lines(records[:10]).encode()) + gzip.compress(json_lines(records[10:]).encode())
    result = inbox.load(newcomer.tenantId, "part-0001", content)
    assert (result["status"], counts(result)) == ("loaded", (30, 30, 0, 0))
    assert len(exported(api, newcomer)) == 30


BAD = [
    record("trf_1"),
    record("trf_2", amount="1,50", status="DONE"),
    record("trf_3"),
    record("", reference="x" * 1025),
]
PROBLEMS = [
    (3, "status", "must be one of PENDING, COMPLETED, FAILED"),
    (3, "amount", "must be a plain decimal of at most 28 digits, such as 1234.50"),
    (5, "transferId", "must have a value"),
    (5, "reference", "must have at most 1024 characters"),
]


def bad_file() -> str:
    return csv_of({"reference": "", **row} for row in BAD)


def problems(result: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(problem.get("line"), problem.get("column"), problem["rule"]) for problem in result["problems"]]


def test_nothing_is_loaded_of_a_file_with_a_bad_row(inbox: Inbox, newcomer: Caller, api: Api) -> None:
    tenant = newcomer.tenantId
    key = inbox.drop(tenant, "a.csv", bad_file())
    result = inbox.result(key)
    assert (result["status"], counts(result)) == ("refused", (4, 0, 0, 2))
    assert sorted(problems(result)) == sorted(PROBLEMS)
    assert exported(api, newcomer) == {}
    refused = key.replace("inbox/", "inbox-refused/")
    until(lambda: inbox.keys(tenant) == sorted([refused, f"{refused}.result.json", f"{key}.result.json"]))


def test_the_good_rows_are_loaded_if_the_file_says_so(inbox: Inbox, newcomer: Caller, api: Api) -> None:
    key = inbox.drop(newcomer.tenantId, "a.csv", bad_file(), accept="good-rows")
    result = inbox.result(key)
    assert (result["status"], counts(result)) == ("loaded", (4, 2, 0, 2))
    assert sorted(problems(result)) == sorted(PROBLEMS)
    assert set(exported(api, newcomer)) == {"trf_1", "trf_3"}
    assert inbox.read(key.replace("inbox/", "inbox-done/")) == bad_file().encode()


def test_the_first_thousand_problems_are_told_and_the_rest_counted(inbox: Inbox, newcomer: Caller) -> None:
    result = inbox.load(newcomer.tenantId, "a.csv", csv_of(many(1_500, currency="euro")))
    assert (len(result["problems"]), result["problemsLeftOut"], result["rowsRefused"]) == (1_000, 500, 1_500)
    assert problems(result)[999] == (1_001, "currency", "must be three capital letters, such as EUR")


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("nobody/funding-transfers", "must be put under inbox/{tenantId}/{slug}/, with the id of a tenant that exists"),
        ("{tenant}/refunds", "must be put under inbox/{tenantId}/{slug}/, with a slug of transactions, "),
        ("{tenant}", "must be put under inbox/{tenantId}/{slug}/"),
    ],
)
def test_a_file_in_a_wrong_place_is_refused(inbox: Inbox, newcomer: Caller, s3: Any, path: str, rule: str) -> None:
    key = f"inbox/{path.format(tenant=newcomer.tenantId)}/{newcomer.userId}.csv"
    s3.put_object(Bucket=inbox.bucket, Key=key, Body=csv_of(many(1)).encode())
    result = inbox.result(key)
    assert (result["status"], counts(result)) == ("refused", (0, 0, 0, 0))
    [(line, column, told)] = problems(result)
    assert (line, column) == (None, None)
    assert told.startswith(rule)
    assert inbox.read(key.replace("inbox/", "inbox-refused/")) is not None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", (1, None, "must be a header that names the columns"), id="empty"),
        pytest.param(
            b"transferId,iban\n", (1, "iban", "is not a column of FUNDING_TRANSFERS"), id="a column of no dataset"
        ),
        pytest.param(
            gzip.compress(csv_of(many(2_000)).encode())[:-9],
            (2002, None, "cannot be unpacked: the file must be whole, and compressed by gzip"),
            id="cut off",
        ),
        pytest.param(
            gzip.compress(b'{"transferId": "' + b"x" * (64 << 20)),
            (1, None, "is too long: one JSON object a line is expected"),
            id="a line without an end",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    inbox: Inbox, newcomer: Caller, content: bytes, problem: tuple[Any, ...]
) -> None:
    result = inbox.load(newcomer.tenantId, "a", content)
    assert (result["status"], result["rowsWritten"]) == ("refused", 0)
    assert problems(result)[0] == problem


def test_metadata_that_nobody_knows_is_refused(inbox: Inbox, newcomer: Caller) -> None:
    result = inbox.load(newcomer.tenantId, "a.csv", csv_of(many(1)), accept="everything")
    assert problems(result) == [(None, None, "must have no metadata accept, or good-rows")]


def test_the_version_decides(inbox: Inbox, feed: Feed, newcomer: Caller, api: Api) -> None:
    tenant = newcomer.tenantId
    feed.write([transfer(tenant, "trf_1", 10), transfer(tenant, "trf_2", 10)])
    rows = [
        record("trf_1", amount="1.00", version=9),
        record("trf_2", amount="2.00", version=11),
        # Of one record: the greatest version, wherever it is.
        record("trf_3", amount="3.00", version=2),
        record("trf_3", amount="4.00", version=3),
        record("trf_3", amount="5.00", version=1),
    ]
    result = inbox.load(tenant, "a.csv", csv_of(rows))
    assert (result["status"], counts(result)) == ("loaded", (5, 3, 2, 0))
    amounts = {record_id: amount for record_id, (_, amount) in exported(api, newcomer).items()}
    assert amounts == {"trf_1": "100.00", "trf_2": "2.00", "trf_3": "4.00"}


def test_a_record_that_a_file_moves_in_time_is_there_once(inbox: Inbox, newcomer: Caller, api: Api) -> None:
    for version, day in enumerate(("01", "03", "02"), start=1):
        moved = record("trf_1", amount=f"{version}.00", createdAt=f"2026-02-{day}T10:00:00Z", version=version)
        inbox.load(newcomer.tenantId, f"{version}.csv", csv_of([moved]))
    assert exported(api, newcomer) == {"trf_1": (moved["status"], "3.00")}


def test_without_versions_the_later_line_counts(inbox: Inbox, newcomer: Caller, api: Api) -> None:
    rows = [*many(40), *({**row, "amount": "7.00"} for row in many(40)), record("trf_000003", amount="8.00")]
    result = inbox.load(newcomer.tenantId, "a.csv", csv_of(rows))
    assert result["status"] == "loaded"
    amounts = {record_id: amount for record_id, (_, amount) in exported(api, newcomer).items()}
    assert amounts == {**{row["transferId"]: "7.00" for row in many(40)}, "trf_000003": "8.00"}


def test_a_file_that_is_dropped_again_changes_nothing(inbox: Inbox, newcomer: Caller) -> None:
    first = inbox.load(newcomer.tenantId, "a.csv", csv_of(many(30, version=1)))
    assert counts(first) == (30, 30, 0, 0)
    second = inbox.load(newcomer.tenantId, "b.csv", csv_of(many(30, version=1)))
    assert counts(second) == (30, 0, 30, 0)


def test_contacts_of_a_file_are_found(inbox: Inbox, keys: Keys, merchant_api: MerchantApi, http: httpx.Client) -> None:
    merchant = keys.merchant(keys.operator().tenantId)
    rows = [
        {
            "payoutId": f"po_{number}",
            "createdAt": "2026-05-01T00:00:00Z",
            "status": "paid",
            "amount": 5,
            "currency": "JPY",
            "contactId": f"cnt_{number % 2}",
            "contactExternalId": f"C-{number % 2}",
        }
        for number in range(60)
    ]
    result = inbox.load(merchant.tenantId, "a.jsonl", json_lines(rows), dataset="payouts-by-contact")
    assert (result["status"], counts(result)) == ("loaded", (60, 60, 0, 0))
    made = merchant_api.make(merchant, "C-1")
    assert len(read_file(http.get(made["download_url"]).text)) == 31


def test_a_notification_that_comes_again_changes_nothing(inbox: Inbox, newcomer: Caller, api: Api) -> None:
    tenant = newcomer.tenantId
    key = inbox.drop(tenant, "a.csv", csv_of(many(3_000)))
    # While the file is loaded, and after its end.
    inbox.notify(key)
    result = inbox.result(key)
    inbox.notify(key)
    assert (result["status"], result["rowsRead"]) == ("loaded", 3_000)
    assert result["rowsWritten"] + result["rowsUnchanged"] == 3_000
    assert len(exported(api, newcomer)) == 3_000
    assert inbox.json(f"{key}.result.json") == result
    done = key.replace("inbox/", "inbox-done/")
    until(lambda: inbox.keys(tenant) == sorted([done, f"{done}.result.json", f"{key}.result.json"]))


@pytest.mark.parametrize("compress", [lambda content: content, gzip.compress], ids=["plain", "gzip"])
def test_a_file_that_outlives_an_invocation_is_loaded_whole(
    inbox: Inbox, newcomer: Caller, api: Api, functions: Functions, compress: Any
) -> None:
    rows = 12_000
    with functions.changed("loader", timeout=INVOCATION_SECONDS):
        key = inbox.drop(newcomer.tenantId, "a.csv", compress(csv_of(many(rows)).encode()))
        seen = set()
        until(lambda: seen.add(told(inbox, key, "invocation")) or inbox.json(f"{key}.result.json") is not None)
    result = inbox.result(key)
    assert (result["status"], counts(result)) == ("loaded", (rows, rows, 0, 0))
    assert len(seen - {None}) > 1
    assert len(exported(api, newcomer)) == rows


def test_a_file_whose_process_died_is_loaded_whole_by_another_one(
    inbox: Inbox, newcomer: Caller, api: Api, stack: dict[str, Any]
) -> None:
    rows = 6_000
    with inbox.messages_back_after(seconds=8):
        key = inbox.drop(newcomer.tenantId, "a.csv", csv_of(many(rows)))
        until(lambda: told(inbox, key, "stage") == "writing")
        assert kill(f"{stack['stackName']}-loader", stack["endpointUrl"]) > 0
        result = inbox.result(key)
    assert (result["status"], result["rowsRead"]) == ("loaded", rows)
    assert len(exported(api, newcomer)) == rows


def told(inbox: Inbox, key: str, name: str) -> Any:
    """What the progress of a file says now."""
    progress = inbox.json(f"{key}.progress.json")
    return progress and progress[name]


def test_a_file_that_is_replaced_while_it_is_loaded_is_loaded_as_it_is_then(
    inbox: Inbox, newcomer: Caller, api: Api
) -> None:
    tenant = newcomer.tenantId
    key = inbox.drop(tenant, "a.csv", csv_of(many(20_000, version=1)))
    until(lambda: told(inbox, key, "stage") == "writing")
    inbox.drop(tenant, "a.csv", csv_of(many(100, version=2, status="FAILED")))
    result = inbox.result(key)
    assert (result["status"], result["rowsRead"]) == ("loaded", 100)
    assert {status for status, _ in list(exported(api, newcomer).values())[:100]} == {"FAILED"}
    done = key.replace("inbox/", "inbox-done/")
    until(lambda: inbox.keys(tenant) == sorted([done, f"{done}.result.json", f"{key}.result.json"]))
    assert (inbox.read(done) or b"").count(b"\n") == 101


def test_a_file_that_is_removed_while_it_is_loaded_leaves_nothing(inbox: Inbox, newcomer: Caller, s3: Any) -> None:
    key = inbox.drop(newcomer.tenantId, "a.csv", csv_of(many(20_000)))
    until(lambda: told(inbox, key, "stage") == "checking")
    s3.delete_object(Bucket=inbox.bucket, Key=key)
    until(lambda: inbox.keys(newcomer.tenantId) == [])


def test_a_result_of_an_earlier_file_is_not_taken_for_a_later_ones(inbox: Inbox, newcomer: Caller) -> None:
    first = inbox.load(newcomer.tenantId, "a.csv", bad_file())
    assert first["status"] == "refused"
    key = inbox.drop(newcomer.tenantId, "a.csv", csv_of(many(5_000)))
    until(lambda: inbox.json(f"{key}.progress.json") is not None)
    assert inbox.json(f"{key}.result.json") is None
    assert inbox.result(key)["status"] == "loaded"


def test_a_file_that_is_too_large_for_one_copy_is_moved_whole(inbox: Inbox, newcomer: Caller) -> None:
    blank = b" " * 1_000_000 + b"\n"
    content = csv_of(many(1)).encode() + blank * 70 + csv_of([record("trf_9")]).splitlines()[1].encode()
    key = inbox.drop(newcomer.tenantId, "a.csv", content, accept="good-rows")
    result = inbox.result(key)
    assert (result["status"], counts(result)) == ("loaded", (2, 2, 0, 0))
    done = key.replace("inbox/", "inbox-done/")
    assert inbox.read(done) == content
    assert inbox.s3.head_object(Bucket=inbox.bucket, Key=done)["Metadata"] == {"accept": "good-rows"}
