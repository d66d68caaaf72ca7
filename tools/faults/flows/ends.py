"""Exports end: by themselves, because nothing else helps, or because their user wants it."""

from __future__ import annotations

from ..lane import Lane
from ..requests import asked
from ..seen import Expected
from .base import LINK_LIFETIME_SECONDS, SECRETS, Flow


class Expiry(Flow):
    """The marker is removed, and the stream tells of it."""

    name = "expiry by the stream"
    attacked = frozenset({"expirer"})
    is_followed = False
    expected = Expected(statuses=frozenset({"EXPIRED"}), secrets=SECRETS, is_over=True)

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        await self.make(lane)

    async def act(self, lane: Lane) -> None:
        await lane.pass_time(LINK_LIFETIME_SECONDS + 1)


class Reconciliation(Flow):
    """A message was lost, nobody has emptied the outbox, and a late attempt left an object of a cancelled export."""

    name = "reconciliation"
    attacked = frozenset({"reconciler"})
    timed = ("Query by-due-shard",)
    learns = True
    expected = Expected(statuses=frozenset({"READY", "CANCELLED"}), exports=(2, 2), secrets=SECRETS)

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        cancelled = await self.launch(lane, "first")
        await self.insist(lane, "cancel", asked("POST", f"/v1/exports/{cancelled}/cancel"))
        folder = f"exports/acme/funding-transfers/{cancelled}"
        await self.launch(lane, "second")
        await lane.aws.put(lane.cloud.bucket("ExportsBucket"), f"{folder}/1.csv", b"what a late attempt has left")
        lane.messages.clear()

    async def act(self, lane: Lane) -> None:
        """Whatever happens is called for by the clock."""


class DeadLetter(Flow):
    """A message has come too often."""

    name = "dead letter"
    attacked = frozenset({"dead-letter-handler"})
    is_followed = False
    # If the handler fails, the reconciler may send the job again before the message comes back, and it may succeed.
    expected = Expected(statuses=frozenset({"FAILED", "READY"}), secrets=SECRETS)

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        export_id = await self.launch(lane)
        await lane.deliver_stream()
        folder = f"exports/acme/funding-transfers/{export_id}"
        await lane.aws.put(lane.cloud.bucket("ExportsBucket"), f"{folder}/1.1.tail", b"what an attempt has left")
        [message] = lane.messages
        message.queue = "DeadLetterQueue"

    async def act(self, lane: Lane) -> None:
        """The message is in the queue."""


class Cancel(Flow):
    """The user stops an export, and asks until there is an answer."""

    name = "cancel"
    attacked = frozenset({"cancel"})
    is_followed = False
    expected = Expected(statuses=frozenset({"CANCELLED"}), secrets=SECRETS, within=1500, is_over=True)
    export_id = ""

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        self.export_id = await self.launch(lane)
        await lane.deliver_stream()

    async def act(self, lane: Lane) -> None:
        event = asked("POST", f"/v1/exports/{self.export_id}/cancel")
        status, _ = await self.insist(lane, "cancel", event)
        # It is cancelled already if the answer to the first request was lost.
        assert status in (200, 409), self.answers


class Delete(Flow):
    """The user deletes a file, and asks until there is an answer."""

    name = "delete"
    attacked = frozenset({"delete"})
    is_followed = False
    expected = Expected(statuses=frozenset({"EXPIRED"}), secrets=SECRETS, is_over=True)
    export_id = ""

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        self.export_id = await self.make(lane)

    async def act(self, lane: Lane) -> None:
        status, _ = await self.insist(lane, "delete", asked("DELETE", f"/v1/exports/{self.export_id}"))
        assert status in (200, 409), self.answers
        # What could not be removed is removed by the reconciler, which waits for the stream for ten minutes.
        await lane.pass_time(660)
        await lane.tick()


class Retry(Flow):
    """An export that was cancelled is launched again."""

    name = "retry"
    attacked = frozenset({"trigger"})
    is_followed = False
    expected = Expected(statuses=frozenset({"CANCELLED", "READY"}), exports=(2, 2), secrets=SECRETS)
    export_id = ""

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        self.export_id = await self.launch(lane)
        await self.insist(lane, "cancel", asked("POST", f"/v1/exports/{self.export_id}/cancel"))
        await lane.settle()

    async def act(self, lane: Lane) -> None:
        event = asked("POST", f"/v1/exports/{self.export_id}/retry", headers={"idempotency-key": "again"})
        status, _ = await self.insist(lane, "trigger", event)
        assert status == 201, self.answers
