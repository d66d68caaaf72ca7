"""The ledger that flows export: few records in one shard, so that a file takes few calls."""

from __future__ import annotations

from base64 import b64encode
from random import Random

from .aws import Item

TENANT = "acme"
TYPE = "FUNDING_TRANSFERS"
ROWS = 12


def layout(export_type: str, shards: int = 1) -> Item:
    return {"partition": {"S": f"{TENANT}#{export_type}"}, "sort": {"S": "layout"}, "shards": {"N": str(shards)}}


def transfers(count: int = ROWS, reference_size: int = 10, is_noise: bool = False) -> list[Item]:
    """Records, and the layout that has them in one shard. Noise is always the same, and hardly compresses."""
    return [layout(TYPE), *(_transfer(number, reference_size, is_noise) for number in range(count))]


def payouts(contact: str) -> list[Item]:
    """A contact with two payouts."""
    names = {"contactId": {"S": contact}, "contactExternalId": {"S": "C-1"}, "contactName": {"S": "Nobody"}}
    partition = {"partition": {"S": f"{TENANT}#CONTACTS"}}
    return [
        layout("PAYOUTS_BY_CONTACT"),
        {**partition, "sort": {"S": f"id#{contact}"}, **names},
        {**partition, "sort": {"S": "external#C-1"}, "contactId": names["contactId"]},
        *(_payout(number, contact) for number in range(2)),
    ]


def _transfer(number: int, reference_size: int, is_noise: bool) -> Item:
    noise = b64encode(Random(number).randbytes(reference_size)).decode()
    columns = {
        "transferId": f"trf_{number:04}",
        "createdAt": f"2026-07-01T10:00:{number % 60:02}.{number // 60:03}Z",
        "status": "COMPLETED",
        "amount": f"{number}.50",
        "currency": "EUR",
        "sourceBalanceAccountType": "MARKETPLACE",
        "targetBalanceAccountType": "SUPPLIER",
        "supplierExternalId": "SUP-1",
        "supplierName": "Supplier",
        "reference": noise[:reference_size] if is_noise else "r" * reference_size,
    }
    return _record(TYPE, columns["transferId"], columns)


def _payout(number: int, contact: str) -> Item:
    columns = {
        "payoutId": f"pay_{number:04}",
        "createdAt": f"2026-07-01T10:00:{number:02}.000Z",
        "status": "paid",
        "amount": f"{number}.50",
        "currency": "EUR",
        "contactId": contact,
    }
    item = _record("PAYOUTS_BY_CONTACT", columns["payoutId"], columns)
    return {**item, "contactPartition": {"S": f"{TENANT}#PAYOUTS_BY_CONTACT#{contact}"}}


def _record(export_type: str, record_id: str, columns: dict[str, str]) -> Item:
    texts = {
        "partition": f"{TENANT}#{export_type}#0",
        "sort": record_id,
        "position": f"{columns['createdAt'][:19]}Z#{record_id}",
        **columns,
    }
    return {name: {"S": text} for name, text in texts.items()} | {"amountValue": {"N": columns["amount"]}}
