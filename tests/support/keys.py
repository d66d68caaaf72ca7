"""Keys for new callers. Each has a tenant of its own, so that other tests do not get in the way."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from support.api import Caller
from support.datasets import DATASETS, DECLARED

EVERYTHING = (
    *(DECLARED[dataset].get("permission", f"{dataset}:{act}") for dataset in DATASETS for act in ("create", "read")),
    "webhooks:manage",
)


class Keys:
    """The table of keys."""

    def __init__(self, table: Any) -> None:
        self.table = table

    def operator(self, tenant: str | None = None, permissions: Iterable[str] = EVERYTHING) -> Caller:
        """A new operator, of a new tenant unless one is named."""
        return self._admit("OPERATOR", tenant, permissions)

    def supplier(self, tenant: str, supplier_id: str) -> Caller:
        return self._admit("SUPPLIER", tenant, EVERYTHING, supplier_id)

    def merchant(self, tenant: str) -> Caller:
        return self._admit("MERCHANT", tenant, ["payouts-by-contact:create", "payouts-by-contact:read"])

    def another(self, caller: Caller, permissions: Iterable[str] | None = None) -> Caller:
        """One more key of the same user, with the same permissions unless others are named."""
        item = {name: value for name, value in self._item(caller).items() if name != "expiresAt"}
        another = replace(caller, key=f"key_{uuid.uuid4().hex[:12]}")
        own = {} if permissions is None else {"permissions": list(permissions)}
        self.table.put_item(Item={**item, **own, "keyHash": _hash(another)})
        return another

    def hash(self, caller: Caller) -> str:
        """What the caller's key is stored under."""
        return _hash(caller)

    def disable(self, caller: Caller, *, disabled: bool = True) -> None:
        self.table.put_item(Item={**self._item(caller), "disabled": disabled})

    def permit(self, caller: Caller, permissions: Iterable[str]) -> None:
        """Gives a key these permissions and no others."""
        self.table.put_item(Item={**self._item(caller), "permissions": list(permissions)})

    def _item(self, caller: Caller) -> dict[str, Any]:
        return self.table.get_item(Key={"keyHash": _hash(caller)}, ConsistentRead=True)["Item"]

    def _admit(self, role: str, tenant: str | None, permissions: Iterable[str], supplier: str | None = None) -> Caller:
        name = uuid.uuid4().hex[:12]
        tenant = tenant or f"tenant-{name}"
        caller = Caller(f"key_{name}", role, tenant, f"user-{name}", f"{name}@newcomer.example", supplier)
        item = {
            "keyHash": _hash(caller),
            "tenantId": caller.tenantId,
            "tenantName": f"Tenant {caller.tenantId}",
            "userId": caller.userId,
            "email": caller.email,
            "role": role,
            "permissions": list(permissions),
            "disabled": False,
            "createdAt": "2026-11-20T09:30:00Z",
        }
        self.table.put_item(Item=item if supplier is None else {**item, "supplierId": supplier})
        return caller


def _hash(caller: Caller) -> str:
    return hashlib.sha256(caller.key.encode()).hexdigest()
