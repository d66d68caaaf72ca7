"""What has happened is told: on the bus, in the audit trail, and to the tenants' endpoints."""

from __future__ import annotations

from typing import Any

from ..aws import plain
from ..checker import Violation
from ..lane import Lane
from ..receiver import Receiver
from ..records import TENANT
from ..requests import asked
from ..seen import Expected
from .base import SECRETS, Flow

EVENT_ID = "evt_01kh0c8rm0e4t8v2zj6m3x9q5b"


class Publisher(Flow):
    """An export is launched, made and mailed: the stream hands each event to the publisher."""

    name = "publisher"
    attacked = frozenset({"publisher"})
    learns = True
    is_followed = False
    expected = Expected(secrets=SECRETS)

    async def act(self, lane: Lane) -> None:
        await self.launch(lane)


class WebhookSender(Flow):
    """An event is posted to an endpoint, which has trouble at first."""

    name = "webhook sender"
    attacked = frozenset({"webhook-sender"})
    is_followed = False
    tables = ("ExportsTable", "WebhooksTable", "WebhookSecretsTable")
    expected = Expected(exports=(0, 0), secrets=SECRETS)

    def __init__(self) -> None:
        super().__init__()
        self.receiver = Receiver()

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        for table in ("WebhooksTable", "WebhookSecretsTable"):
            await lane.replace(table, [])
        url = await self.receiver.open()
        status, body = await self.insist(lane, "webhooks", asked("POST", "/v1/webhooks", {"url": url}))
        assert status == 201, (status, body)

    async def act(self, lane: Lane) -> None:
        self.receiver.begin([500])
        lane.send("WebhookQueue", _export_event())

    async def check(self, lane: Lane) -> list[Violation]:
        deliveries = [plain(item) for item in await lane.items_of("WebhooksTable", "deliveries#")]
        states = [delivery["state"] for delivery in deliveries]
        found = [] if states == ["DELIVERED"] else [Violation(11, f"the event's deliveries are {states}")]
        if set(self.receiver.ids) != {EVENT_ID} or len(self.receiver.ids) < 2:
            found.append(Violation(11, f"the endpoint was posted to under the ids {self.receiver.ids}"))
        return found

    async def close(self) -> None:
        await self.receiver.close()


class Webhooks(Flow):
    """An endpoint is registered, its secret rotated, and another one removed, each until there is an answer."""

    name = "webhooks"
    attacked = frozenset({"webhooks"})
    is_followed = False
    tables = ("ExportsTable", "WebhooksTable", "WebhookSecretsTable")
    expected = Expected(exports=(0, 0), secrets=SECRETS)
    webhook_id = ""

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        for table in ("WebhooksTable", "WebhookSecretsTable"):
            await lane.replace(table, [])
        self.webhook_id = await self._register(lane)

    async def act(self, lane: Lane) -> None:
        path = f"/v1/webhooks/{await self._register(lane)}"
        status, body = await self.insist(lane, "webhooks", asked("POST", f"{path}/rotate-secret", {}))
        assert status == 200 and body["secret"], self.answers
        status, _ = await self.insist(lane, "webhooks", asked("DELETE", f"/v1/webhooks/{self.webhook_id}"))
        # It is gone already if the answer to the first request was lost.
        assert status in (204, 404), self.answers

    async def check(self, lane: Lane) -> list[Violation]:
        items = {item["sort"]["S"]: item for item in await lane.items_of("WebhooksTable", "webhooks#")}
        count = int(items.pop("count")["count"]["N"])
        secrets = {item["sort"]["S"] for item in await lane.items_of("WebhookSecretsTable", "secrets#")}
        found = []
        if count != len(items) or self.webhook_id in items or not items:
            found.append(Violation(11, f"{count} endpoints are counted, and there are {len(items)}"))
        if secrets != items.keys():
            found.append(Violation(11, f"there are {len(items)} endpoints, and secrets of {len(secrets)}"))
        return found

    async def _register(self, lane: Lane) -> str:
        body = {"url": "http://127.0.0.1:9/hook"}
        status, shown = await self.insist(lane, "webhooks", asked("POST", "/v1/webhooks", body))
        assert status == 201, (status, shown)
        return shown["webhookId"]


def _export_event() -> dict[str, Any]:
    data = {
        "exportId": "exp_01kh0c8rm0e4t8v2zj6m3x9q5af",
        "exportType": "FUNDING_TRANSFERS",
        "status": "READY",
        "requesterId": "usr-ana",
    }
    detail = {
        "id": EVENT_ID,
        "type": "export.ready",
        "timestamp": "2026-11-20T09:30:00Z",
        "tenantId": TENANT,
        "data": data,
    }
    return {"version": "0", "source": "payout-exports", "detail-type": "export.ready", "detail": detail}
