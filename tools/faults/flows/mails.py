"""Mails that are sent again, links that are revoked, and what becomes of mails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from ..aws import plain
from ..checker import Violation
from ..lane import Lane
from ..requests import CC, EMAIL, asked
from ..seen import Expected
from .base import SECRETS, Flow


class OfReady(Flow):
    """It begins with a READY export."""

    is_followed = False
    expected = Expected(secrets=SECRETS)
    export_id = ""

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        self.export_id = await self.make(lane)


class Resend(OfReady):
    """The user has the mail sent again, and asks until there is an answer."""

    name = "resend"
    attacked = frozenset({"resend"})
    is_followed = True

    async def act(self, lane: Lane) -> None:
        path = f"/v1/exports/{self.export_id}/resend-email"
        status, _ = await self.insist(lane, "resend", asked("POST", path, {}))
        # A request that came right after one that failed may be told to wait, and a mail may be refused for good.
        assert status in (200, 429), self.answers


class Links(OfReady):
    """The user looks at the links, and revokes the first of two."""

    name = "links"
    attacked = frozenset({"links"})
    is_followed = True

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        await self.insist(lane, "resend", asked("POST", f"/v1/exports/{self.export_id}/resend-email", {}))
        await lane.settle()

    async def act(self, lane: Lane) -> None:
        path = f"/v1/exports/{self.export_id}/links"
        status, body = await self.insist(lane, "links", asked("GET", path))
        assert status == 200 and len(body["items"]) == 2, self.answers
        status, body = await self.insist(lane, "links", asked("DELETE", f"{path}/{body['items'][-1]['linkId']}"))
        assert status == 200 and body["revokedAt"], self.answers

    async def check(self, lane: Lane) -> list[Violation]:
        links = [plain(item) for item in await lane.items_of("ExportsTable", "links#")]
        revoked = ["revokedAt" in link for link in links]
        return [] if sorted(revoked) == [False, True] else [Violation(8, f"{sum(revoked)} links of 2 are revoked")]


class MailEvents(OfReady):
    """The mail service tells that the mail has reached one of two people, and that the other's address refuses it."""

    name = "mail events"
    attacked = frozenset({"mail-events"})

    async def act(self, lane: Lane) -> None:
        [mail] = lane.mails
        for event in _events(mail.message_id):
            lane.send("MailEventsQueue", event)

    async def check(self, lane: Lane) -> list[Violation]:
        [sending] = [plain(item) for item in await lane.items_of("ExportsTable", "sending#")]
        suppressed = [item["sort"]["S"] for item in await lane.items_of("ExportsTable", "suppressed#")]
        found = {address: arrival["state"] for address, arrival in sending.get("arrivals", {}).items()}
        wanted = {EMAIL: "DELIVERED", CC: "BOUNCED"}
        return [Violation(7, sentence) for sentence in _differences(found, wanted, suppressed)]


def _differences(found: dict[str, str], wanted: dict[str, str], suppressed: list[str]) -> Iterator[str]:
    if found != wanted:
        yield f"the mail's arrivals are {sorted(found.values())}"
    if suppressed != [CC]:
        yield f"{len(suppressed)} addresses are skipped"


def _events(message_id: str) -> Iterator[dict[str, Any]]:
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    mail = {"messageId": message_id, "timestamp": now, "destination": [EMAIL, CC]}
    delivery = {"timestamp": now, "recipients": [EMAIL]}
    bounce = {"bounceType": "Permanent", "timestamp": now, "bouncedRecipients": [{"emailAddress": CC}]}
    for kind, told in (("Delivery", {"delivery": delivery}), ("Bounce", {"bounce": bounce})):
        yield {"source": "aws.ses", "detail": {"eventType": kind, "mail": mail, **told}}
