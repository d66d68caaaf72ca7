"""Compressed files: the same text in fewer bytes, for whoever fetches, checks and opens it."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import zlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.api import Api, Caller
from support.bucket import Bucket
from support.datasets import TYPES
from support.ledger import COLUMNS, Ledger, read_file
from support.mailbox import Mailbox
from support.manifest import manifest_key, manifest_of
from support.problems import problem, refusals
from support.profiles import spreadsheet
from support.schedules import Schedules
from support.table import ExportsTable

TRANSFERS = "funding-transfers"
# Few records.
SMALL = "transactions"
GZIP = {"compression": "gzip"}
# What a request may choose besides.
CHOICES: dict[str, dict[str, Any]] = {
    "everything": {},
    "filters, columns and a profile": {
        "filters": {"statuses": ["FAILED"]},
        "columns": ["createdAt", "amount", "currency", "supplierName"],
        "profile": spreadsheet("fr"),
    },
}


@pytest.fixture(scope="module")
def export(api: Api, operator: Caller) -> dict[str, Any]:
    """All transfers of the demo data, compressed: enough for several members."""
    return api.make(operator, TRANSFERS, GZIP)


@pytest.fixture(scope="module")
def answer(api: Api, export: dict[str, Any]) -> httpx.Response:
    """Its file, as it is downloaded."""
    return api.fetch(export)


def size_and_digest(content: bytes) -> dict[str, Any]:
    return {"fileSize": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def members(content: bytes) -> int:
    """How many gzip members follow each other."""
    count = 0
    while content:
        member = zlib.decompressobj(wbits=31)
        member.decompress(content)
        assert member.eof
        content, count = member.unused_data, count + 1
    return count


def file_name(export: dict[str, Any]) -> str:
    return f"{TRANSFERS}-{export['createdAt'][:10]}.csv.gz"


def manifest_of_compressed(content: bytes, filters: dict[str, Any], as_of: str) -> dict[str, Any]:
    text = gzip.decompress(content)
    of_text = manifest_of(text.decode(), filters, as_of, **GZIP)
    return {**of_text, **size_and_digest(content), "uncompressed": size_and_digest(text)}


# The file


def test_a_compressed_file_is_downloaded_as_a_file_of_its_own(answer: httpx.Response, export: dict[str, Any]) -> None:
    assert answer.headers["content-type"] == "application/gzip"
    # A client that unpacked it on the way would find other bytes than the manifest says.
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-disposition"] == f'attachment; filename="{file_name(export)}"'
    assert answer.content.startswith(b"\x1f\x8b")


def test_usual_tools_read_it(answer: httpx.Response, operator: Caller, ledger: Ledger, tmp_path: Path) -> None:
    assert members(answer.content) > 1
    file = tmp_path / "transfers.csv.gz"
    file.write_bytes(answer.content)
    with gzip.open(file, "rt", encoding="utf-8", newline="") as unpacked:
        text = unpacked.read()
    assert read_file(text) == ledger.rows(operator.tenantId, TRANSFERS)
    subprocess.run(["gzip", "-t", file], check=True)
    subprocess.run(["gunzip", file], check=True)
    assert (tmp_path / "transfers.csv").read_bytes() == text.encode()


def test_it_is_several_times_smaller(export: dict[str, Any]) -> None:
    assert export["fileSize"] * 3 < export["manifest"]["uncompressed"]["fileSize"]


@pytest.mark.parametrize("choices", CHOICES.values(), ids=CHOICES)
def test_its_text_is_that_of_the_file_without_compression(api: Api, operator: Caller, choices: dict[str, Any]) -> None:
    compressed = api.make(operator, SMALL, {**choices, **GZIP})
    plain = api.make(operator, SMALL, choices)
    assert plain["rowCount"] == compressed["rowCount"] > 10
    assert gzip.decompress(api.fetch(compressed).content) == api.fetch(plain).content
    text = {name: plain["manifest"][name] for name in ("fileSize", "sha256")}
    assert compressed["manifest"]["uncompressed"] == text
    assert compressed["manifest"]["totals"] == plain["manifest"]["totals"]


def test_an_export_without_rows_is_a_valid_file_with_the_header(api: Api, newcomer: Caller) -> None:
    export = api.make(newcomer, TRANSFERS, GZIP)
    content = api.fetch(export).content
    assert gzip.decompress(content).decode() == ";".join(COLUMNS[TRANSFERS]) + "\n"
    assert export["manifest"] == manifest_of_compressed(content, {}, export["createdAt"])


def test_a_suppliers_compressed_file_holds_what_the_supplier_may_see(
    api: Api, supplier: Caller, ledger: Ledger
) -> None:
    export = api.make(supplier, "transactions", GZIP)
    own = ledger.transactions_of(supplier.tenantId, supplier.supplierId)
    assert len(own) > 1
    assert read_file(gzip.decompress(api.fetch(export).content).decode()) == own


# What is said of it


def test_the_manifest_says_what_is_downloaded_and_what_is_within(
    api: Api,
    operator: Caller,
    answer: httpx.Response,
    export: dict[str, Any],
    exports_table: ExportsTable,
    bucket: Bucket,
) -> None:
    manifest = manifest_of_compressed(answer.content, {}, export["createdAt"])
    assert len(manifest["totals"]) > 1
    assert export["manifest"] == manifest
    assert (export["compression"], export["fileSize"]) == ("gzip", len(answer.content))
    at = export["createdAt"]
    window = {"createdAtFrom": at, "createdAtTo": at, "limit": 100}
    listed = api.get(operator, f"/v1/payments/{TRANSFERS}/export", params=window).json()["items"]
    [shown] = [item for item in listed if item["exportId"] == export["exportId"]]
    assert shown.items() <= export.items(), "the list says the same"
    assert shown["manifest"] == manifest
    key = exports_table.export(operator.tenantId, TRANSFERS, export["exportId"])["file"]["key"]
    assert key.endswith(".csv.gz")
    stored = bucket.s3.head_object(Bucket=bucket.name, Key=key)
    assert stored["ContentType"] == "application/gzip" and "ContentEncoding" not in stored
    assert file_name(export) in stored["ContentDisposition"]
    assert bucket.json(manifest_key(key)) == {
        "exportId": export["exportId"],
        "type": TYPES[TRANSFERS],
        "fileName": file_name(export),
        **manifest,
    }


def test_each_mail_names_the_file_and_leads_to_it(
    api: Api, newcomer: Caller, mailbox: Mailbox, http: httpx.Client
) -> None:
    export = api.make(newcomer, TRANSFERS, GZIP)
    sent = api.post(newcomer, f"/v1/exports/{export['exportId']}/resend-email")
    assert sent.status_code == 200, sent.text
    mails = mailbox.wait(export["exportId"], 2)
    assert len(mails) == 2
    for mail in mails:
        for part in (mail.text, mail.html):
            assert file_name(export) in part and "compressed with gzip" in part
            assert export["manifest"]["sha256"] in part
            assert export["manifest"]["uncompressed"]["sha256"] in part
        file = http.get(http.get(mail.link).headers["location"])
        assert file.headers["content-type"] == "application/gzip"
        assert file_name(export) in file.headers["content-disposition"]
        assert size_and_digest(file.content).items() <= export["manifest"].items()


# Who asks for it


def test_a_retry_keeps_the_compression(api: Api, newcomer: Caller) -> None:
    first = api.make(newcomer, TRANSFERS, GZIP)
    deleted = api.request("DELETE", newcomer, f"/v1/exports/{first['exportId']}").json()
    assert (deleted["status"], deleted["manifest"]) == ("EXPIRED", first["manifest"])
    launched = api.post(newcomer, f"/v1/exports/{first['exportId']}/retry").json()
    assert launched["compression"] == "gzip"
    again = api.wait(newcomer, TRANSFERS, launched["exportId"])
    assert (again["status"], again["compression"]) == ("READY", "gzip")
    assert gzip.decompress(api.fetch(again).content) == (";".join(COLUMNS[TRANSFERS]) + "\n").encode()


def test_a_schedules_files_are_compressed_as_it_says(api: Api, newcomer: Caller, schedules: Schedules) -> None:
    schedule_id = schedules.made(newcomer, compression="none")["scheduleId"]
    assert schedules.get(newcomer, schedule_id).json()["compression"] == "none"
    assert schedules.change(newcomer, schedule_id, **GZIP).json()["compression"] == "gzip"
    assert schedules.change(newcomer, schedule_id, name="Evening file").json()["compression"] == "gzip"
    schedules.miss(newcomer, schedule_id)
    schedules.call(newcomer, schedule_id)
    run = schedules.get(newcomer, schedule_id).json()["lastRun"]
    export = api.wait(newcomer, TRANSFERS, run["exportId"])
    assert (export["status"], export["compression"]) == ("READY", "gzip")
    file = api.fetch(export)
    name = f"{TRANSFERS}-{run['period']['firstDay']}.csv.gz"
    assert file.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert gzip.decompress(file.content).decode() == ";".join(COLUMNS[TRANSFERS]) + "\n"


def test_none_is_the_file_that_there_always_was(api: Api, newcomer: Caller) -> None:
    chosen = api.make(newcomer, TRANSFERS, {"compression": "none"})
    unchosen = api.make(newcomer, TRANSFERS)
    assert chosen["compression"] == chosen["manifest"]["compression"] == "none"
    assert "compression" not in unchosen and "compression" not in unchosen["manifest"]
    files = [api.fetch(export) for export in (chosen, unchosen)]
    for file in files:
        assert file.headers["content-type"] == "text/csv; charset=utf-8"
        assert file.headers["content-disposition"].endswith('.csv"')
    assert files[0].content == files[1].content
    assert "uncompressed" not in chosen["manifest"] and "uncompressed" not in unchosen["manifest"]


def test_an_idempotency_key_is_of_one_compression(api: Api, newcomer: Caller) -> None:
    def trigger(body: dict[str, Any]) -> httpx.Response:
        return api.trigger(newcomer, TRANSFERS, body, headers={"idempotency-key": "compression"})

    first = trigger({})
    assert first.status_code == 201, first.text
    # It means the same.
    assert trigger({"compression": "none"}).json()["exportId"] == first.json()["exportId"]
    problem(trigger(GZIP), 422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize(
    ("compression", "code"),
    [
        (None, "INVALID_TYPE"),
        (True, "INVALID_TYPE"),
        (9, "INVALID_TYPE"),
        (["gzip"], "INVALID_TYPE"),
        ({"name": "gzip"}, "INVALID_TYPE"),
        ("", "INVALID_VALUE"),
        ("GZIP", "INVALID_VALUE"),
        ("gzip\x00", "INVALID_VALUE"),
        ("zip", "INVALID_VALUE"),
    ],
)
def test_a_compression_is_checked(api: Api, newcomer: Caller, compression: Any, code: str) -> None:
    asked = {"compression": compression}
    refused = [("/compression", code)]
    assert refusals(api.trigger(newcomer, TRANSFERS, asked)) == refused
    assert refusals(api.post(newcomer, f"/v1/payments/{TRANSFERS}/export/estimate", json=asked)) == refused


def test_a_schedules_compression_is_checked(schedules: Schedules, newcomer: Caller) -> None:
    assert refusals(schedules.create(newcomer, compression="zip")) == [("/compression", "INVALID_VALUE")]
    schedule_id = schedules.made(newcomer, **GZIP)["scheduleId"]
    for wrong, code in (("zip", "INVALID_VALUE"), (None, "INVALID_TYPE")):
        assert refusals(schedules.change(newcomer, schedule_id, compression=wrong)) == [("/compression", code)]
    assert schedules.get(newcomer, schedule_id).json()["compression"] == "gzip"


def test_a_refusal_names_the_compressions_that_there_are(api: Api, newcomer: Caller) -> None:
    [error] = problem(api.trigger(newcomer, TRANSFERS, {"compression": "zip"}), 400, "INVALID_REQUEST")["errors"]
    assert error["detail"] == "must be one of none, gzip"
