"""A request is accepted, and what it asks for is made."""

from __future__ import annotations

from typing import Any

from ..aws import Item
from ..lane import Lane
from ..records import layout, payouts
from ..requests import asked
from ..seen import Expected
from .base import SECRETS, Flow, launch_event

CONTACT = "con_1"


class Trigger(Flow):
    """The caller has an idempotency key, and asks until there is an answer."""

    name = "trigger"
    attacked = frozenset({"trigger"})
    is_followed = False
    expected = Expected(secrets=SECRETS)

    async def act(self, lane: Lane) -> None:
        status, body = await self.insist(lane, "trigger", launch_event())
        assert status == 201, (status, body)


class TriggerWithoutKey(Flow):
    """The caller has no idempotency key, and does not ask again."""

    name = "trigger, without a key"
    attacked = frozenset({"trigger"})
    is_followed = False
    # Whoever is not answered cannot know.
    expected = Expected(exports=(0, 1), secrets=SECRETS)

    async def act(self, lane: Lane) -> None:
        await self.ask(lane, "trigger", launch_event(None))

    def expect(self, lane: Lane) -> Expected:
        was_accepted = any(status == 201 for status, _ in self.answers)
        return Expected(exports=(1, 1), secrets=SECRETS) if was_accepted else self.expected


class MerchantTrigger(Flow):
    """The merchant API has no idempotency keys: an export that is pending already answers who asks again."""

    name = "trigger, merchant API"
    attacked = frozenset({"merchant"})
    is_followed = False
    expected = Expected(secrets=SECRETS)

    def ledger(self) -> list[Item]:
        return [*payouts(CONTACT), layout("AUDIT_EVENTS")]

    async def act(self, lane: Lane) -> None:
        status, body = await self.insist(lane, "merchant", merchant_launch())
        was_accepted_before = len(self.answers) > 1 and status == 400 and body[0] == "RATE_LIMIT_EXCEEDED"
        assert status == 200 or was_accepted_before, (status, body)


def merchant_launch() -> dict[str, Any]:
    return asked("POST", "/v1/merchants/request-payout-by-contact-export", {"contact_id": "C-1"})
