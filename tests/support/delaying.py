"""A write that stays on its way until another one was answered, although its caller has gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from support.door import Door, PassOn

TIMEOUT_SECONDS = 60


@dataclass
class Delayed:
    """The first write whose body holds `held`. It is passed on when one whose body holds `until` was answered."""

    held: bytes
    until: bytes
    url: str = ""
    answers: list[httpx.Response] = field(default_factory=list)
    _is_held: threading.Event = field(default_factory=threading.Event)
    _may_pass: threading.Event = field(default_factory=threading.Event)
    _has_passed: threading.Event = field(default_factory=threading.Event)

    def answer(self) -> httpx.Response:
        """What AWS said to the delayed write."""
        assert self._has_passed.wait(TIMEOUT_SECONDS), "the write was never made"
        return self.answers[0]

    def see(self, _: str, body: bytes, pass_on: PassOn) -> httpx.Response:
        if self.held in body and not self._is_held.is_set():
            self._is_held.set()
            self._may_pass.wait(TIMEOUT_SECONDS)
            self.answers.append(pass_on())
            self._has_passed.set()
            return self.answers[0]
        answer = pass_on()
        if self.until in body and self._is_held.is_set() and not self._may_pass.is_set():
            self._may_pass.set()
            # Its caller learns of this answer only when the other write has arrived.
            self._has_passed.wait(TIMEOUT_SECONDS)
        return answer


@contextmanager
def delaying(endpoint_url: str, *, held: bytes, until: bytes) -> Iterator[Delayed]:
    delayed = Delayed(held, until)
    with Door(endpoint_url, delayed.see) as door:
        delayed.url = door.url
        yield delayed
