"""A mail service that takes its time, and notes how many mails are under way at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock

import httpx

from support.door import Door, PassOn


@dataclass
class SlowMail:
    """The mail service of the local AWS, behind a pause."""

    seconds: float
    url: str = ""
    under_way: int = 0
    most_at_once: int = 0
    lock: Lock = field(default_factory=Lock)
    # Cleared, it keeps every mail until it is set again.
    is_open: Event = field(default_factory=Event)

    def see(self, _: str, __: bytes, pass_on: PassOn) -> httpx.Response:
        with self.lock:
            self.under_way += 1
            self.most_at_once = max(self.most_at_once, self.under_way)
        time.sleep(self.seconds)
        self.is_open.wait()
        # Before the answer: once it is there, the next export may begin.
        with self.lock:
            self.under_way -= 1
        return pass_on()


@contextmanager
def slow_mail(endpoint_url: str, seconds: float) -> Iterator[SlowMail]:
    """A mail service that answers so many seconds later than the one at the endpoint."""
    slow = SlowMail(seconds)
    slow.is_open.set()
    with Door(endpoint_url, slow.see) as door:
        slow.url = door.url
        try:
            yield slow
        finally:
            slow.is_open.set()
