"""Records come into the ledger."""

from __future__ import annotations

import json
from typing import Any

from ..aws import plain
from ..checker import Violation
from ..lane import Lane
from ..records import TENANT, TYPE, layout
from ..requests import key
from ..seen import Expected
from .base import SECRETS, Flow

INBOX_KEY = f"inbox/{TENANT}/funding-transfers/july.csv"
COLUMNS = (
    "transferId",
    "createdAt",
    "status",
    "amount",
    "currency",
    "sourceBalanceAccountType",
    "targetBalanceAccountType",
    "supplierExternalId",
    "supplierName",
    "reference",
    "relatedEntityType",
    "relatedEntityId",
    "failureReason",
)


class Feeding(Flow):
    """It begins with an empty ledger."""

    learns = True
    is_followed = False
    fixed = ("ApiKeysTable",)
    tables = ("ExportsTable", "LedgerTable")

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        await lane.replace("LedgerTable", [layout("AUDIT_EVENTS")])
        await lane.replace("ApiKeysTable", [key()])

    async def records(self, lane: Lane) -> dict[str, str]:
        """The records of the ledger, by id, with their references."""
        items = [plain(item) for item in await lane.items_of("LedgerTable", f"{TENANT}#{TYPE}#")]
        return {item["sort"]: item.get("reference", "deleted") for item in items}

    async def differences(self, lane: Lane, wanted: dict[str, str]) -> list[Violation]:
        found = await self.records(lane)
        return [] if found == wanted else [Violation(9, f"the ledger holds {json.dumps(found, sort_keys=True)}")]


class Recorder(Feeding):
    """Three messages: of a record the older change comes last, one is deleted, and one change is refused."""

    name = "recorder"
    attacked = frozenset({"recorder"})
    expected = Expected(exports=(0, 0), secrets=SECRETS, dead_letters=("LedgerDeadLetterQueue",))

    async def act(self, lane: Lane) -> None:
        lane.send("LedgerQueue", [_change("trf_1", 2, "new"), _change("trf_2", 1, "two")])
        lane.send("LedgerQueue", [_change("trf_1", 1, "old"), _change("trf_3", 1, "three")])
        deletion = {"tenantId": TENANT, "type": TYPE, "version": 2, "id": "trf_3", "deleted": True}
        lane.send("LedgerQueue", [deletion, _change("trf_4", 1, "four") | {"version": "none"}])

    async def check(self, lane: Lane) -> list[Violation]:
        return await self.differences(lane, {"trf_1": "new", "trf_2": "two", "trf_3": "deleted"})


class Loader(Feeding):
    """A file is dropped into the inbox."""

    name = "loader"
    attacked = frozenset({"loader"})
    buckets = ("ExportsBucket", "InboxBucket")
    expected = Expected(exports=(0, 0), secrets=SECRETS, within=3600)

    async def act(self, lane: Lane) -> None:
        await drop(lane, "one", "two")

    async def check(self, lane: Lane) -> list[Violation]:
        found = await self.differences(lane, {"trf_1": "one", "trf_2": "two"}) + await self.results(lane)
        if not found and f"{INBOX_KEY}.progress.json" in await self.keys(lane):
            # A write that was carried out late has left it. It must not keep the next file from being loaded.
            await drop(lane, "uno", "due")
            await lane.settle()
            found = await self.differences(lane, {"trf_1": "uno", "trf_2": "due"}) + await self.results(lane)
        return found

    async def keys(self, lane: Lane) -> list[str]:
        return [stored.key for stored in await lane.aws.objects(lane.cloud.bucket("InboxBucket"))]

    async def results(self, lane: Lane) -> list[Violation]:
        """What is wrong with what the inbox tells of the file."""
        done = INBOX_KEY.replace("inbox/", "inbox-done/", 1)
        keys = set(await self.keys(lane)) - {f"{INBOX_KEY}.progress.json"}
        if keys != {done, f"{done}.result.json", f"{INBOX_KEY}.result.json"}:
            return [Violation(8, f"the inbox has {sorted(key.rpartition('/')[2] for key in keys)}")]
        result = json.loads(await lane.aws.get(lane.cloud.bucket("InboxBucket"), f"{INBOX_KEY}.result.json") or b"{}")
        if (result.get("status"), result.get("rowsRead")) == ("loaded", 2):
            return []
        return [Violation(1, f"the file's result is {result.get('status')}, of {result.get('rowsRead')} rows")]


class LoaderAgain(Loader):
    """A file of the same name was loaded before: its result must not be taken for the new one's."""

    name = "loader, another file"

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        await drop(lane, "first", "second")
        await lane.settle()


async def drop(lane: Lane, *references: str) -> None:
    """Puts a file into the inbox, whose records have these references, and tells of it as the bucket does."""
    rows = [_row(f"trf_{number}", reference) for number, reference in enumerate(references, 1)]
    text = "\n".join(";".join(row) for row in [COLUMNS, *rows]) + "\n"
    await lane.aws.put(lane.cloud.bucket("InboxBucket"), INBOX_KEY, text.encode())
    record = {"eventName": "ObjectCreated:Put", "s3": {"object": {"key": INBOX_KEY}}}
    lane.send("InboxQueue", {"Records": [record]})


def _columns(record_id: str, reference: str) -> dict[str, str]:
    return {
        "transferId": record_id,
        "createdAt": "2026-05-01T10:00:00Z",
        "status": "COMPLETED",
        "amount": "100.00",
        "currency": "EUR",
        "sourceBalanceAccountType": "MARKETPLACE",
        "targetBalanceAccountType": "SUPPLIER",
        "supplierExternalId": "SUP-1",
        "reference": reference,
    }


def _change(record_id: str, version: int, reference: str) -> dict[str, Any]:
    return {"tenantId": TENANT, "type": TYPE, "version": version, "record": _columns(record_id, reference)}


def _row(record_id: str, reference: str) -> list[str]:
    columns = _columns(record_id, reference)
    return [columns.get(name, "") for name in COLUMNS]
