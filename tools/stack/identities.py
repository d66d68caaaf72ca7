"""The demo's callers. Their keys are the same everywhere and good for nothing but a local stack."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from typing import Any

from .datasets import slugs_for
from .settings import DEMO_DATA

SHARED_CONTACT = "C-100"

TENANT_NAMES = {
    "northwind-market": "Northwind Market",
    "harbour-goods": "Harbour Goods",
    "atlas-travel": "Atlas Travel",
    "blue-lagoon": "Blue Lagoon",
}


@dataclass(frozen=True)
class Identity:
    """One user with one key."""

    name: str
    role: str
    tenant: str
    user: str
    email: str
    supplier: str | None = None
    acts: tuple[str, ...] = ("create", "read")
    disabled: bool = False

    @property
    def key(self) -> str:
        return f"demo_{self.name}_not_a_secret"

    @property
    def permissions(self) -> list[str]:
        # Suppliers have operators' permissions: their role alone must keep them from what is not theirs.
        slugs = slugs_for("MERCHANT" if self.role == "MERCHANT" else "OPERATOR")
        own = () if self.role == "MERCHANT" or "create" not in self.acts else ("webhooks:manage",)
        return [*(f"{slug}:{act}" for slug in slugs for act in self.acts), *own]

    def item(self, created_at: str) -> dict[str, dict[str, Any]]:
        """What the api-keys table holds of the key, as DynamoDB takes it."""
        texts = {
            "keyHash": hashlib.sha256(self.key.encode()).hexdigest(),
            "tenantId": self.tenant,
            "tenantName": TENANT_NAMES[self.tenant],
            "userId": self.user,
            "email": self.email,
            "role": self.role,
            "createdAt": created_at,
        }
        if self.supplier:
            texts["supplierId"] = self.supplier
        permissions = [{"S": permission} for permission in self.permissions]
        return {name: {"S": text} for name, text in texts.items()} | {
            "permissions": {"L": permissions},
            "disabled": {"BOOL": self.disabled},
        }

    def described(self) -> dict[str, str | None]:
        """What `stack.json` says of the key."""
        described: dict[str, str | None] = {
            "key": self.key,
            "role": self.role,
            "tenantId": self.tenant,
            "userId": self.user,
            "email": self.email,
        }
        if self.role == "SUPPLIER":
            described["supplierId"] = self.supplier
        if self.role == "MERCHANT":
            described["contactId"] = _contact_id(self.tenant)
        return described


def _contact_id(tenant: str) -> str | None:
    """The merchant's contact whose external id both merchants use."""
    file = DEMO_DATA / tenant / "payouts-by-contact.csv"
    if not file.is_file():
        return None
    with file.open(newline="", encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter=";")
        return next((row["contactId"] for row in rows if row["contactExternalId"] == SHARED_CONTACT), None)


MARKET = "northwind-market"
IDENTITIES = (
    Identity("operator", "OPERATOR", MARKET, "ana", "ana@northwind.example"),
    Identity("operator2", "OPERATOR", MARKET, "ben", "ben@northwind.example"),
    Identity("operatorReadOnly", "OPERATOR", MARKET, "cora", "cora@northwind.example", acts=("read",)),
    Identity("supplier", "SUPPLIER", MARKET, "sam", "sam@first-supplier.example", supplier="SUP-1001"),
    Identity("supplier2", "SUPPLIER", MARKET, "tess", "tess@second-supplier.example", supplier="SUP-1002"),
    Identity("otherTenantOperator", "OPERATOR", "harbour-goods", "olga", "olga@harbour.example"),
    Identity("merchant", "MERCHANT", "atlas-travel", "mia", "mia@atlas.example"),
    Identity("merchant2", "MERCHANT", "blue-lagoon", "noah", "noah@lagoon.example"),
    Identity("disabled", "OPERATOR", MARKET, "dan", "dan@northwind.example", disabled=True),
)
