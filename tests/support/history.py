"""Long histories, put straight into the table: a real export's item, copied to other times and states."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from support.api import Caller
from support.datasets import LETTERS
from support.table import ExportsTable

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
A_WEEK = 7 * 24 * 3600


class History:
    """Exports of one user: copies of `example`, the item of a READY export, with other times and statuses."""

    def __init__(self, table: ExportsTable, dataset: str, example: Mapping[str, Any]) -> None:
        self.table = table
        self.dataset = dataset
        self.example = dict(example)

    def write(self, exports: Iterable[tuple[str, str]]) -> list[str]:
        """Writes an export for each time (`2026-01-31T23:59:59.999Z`) and status, and returns their ids."""
        ids = []
        with self.table.table.batch_writer() as batch:
            for created_at, status in exports:
                item = self._item(created_at, status)
                batch.put_item(Item=item)
                ids.append(item["sort"])
        return ids

    def _item(self, created_at: str, status: str) -> dict[str, Any]:
        export_id = _export_id(created_at, LETTERS[self.dataset])
        requester = self.example["requesterId"]
        item = {
            **self.example,
            "sort": export_id,
            "createdAt": created_at,
            "status": status,
            "requesterSort": f"{requester}#{export_id}",
            "statusSort": f"{status}#{export_id}",
            "requesterStatusSort": f"{requester}#{status}#{export_id}",
            "expiresAt": int(time.time()) + (A_WEEK if status == "READY" else -A_WEEK),
        }
        if status == "FAILED":
            item["failureReason"] = "The email could not be delivered."
        # Without these the reconciler leaves the export alone.
        return {name: value for name, value in item.items() if name not in ("dueShard", "dueAt")}


def history_of(table: ExportsTable, caller: Caller, dataset: str, ready: Mapping[str, Any]) -> History:
    """A history like a READY export of the caller's."""
    return History(table, dataset, table.export(caller.tenantId, dataset, ready["exportId"]))


def minutes(count: int, start: str = "2026-01-01T00:00:00.000Z") -> list[str]:
    """So many times, each a minute after the one before."""
    first = datetime.fromisoformat(start.replace("Z", "+00:00"))
    return [_text(first + timedelta(minutes=number)) for number in range(count)]


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def _export_id(created_at: str, letter: str) -> str:
    moment = datetime.fromisoformat(created_at.replace("Z", "+00:00")) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    value = moment // timedelta(milliseconds=1) << 80 | secrets.randbits(80)
    ulid = "".join(CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))
    return f"exp_{ulid}{letter}"
