"""The stack's event bus: a queue that hears everything on it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema

SCHEMA = Path(__file__).resolve().parents[2] / "infra" / "export-event.schema.json"
TIMEOUT_SECONDS = 60


class Bus:
    """What the bus said while it was listened to. Every event is checked against its schema."""

    def __init__(self, sqs: Any, queue: str, bus_name: str) -> None:
        self.sqs = sqs
        self.queue = queue
        self.bus_name = bus_name
        self.heard: list[dict[str, Any]] = []
        self.checker = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))

    def about(self, export_id: str) -> list[dict[str, Any]]:
        """The events of an export up to now."""
        self._hear(0)
        return [event for event in self.heard if event["data"]["exportId"] == export_id]

    def wait(self, export_id: str, event_type: str) -> dict[str, Any]:
        """The first event of an export of this type."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            for event in self.about(export_id):
                if event["type"] == event_type:
                    return event
            self._hear(1)
        raise AssertionError(f"no {event_type} of {export_id} after {TIMEOUT_SECONDS} s")

    def _hear(self, seconds: int) -> None:
        while True:
            answer = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=seconds)
            messages = answer.get("Messages", [])
            for message in messages:
                event = json.loads(message["Body"])
                assert event["source"] == "payout-exports" and event["detail-type"] == event["detail"]["type"]
                self.checker.validate(event["detail"])
                self.heard.append(event["detail"])
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
            if not messages:
                return


@contextmanager
def listening(events: Any, sqs: Any, bus_name: str) -> Iterator[Bus]:
    """A queue of its own, which a rule of its own sends everything that the stack tells."""
    name = f"heard-{uuid.uuid4().hex[:8]}"
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = json.dumps({"source": ["payout-exports"]})
    events.put_rule(Name=name, EventBusName=bus_name, EventPattern=pattern)
    events.put_targets(Rule=name, EventBusName=bus_name, Targets=[{"Id": "queue", "Arn": arn}])
    try:
        yield Bus(sqs, queue, bus_name)
    finally:
        events.remove_targets(Rule=name, EventBusName=bus_name, Ids=["queue"])
        events.delete_rule(Name=name, EventBusName=bus_name)
        sqs.delete_queue(QueueUrl=queue)
