"""Waiting for what happens in the background."""

from __future__ import annotations

import time
from collections.abc import Callable

TIMEOUT_SECONDS = 120


def until(is_so: Callable[[], bool]) -> None:
    """Waits until something is so, and fails if it takes too long."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"not within {TIMEOUT_SECONDS} s"
        time.sleep(0.02)
