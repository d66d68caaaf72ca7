"""Notes every call that a function makes to the local AWS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx

from support.door import Door, PassOn
from support.functions import Functions

SERVICES = ("DYNAMODB", "SQS", "SESV2", "S3")
NAMES = {"POST /v2/email/outbound-emails": "SendEmail"}


class Counter:
    """The calls that functions make, by name and in order."""

    def __init__(self, endpoint_url: str) -> None:
        self.calls: list[str] = []
        self.door = Door(endpoint_url, self._note)

    def close(self) -> None:
        self.door.close()

    @contextmanager
    def watching(self, functions: Functions, *names: str) -> Iterator[None]:
        """Functions of the template make their calls through here, within."""
        endpoints = {f"AWS_ENDPOINT_URL_{service}": self.door.url for service in SERVICES}
        with ExitStack() as changes:
            for name in names:
                changes.enter_context(functions.changed(name, **endpoints))
            yield

    def of(self, answer: httpx.Response) -> tuple[int, list[str]]:
        """An answer's status, and the calls since the last question."""
        calls, self.calls = self.calls, []
        return answer.status_code, calls

    def _note(self, call: str, _: bytes, pass_on: PassOn) -> httpx.Response:
        self.calls.append(NAMES.get(call, call))
        return pass_on()
