"""Waiting for what happens in the background."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

TIMEOUT_SECONDS = 120


def until(is_so: Callable[[], bool]) -> None:
    """Waits until something is so, and fails if it takes too long."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"not within {TIMEOUT_SECONDS} s"
        time.sleep(0.02)


def until_empty(sqs: Any, queue: str) -> None:
    """Waits until every message of a queue is done."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def is_empty() -> bool:
        counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return all(counts[name] == "0" for name in names)

    until(is_empty)
