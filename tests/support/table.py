"""The tables, for what no API shows and for moving clocks."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.dynamodb.conditions import Key

from support.datasets import TYPES

# How many shards a tenant's records are spread over unless told otherwise.
SHARDS = 16


class ExportsTable:
    def __init__(self, table: Any) -> None:
        self.table = table
        # The exports whose status was set, as `{partition} {sort}`.
        self.set_by_hand: set[str] = set()

    def export(self, tenant: str, dataset: str, export_id: str) -> dict[str, Any]:
        return self._get(f"{tenant}#{TYPES[dataset]}", export_id)

    def lock(self, tenant: str, dataset: str, user: str) -> dict[str, Any] | None:
        return self._get(f"lock#{tenant}#{TYPES[dataset]}#{user}", "lock")

    def link(self, token: str) -> dict[str, Any] | None:
        return self._get(**self._link_key(token))

    def marker(self, tenant: str, dataset: str, export_id: str) -> dict[str, Any] | None:
        return self._get(f"expiry#{tenant}#{TYPES[dataset]}", export_id)

    def sendings(self, tenant: str, dataset: str, export_id: str) -> list[dict[str, Any]]:
        """The record of each mail about an export, the earliest first."""
        found = self._of_export("sending", tenant, dataset, export_id)
        return sorted(found, key=lambda item: item["sentAt"])

    def downloads(self, tenant: str, dataset: str, export_id: str) -> list[dict[str, Any]]:
        return self._of_export("downloads", tenant, dataset, export_id)

    def links(self, tenant: str, dataset: str, export_id: str) -> list[dict[str, Any]]:
        return self._of_export("links", tenant, dataset, export_id)

    def spoil_download_count(self, tenant: str, dataset: str, export_id: str) -> None:
        """Puts a text where downloads are counted, so that none can be."""
        self.put({"partition": f"downloads#{tenant}#{TYPES[dataset]}", "sort": export_id, "downloads": "many"})

    def put(self, item: dict[str, Any]) -> None:
        self.table.put_item(Item=item)

    def set(self, tenant: str, dataset: str, export_id: str, **attributes: Any) -> None:
        """Sets attributes of an export."""
        if "status" in attributes:
            self.set_by_hand.add(f"{tenant}#{TYPES[dataset]} {export_id}")
        self.table.update_item(
            Key={"partition": f"{tenant}#{TYPES[dataset]}", "sort": export_id},
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
            ExpressionAttributeNames={f"#{name}": name for name in attributes},
            ExpressionAttributeValues={f":{name}": value for name, value in attributes.items()},
        )

    def expire(self, tenant: str, dataset: str, export_id: str, *, with_marker: bool) -> None:
        """Moves an export's expiry to a second ago; its marker's too, if the expiry is to be noticed."""
        past = int(time.time()) - 1
        self.set(tenant, dataset, export_id, expiresAt=past, dueAt=past)
        if with_marker:
            marker = self.marker(tenant, dataset, export_id)
            assert marker, f"{export_id} has no expiry marker"
            self.put({**marker, "timeToLive": past})

    def lease(self, tenant: str, dataset: str, export_id: str, *, seconds: int) -> None:
        """Gives an export a lease that ends so many seconds from now."""
        self.set(tenant, dataset, export_id, leaseUntil=int((time.time() + seconds) * 1000))

    def age_lock(self, tenant: str, dataset: str, user: str, *, seconds: int) -> None:
        """Makes a user's lock so much older."""
        lock = self.lock(tenant, dataset, user)
        assert lock, f"{user} has no lock"
        self.put({**lock, "blocksUntil": lock["blocksUntil"] - seconds})

    def age_idempotency_key(self, tenant: str, dataset: str, user: str, key: str, *, seconds: int) -> None:
        """Makes the memory of an idempotency key so much older."""
        digest = hashlib.sha256(key.encode()).hexdigest()
        item = self._get(f"idempotency#{tenant}#{TYPES[dataset]}#{user}#{digest}", "idempotency")
        assert item, f"{key} is not remembered"
        self.put({**item, "forgottenAt": item["forgottenAt"] - seconds})

    def remove_link(self, token: str) -> None:
        self.table.delete_item(Key=self._link_key(token))

    def remove_marker(self, tenant: str, dataset: str, export_id: str) -> None:
        self.table.delete_item(Key={"partition": f"expiry#{tenant}#{TYPES[dataset]}", "sort": export_id})

    @staticmethod
    def _link_key(token: str) -> dict[str, str]:
        return {"partition": f"link#{hashlib.sha256(token.encode()).hexdigest()}", "sort": "link"}

    def _of_export(self, kind: str, tenant: str, dataset: str, export_id: str) -> list[dict[str, Any]]:
        """What is kept beside an export, in the order of the sort key."""
        key = Key("partition").eq(f"{kind}#{tenant}#{TYPES[dataset]}") & Key("sort").begins_with(f"{export_id}#")
        return self.table.query(KeyConditionExpression=key, ConsistentRead=True)["Items"]

    def _get(self, partition: str, sort: str) -> dict[str, Any] | None:
        return self.table.get_item(Key={"partition": partition, "sort": sort}, ConsistentRead=True).get("Item")


class LedgerTable:
    """The table `ledger`, for records that are not in the demo data."""

    def __init__(self, table: Any) -> None:
        self.table = table

    def lay_out(self, tenant: str, dataset: str) -> None:
        """What the first import of a tenant's records notes down."""
        self.table.put_item(Item={"partition": f"{tenant}#{TYPES[dataset]}", "sort": "layout", "shards": SHARDS})

    def contact(self, tenant: str, contact_id: str, external_id: str) -> None:
        """A contact of a merchant, without payouts."""
        partition = f"{tenant}#CONTACTS"
        names = {"contactId": contact_id, "contactExternalId": external_id, "contactName": "Nobody"}
        self.table.put_item(Item={"partition": partition, "sort": f"id#{contact_id}", **names})
        self.table.put_item(Item={"partition": partition, "sort": f"external#{external_id}", "contactId": contact_id})

    def contact_name(self, tenant: str, contact_id: str) -> str:
        key = {"partition": f"{tenant}#CONTACTS", "sort": f"id#{contact_id}"}
        return self.table.get_item(Key=key, ConsistentRead=True)["Item"]["contactName"]

    @contextmanager
    def holding(self, tenant: str, dataset: str, record_id: str, created_at: str, **columns: Any) -> Iterator[None]:
        """One record more, within. `created_at` has milliseconds: `2026-01-31T23:59:59.000Z`."""
        key = {"partition": f"{tenant}#{TYPES[dataset]}#{_shard(record_id)}", "sort": record_id}
        position = f"{created_at[:19]}Z#{record_id}"
        self.table.put_item(Item={**key, "position": position, "createdAt": created_at, **columns})
        try:
            yield
        finally:
            self.table.delete_item(Key=key)


def _shard(record_id: str) -> int:
    return int.from_bytes(hashlib.sha256(record_id.encode()).digest()[:4]) % SHARDS
