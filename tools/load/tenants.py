"""The tenants and their users: each tenant with records of its own, which no other tenant's file may hold."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from stack import aws, build, datasets, seed
from stack.settings import LOCAL, Failure, Stack

DATASET = "funding-transfers"
RECORDS = 150
FOLDER = LOCAL / "load-data"


@dataclass(frozen=True)
class User:
    """A user with one key."""

    tenant: str
    name: str

    @property
    def key(self) -> str:
        return f"load_{self.tenant}_{self.name}_not_a_secret"

    @property
    def headers(self) -> dict[str, str]:
        return {"dj-client": "OPERATOR", "dj-api-key": self.key}


@dataclass(frozen=True)
class Tenant:
    """A tenant, its users, and the ids of its records."""

    id: str
    users: tuple[User, ...]
    records: frozenset[str]


def make(stack: Stack, described: Mapping[str, str], tenants: int, users: int) -> list[Tenant]:
    """Makes so many tenants, with so many users between them."""
    names = [f"load-{number:02}" for number in range(tenants)]
    return [
        Tenant(
            name, _admit(stack, described, name, range(number, users, tenants)), _load(stack, described, name, number)
        )
        for number, name in enumerate(names)
    ]


def _admit(stack: Stack, described: Mapping[str, str], tenant: str, numbers: range) -> tuple[User, ...]:
    dynamodb = aws.client(stack, "dynamodb")
    users = tuple(User(tenant, f"user-{number:03}") for number in numbers)
    for user in users:
        texts = {
            "keyHash": hashlib.sha256(user.key.encode()).hexdigest(),
            "tenantId": tenant,
            "tenantName": tenant,
            "userId": user.name,
            "email": f"{user.name}@{tenant}.example",
            "role": "OPERATOR",
            "createdAt": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        permissions = [{"S": permission} for permission in datasets.permissions_for("OPERATOR", ("create", "read"))]
        item = {name: {"S": text} for name, text in texts.items()}
        item |= {"permissions": {"L": permissions}, "disabled": {"BOOL": False}}
        dynamodb.put_item(TableName=described["apiKeysTable"], Item=item)
    return users


def _load(stack: Stack, described: Mapping[str, str], tenant: str, number: int) -> frozenset[str]:
    file = FOLDER / f"{tenant}.csv"
    FOLDER.mkdir(parents=True, exist_ok=True)
    arguments = ["--type", DATASET, "--count", str(RECORDS), "--seed", str(1000 + number), "--label", tenant]
    if not build.run_cli("generate", *arguments, "--output", str(file)):
        raise Failure(f"The records of {tenant} were not made: see above.")
    seed.run_import(stack, described["ledgerTable"], ["--file", str(file), "--type", DATASET, "--tenant", tenant])
    return record_ids(file)


def record_ids(file: Path) -> frozenset[str]:
    return ids_in(file.read_text(encoding="utf-8"))


def ids_in(text: str) -> frozenset[str]:
    """The ids of the records in a file."""
    return frozenset(row["transferId"] for row in csv.DictReader(text.splitlines(), delimiter=";"))
