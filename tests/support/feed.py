"""A platform's own systems: they send changes of records to the ledger's queue."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from typing import Any

from support.waiting import until_empty

MOST_OF_A_BATCH = 10

Change = dict[str, Any]


class Feed:
    """The ledger's queue, and the queue of what was refused."""

    def __init__(self, sqs: Any, stack: dict[str, Any]) -> None:
        self.sqs = sqs
        self.queue = stack["ledgerQueueUrl"]
        self.dead_letters = stack["ledgerDeadLetterQueueUrl"]

    def send(self, *bodies: Change | Sequence[Change] | str) -> None:
        """Sends messages: each is one change, several, or any other text."""
        texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
        for start in range(0, len(texts), MOST_OF_A_BATCH):
            entries = [
                {"Id": str(place), "MessageBody": text}
                for place, text in enumerate(texts[start : start + MOST_OF_A_BATCH])
            ]
            assert not self.sqs.send_message_batch(QueueUrl=self.queue, Entries=entries).get("Failed")

    def settle(self) -> None:
        """Waits until every message is done."""
        until_empty(self.sqs, self.queue)

    def write(self, *bodies: Change | Sequence[Change]) -> None:
        """Sends changes and waits until they count."""
        self.send(*bodies)
        self.settle()

    def refused(self, marker: str) -> list[tuple[str, str]]:
        """The bodies and reasons of the dead letters that hold this text; they are taken off the queue."""
        found = []
        # Those of other tests come back after a moment.
        options = {"MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"], "VisibilityTimeout": 3}
        while letters := self.sqs.receive_message(QueueUrl=self.dead_letters, **options).get("Messages"):
            for letter in letters:
                if marker in letter["Body"]:
                    found.append((letter["Body"], letter["MessageAttributes"]["reason"]["StringValue"]))
                    self.sqs.delete_message(QueueUrl=self.dead_letters, ReceiptHandle=letter["ReceiptHandle"])
        return found


def transfer(tenant: str, record_id: str, version: int, **columns: Any) -> Change:
    """A change of a funding transfer from the marketplace to a supplier."""
    record = {
        "transferId": record_id,
        "createdAt": "2026-05-01T10:00:00Z",
        "status": "COMPLETED",
        "amount": "100.00",
        "currency": "EUR",
        "sourceBalanceAccountType": "MARKETPLACE",
        "targetBalanceAccountType": "SUPPLIER",
        "supplierExternalId": "SUP-1001",
        **columns,
    }
    return {"tenantId": tenant, "type": "FUNDING_TRANSFERS", "version": version, "record": record}


def deletion(tenant: str, record_id: str, version: int) -> Change:
    return {"tenantId": tenant, "type": "FUNDING_TRANSFERS", "version": version, "id": record_id, "deleted": True}


class Model:
    """What the ledger must hold of some transfers: of each, the change with the greatest version."""

    def __init__(self) -> None:
        self.changes: dict[str, Change] = {}

    def take(self, changes: Iterable[Change]) -> None:
        for change in changes:
            record_id = change.get("id") or change["record"]["transferId"]
            known = self.changes.get(record_id)
            if known is None or change["version"] > known["version"]:
                self.changes[record_id] = change

    def records(self) -> list[dict[str, Any]]:
        """The records that exist, in the order of the file."""
        records = [change["record"] for change in self.changes.values() if not change.get("deleted")]
        return sorted(records, key=lambda record: (record["createdAt"][:19], record["transferId"]))


def messages(changes: list[Change], chance: random.Random, most: int = 4) -> list[Change | list[Change]]:
    """The changes in messages of one and of several."""
    messages: list[Change | list[Change]] = []
    rest = list(changes)
    while rest:
        size = chance.randint(1, most)
        messages.append(rest[0] if size == 1 else rest[:size])
        del rest[:size]
    return messages
