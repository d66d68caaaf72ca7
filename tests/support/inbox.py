"""A platform's own systems: they put files of records into the inbox."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

DATASET = "funding-transfers"
TIMEOUT_SECONDS = 120


class Inbox:
    """The bucket that files are dropped in, and the queue that tells of them."""

    def __init__(self, s3: Any, sqs: Any, stack: dict[str, Any]) -> None:
        self.s3 = s3
        self.sqs = sqs
        self.bucket = stack["inboxBucket"]
        self.queue = stack["inboxQueueUrl"]

    def drop(self, tenant: str, name: str, content: str | bytes, dataset: str = DATASET, **metadata: str) -> str:
        """Puts a file there, and says its key."""
        key = f"inbox/{tenant}/{dataset}/{name}"
        body = content.encode() if isinstance(content, str) else content
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, Metadata=metadata)
        return key

    def notify(self, key: str) -> None:
        """A notification once more, as S3 sends it."""
        record = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {"object": {"key": key}}}
        self.sqs.send_message(QueueUrl=self.queue, MessageBody=json.dumps({"Records": [record]}))

    def result(self, key: str) -> dict[str, Any]:
        """The result of a file, once it is there."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while (result := self.json(f"{key}.result.json")) is None:
            assert time.monotonic() < deadline, f"no result of {key}; {self.json(f'{key}.progress.json')}"
            time.sleep(0.05)
        return result

    def load(self, tenant: str, name: str, content: str | bytes, **options: str) -> dict[str, Any]:
        """Puts a file there, and waits for its result."""
        return self.result(self.drop(tenant, name, content, **options))

    def json(self, key: str) -> dict[str, Any] | None:
        found = self.read(key)
        return None if found is None else json.loads(found)

    def read(self, key: str) -> bytes | None:
        try:
            return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except self.s3.exceptions.NoSuchKey:
            return None

    def keys(self, tenant: str) -> list[str]:
        """All of a tenant's objects."""
        folders = ("inbox", "inbox-done", "inbox-refused")
        pages = (self.s3.list_objects_v2(Bucket=self.bucket, Prefix=f"{folder}/{tenant}/") for folder in folders)
        return sorted(item["Key"] for page in pages for item in page.get("Contents", []))

    @contextmanager
    def messages_back_after(self, *, seconds: int) -> Iterator[None]:
        """Messages come back sooner, within, if their function has died."""
        names = ["VisibilityTimeout"]
        before = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=names)["Attributes"]
        self.sqs.set_queue_attributes(QueueUrl=self.queue, Attributes={"VisibilityTimeout": str(seconds)})
        try:
            yield
        finally:
            self.sqs.set_queue_attributes(QueueUrl=self.queue, Attributes=before)
