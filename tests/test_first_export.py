"""The tracer: from a POST to the file in a person's hands."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from support.api import Api, Caller
from support.bucket import Bucket
from support.ledger import Ledger, read_file
from support.mailbox import Mailbox
from support.manifest import mailed_totals, manifest_key, manifest_of
from support.table import ExportsTable
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.matchers import path_type

CHANGING = path_type(
    {
        "exportId": (str,),
        "createdAt": (str,),
        "readyAt": (str,),
        "expiresAt": (str,),
        "manifest.asOf": (str,),
        "downloadUrl": (str,),
        "downloadUrlExpiresAt": (str,),
        "sendings.0.sentAt": (str,),
        "sendings.0.linkId": (str,),
        "sendings.0.messageId": (str,),
    }
)


@pytest.fixture(scope="module")
def export(api: Api, operator: Caller) -> dict[str, Any]:
    return api.make(operator, "funding-transfers", {"cc": ["finance@northwind.example"]})


def test_the_answers_have_the_contracts_shape(export: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    assert export == snapshot(extension_class=JSONSnapshotExtension, matcher=CHANGING)


def test_the_file_holds_every_transfer_once_and_in_order(
    api: Api, operator: Caller, ledger: Ledger, export: dict[str, Any]
) -> None:
    file = api.download(export)
    rows = read_file(file)
    assert len(rows) > 10_000
    assert rows == ledger.rows(operator.tenantId, "funding-transfers")
    assert export["rowCount"] == len(rows) - 1
    assert export["fileSize"] == len(file.encode())


def test_the_manifest_says_what_the_file_holds(api: Api, export: dict[str, Any]) -> None:
    manifest = export["manifest"]
    assert manifest == manifest_of(api.download(export), export["filters"], export["createdAt"])
    assert (manifest["rowCount"], manifest["fileSize"]) == (export["rowCount"], export["fileSize"])


def test_a_list_shows_the_same_manifest(api: Api, operator: Caller, export: dict[str, Any]) -> None:
    at = export["createdAt"]
    window = {"createdAtFrom": at, "createdAtTo": at, "limit": 100}
    listed = api.get(operator, "/v1/payments/funding-transfers/export", params=window).json()["items"]
    [shown] = [item for item in listed if item["exportId"] == export["exportId"]]
    assert shown["manifest"] == export["manifest"]


def test_the_document_beside_the_file_says_the_same(
    operator: Caller, exports_table: ExportsTable, bucket: Bucket, export: dict[str, Any]
) -> None:
    key = exports_table.export(operator.tenantId, "funding-transfers", export["exportId"])["file"]["key"]
    folder = f"exports/{operator.tenantId}/funding-transfers/{export['exportId']}/"
    assert key.startswith(folder)
    assert key.removeprefix(folder).removesuffix(".csv").isdecimal()
    assert sorted(bucket.keys(folder)) == [key, manifest_key(key)]
    assert bucket.json(manifest_key(key)) == {
        "exportId": export["exportId"],
        "type": "FUNDING_TRANSFERS",
        "fileName": f"funding-transfers-{export['createdAt'][:10]}.csv",
        **export["manifest"],
    }


def test_the_file_is_utf_8_with_line_feeds_and_no_byte_order_mark(http: httpx.Client, export: dict[str, Any]) -> None:
    answer = http.get(export["downloadUrl"])
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"transferId;createdAt;status;amount;currency;")
    assert answer.content.endswith(b"\n")
    name = f"funding-transfers-{export['createdAt'][:10]}.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'


def test_one_mail_goes_to_the_requester_and_the_cc(operator: Caller, mailbox: Mailbox, export: dict[str, Any]) -> None:
    [mail] = mailbox.about(export["exportId"])
    assert mail.to == [operator.email]
    assert mail.cc == ["finance@northwind.example"]
    assert export["recipients"] == [operator.email, "finance@northwind.example"]
    assert mail.subject.startswith("Funding transfers export for Northwind Market, ")
    for part in (mail.text, mail.html):
        assert "10,240" in part and "UTC" in part and mail.link.split("token=")[1] in part


def test_the_mail_names_the_totals_and_the_sha_256(mailbox: Mailbox, export: dict[str, Any]) -> None:
    [mail] = mailbox.about(export["exportId"])
    facts = [line.split(":", 1) for line in mail.text.splitlines() if ":" in line]
    named = {name: [value.strip() for other, value in facts if other == name] for name, _ in facts}
    totals = mailed_totals(export["manifest"]["totals"])
    assert len(totals) > 1
    assert named["Total"] == totals
    assert named["SHA-256"] == [export["manifest"]["sha256"]]
    for fact in (*totals, export["manifest"]["sha256"]):
        assert fact in mail.html


def test_the_mailed_link_gives_the_same_file(
    http: httpx.Client, api: Api, mailbox: Mailbox, export: dict[str, Any]
) -> None:
    [mail] = mailbox.about(export["exportId"])
    answer = http.get(mail.link, follow_redirects=True)
    assert answer.history[0].status_code == 302
    assert answer.text == api.download(export)


def test_a_list_right_after_the_request_shows_it(api: Api, operator: Caller) -> None:
    launched = api.launch(operator, "funding-transfers")
    path = "/v1/payments/funding-transfers/export"
    newest = api.get(operator, path, params={"limit": 1}).json()["items"][0]
    assert newest["exportId"] == launched["exportId"]
    api.wait(operator, "funding-transfers", launched["exportId"])


def test_the_location_leads_to_the_export(api: Api, supplier: Caller) -> None:
    path = "/v1/payments/funding-transfers/export"
    answer = api.trigger(supplier, "funding-transfers")
    assert answer.status_code == 201
    location = urljoin(api.base_url + path, answer.headers["location"])
    shown = api.http.get(location, headers=supplier.headers)
    assert shown.json()["exportId"] == answer.json()["exportId"]
    api.wait(supplier, "funding-transfers", answer.json()["exportId"])
