"""Keys for new callers. Each has a tenant of its own, so that other tests do not get in the way."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from typing import Any

from support.api import Caller
from support.datasets import DATASETS

EVERYTHING = (*(f"{dataset}:{act}" for dataset in DATASETS for act in ("create", "read")), "webhooks:manage")


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

    def _admit(self, role: str, tenant: str | None, permissions: Iterable[str], supplier: str | None = None) -> Caller:
        name = uuid.uuid4().hex[:12]
        tenant = tenant or f"tenant-{name}"
        caller = Caller(f"key_{name}", role, tenant, f"user-{name}", f"{name}@newcomer.example", supplier)
        item = {
            "keyHash": hashlib.sha256(caller.key.encode()).hexdigest(),
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
