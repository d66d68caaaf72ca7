"""Queues and streams of another server, in the shapes in which MiniStack's event source mappings read its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock
from typing import Any

# MiniStack asks for as many as a mapping's batch may have; SQS gives at most these.
MOST_MESSAGES = 10
# MiniStack looks at all of its sources again whenever one of them had something, and a look here is a request.
PAUSE_SECONDS = 0.5


class Pauses:
    """What had nothing a moment ago, and need not be asked yet."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._until: dict[str, float] = {}

    def begin(self, name: str) -> None:
        self._until[name] = self.clock() + PAUSE_SECONDS

    def end(self) -> None:
        """Anything may have something now."""
        self._until.clear()

    def __contains__(self, name: str) -> bool:
        return self.clock() < self._until.get(name, 0)


class Queues:
    """The other server's queues."""

    def __init__(self, sqs: Any) -> None:
        self.sqs = sqs
        self.pauses = Pauses()

    def receive(self, queue_url: str, most: int) -> list[dict[str, Any]]:
        if queue_url in self.pauses:
            return []
        # Before it is asked: what is sent meanwhile ends the pause.
        self.pauses.begin(queue_url)
        answer = self.sqs.receive_message(
            QueueUrl=queue_url,
            MaxNumberOfMessages=min(most, MOST_MESSAGES),
            WaitTimeSeconds=0,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        if answer.get("Messages"):
            self.pauses.end()
        return [message_of(message) for message in answer.get("Messages", [])]

    def delete(self, queue_url: str, receipt_handles: set[str]) -> None:
        for handle in receipt_handles:
            self.sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=handle)


def message_of(received: Mapping[str, Any]) -> dict[str, Any]:
    """A received message as MiniStack keeps its own."""
    attributes = received.get("Attributes", {})
    return {
        "id": received["MessageId"],
        "receipt_handle": received["ReceiptHandle"],
        "body": received["Body"],
        "md5_body": received["MD5OfBody"],
        "sent_at": int(attributes["SentTimestamp"]) / 1000,
        "first_receive_at": int(attributes["ApproximateFirstReceiveTimestamp"]) / 1000,
        "receive_count": int(attributes["ApproximateReceiveCount"]),
        "message_attributes": received.get("MessageAttributes", {}),
        "group_id": attributes.get("MessageGroupId"),
        "dedup_id": attributes.get("MessageDeduplicationId"),
        "seq": attributes.get("SequenceNumber"),
    }


class Streams:
    """The other server's streams, each read from its beginning to its end and kept."""

    def __init__(self, dynamodb: Any, streams: Any) -> None:
        self.dynamodb = dynamodb
        self.streams = streams
        self._records: dict[str, list[dict[str, Any]]] = {}
        self._iterators: dict[str, str] = {}
        self._lock = Lock()
        self._pauses = Pauses()

    def start(self, table: str) -> int:
        """Nothing is ever too old."""
        return 0

    def end(self, table: str) -> int:
        with self._lock:
            self._read(table)
            return len(self._records[table])

    def since(self, table: str, position: int, most: int) -> list[dict[str, Any]]:
        with self._lock:
            return self._records.get(table, [])[position : position + most]

    def _read(self, table: str) -> None:
        if table in self._pauses:
            return
        if table not in self._iterators:
            arn = self.dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
            # moto's streams have one shard.
            [shard] = self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
            start = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
            self._iterators[table] = self.streams.get_shard_iterator(**start)["ShardIterator"]
        answer = self.streams.get_records(ShardIterator=self._iterators[table])
        self._iterators[table] = answer["NextShardIterator"]
        self._records.setdefault(table, []).extend(record_of(record) for record in answer["Records"])
        if not answer["Records"]:
            self._pauses.begin(table)


def record_of(received: Mapping[str, Any]) -> dict[str, Any]:
    """A stream's record as it is in an event: times are seconds, and who removed an item is named otherwise."""
    change = received["dynamodb"]
    created_at = change["ApproximateCreationDateTime"]
    seconds = created_at.timestamp() if isinstance(created_at, datetime) else created_at
    record = {**received, "dynamodb": {**change, "ApproximateCreationDateTime": int(seconds)}}
    if identity := received.get("userIdentity"):
        record["userIdentity"] = {"type": identity["Type"], "principalId": identity["PrincipalId"]}
    return record
