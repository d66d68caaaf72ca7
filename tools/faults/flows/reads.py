"""Answers that change nothing, or only note that they were given."""

from __future__ import annotations

from typing import Any

from ..aws import Item
from ..lane import Lane
from ..process import Outcome
from ..records import ROWS, layout, payouts
from ..requests import DATASET, asked, authorization
from ..seen import Expected
from .base import SECRETS, Flow, click_event
from .launches import CONTACT, merchant_launch


class Reading(Flow):
    """A request about a READY export, made until it is answered. The answer is the one that is always given."""

    is_followed = False
    expected = Expected(secrets=SECRETS)
    export_id = ""

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        self.export_id = await self.make(lane)

    def event(self, lane: Lane) -> dict[str, Any]:
        raise NotImplementedError

    async def act(self, lane: Lane) -> None:
        [function] = self.attacked
        status, body = await self.insist(lane, function, self.event(lane))
        self.approve(status, body)

    def approve(self, status: int, body: Any) -> None:
        assert status == 200, self.answers


class List(Reading):
    name = "list"
    attacked = frozenset({"list"})

    def event(self, lane: Lane) -> dict[str, Any]:
        return asked("GET", f"{DATASET}/export")

    def approve(self, status: int, body: Any) -> None:
        super().approve(status, body)
        assert [item["exportId"] for item in body["items"]] == [self.export_id], body


class Detail(Reading):
    """The detail gives the file away, which is a download."""

    name = "detail"
    attacked = frozenset({"detail"})

    def event(self, lane: Lane) -> dict[str, Any]:
        return asked("GET", f"{DATASET}/export/{self.export_id}")

    def approve(self, status: int, body: Any) -> None:
        super().approve(status, body)
        assert body["status"] == "READY" and body["downloadUrl"], body


class Download(Reading):
    """Somebody clicks on the link in the mail, until there is an answer."""

    name = "download"
    attacked = frozenset({"download"})

    def event(self, lane: Lane) -> dict[str, Any]:
        [mail] = lane.mails
        assert mail.link
        return click_event(*mail.link)

    def approve(self, status: int, body: Any) -> None:
        assert status == 302, self.answers


class Authorizer(Reading):
    """The gateway asks who somebody is. An error is answered 500; nobody is let in or turned away by mistake."""

    name = "authorizer"
    attacked = frozenset({"authorizer"})

    async def act(self, lane: Lane) -> None:
        for _ in range(3):
            outcome = await lane.invoke("authorizer", authorization())
            if outcome.is_answered:
                break
            self.refuse_a_refusal(outcome)
        assert outcome.payload["policyDocument"]["Statement"][0]["Effect"] == "Allow", outcome
        assert outcome.payload["context"]["tenantId"] == "acme", outcome

    def refuse_a_refusal(self, outcome: Outcome) -> None:
        """The gateway answers 401 to this one word."""
        message = (outcome.payload or {}).get("errorMessage")
        assert message != "Unauthorized", "a good key is turned away"


class Records(Reading):
    """A page of the ledger."""

    name = "records"
    attacked = frozenset({"records"})

    def event(self, lane: Lane) -> dict[str, Any]:
        return asked("GET", DATASET)

    def approve(self, status: int, body: Any) -> None:
        super().approve(status, body)
        # If the ledger is slow, the page is short and says so.
        assert len(body["items"]) == ROWS or body["nextCursor"], body


class Estimate(Reading):
    """What an export would come to."""

    name = "estimate"
    attacked = frozenset({"estimate"})

    def event(self, lane: Lane) -> dict[str, Any]:
        return asked("POST", f"{DATASET}/export/estimate", {})

    def approve(self, status: int, body: Any) -> None:
        super().approve(status, body)
        rows = body["rowCount"]
        # If the ledger is slow, the estimate is one.
        assert rows["min"] <= ROWS <= rows["max"], body
        assert not rows["isExact"] or rows["min"] == rows["max"], body


class Find(Reading):
    """The merchant API shows an export and gives its file away."""

    name = "find, merchant API"
    attacked = frozenset({"merchant"})

    def ledger(self) -> list[Item]:
        return [*payouts(CONTACT), layout("AUDIT_EVENTS")]

    async def make(self, lane: Lane) -> str:
        status, body = await self.insist(lane, "merchant", merchant_launch())
        assert status == 200, (status, body)
        await lane.settle()
        return body["export_id"]

    def event(self, lane: Lane) -> dict[str, Any]:
        return asked("POST", "/v1/merchants/find-export", {"export_id": self.export_id})

    def approve(self, status: int, body: Any) -> None:
        super().approve(status, body)
        assert body["download_url"], body
