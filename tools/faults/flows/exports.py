"""An accepted export is made and delivered."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from ..aws import Item
from ..calls import Call
from ..faults import FAULTS, HELD, Fault
from ..lane import Lane, no_script
from ..records import layout, transfers
from ..seen import Expected
from .base import SECRETS, Flow

REFUSED = "refused (4xx)"
THROTTLED = next(fault for fault in FAULTS if fault.name == "throttled")


class Made(Flow):
    """The generator makes what was launched."""

    attacked = frozenset({"generator"})
    expected = Expected(secrets=SECRETS)
    timed = ("UpdateItem export rowsWritten",)

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        await self.launch(lane)
        await lane.deliver_stream()

    async def act(self, lane: Lane) -> None:
        """The message is in the queue."""

    def expect(self, lane: Lane) -> Expected:
        attack = lane.attack
        is_refused_mail = attack.fault is not None and attack.fault.name == REFUSED and attack.call == "SendEmail"
        return replace(self.expected, statuses=frozenset({"FAILED"})) if is_refused_mail else self.expected


class SmallExport(Made):
    """A file in one piece."""

    name = "small export"


class Multipart(Made):
    """A file of two parts, in one invocation."""

    name = "multipart export"
    most_lanes = 5

    def ledger(self) -> list[Item]:
        return [*transfers(320, reference_size=20_000), layout("AUDIT_EVENTS")]


class Continuation(Multipart):
    """The first invocation ends while it waits for a page: it stores a checkpoint, and another one goes on."""

    name = "continuation"
    timeout_seconds = 8.0
    # The page that is waited for. Those before it fill more than a part.
    page = 7

    async def act(self, lane: Lane) -> None:
        pages = 0

        def hold(function: str, call: Call) -> Fault | None:
            nonlocal pages
            is_page = (function, str(call)) == ("generator", "Query by-position")
            pages += is_page
            return HELD if is_page and pages == self.page else None

        lane.timeouts["generator"] = self.timeout_seconds
        lane.script = hold

    def ledger(self) -> list[Item]:
        return [*transfers(400, reference_size=20_000), layout("AUDIT_EVENTS")]


class CompressedContinuation(Continuation):
    """The same with a compressed file, whose tail has members and rows."""

    name = "compressed continuation"
    asked_for: ClassVar = {"compression": "gzip"}
    page = 9

    def ledger(self) -> list[Item]:
        return [*transfers(500, reference_size=20_000, is_noise=True), layout("AUDIT_EVENTS")]


class Delivery(Made):
    """The file is made already; its mail was not accepted."""

    name = "delivery"

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        lane.script = lambda _, call: THROTTLED if call.operation == "SendEmail" else None
        await lane.deliver_messages()
        lane.script = no_script
