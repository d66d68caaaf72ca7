"""Webhooks as their operators, and the stack's bus, know them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from support.api import Api, Caller
from support.receiver import Received

TIMEOUT_SECONDS = 60
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


def event_id() -> str:
    """A new event's id: `evt_` and a ULID in lower case."""
    number = int(time.time() * 1000) << 80 | secrets.randbits(80)
    return "evt_" + "".join(DIGITS[number >> shift & 31] for shift in range(125, -5, -5))


def event_of(tenant: str, event_type: str, identifier: str, **data: str) -> dict[str, Any]:
    """What the bus has of an event."""
    export = {
        "exportId": "exp_01kh0c8rm0e4t8v2zj6m3x9q5af",
        "exportType": "FUNDING_TRANSFERS",
        "status": event_type.removeprefix("export.").upper(),
        "requesterId": "ana",
    }
    return {
        "id": identifier,
        "type": event_type,
        "timestamp": "2026-11-26T06:00:00Z",
        "tenantId": tenant,
        "data": {**export, **data},
    }


def signature(secret: str, request: Received) -> str:
    """What a request must be signed with: Standard Webhooks, written out here once more."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Publisher:
    """Puts events onto the stack's bus, as exports do that end."""

    def __init__(self, events: Any, name: str) -> None:
        self.events = events
        self.name = name

    def put(self, tenant: str, event_type: str = "export.ready", identifier: str | None = None, **data: str) -> str:
        """An event of an export. Returns its id."""
        identifier = identifier or event_id()
        detail = event_of(tenant, event_type, identifier, **data)
        entry = {
            "EventBusName": self.name,
            "Source": "payout-exports",
            "DetailType": event_type,
            "Detail": json.dumps(detail),
        }
        assert self.events.put_events(Entries=[entry])["FailedEntryCount"] == 0
        return identifier


class Webhooks:
    """The operations of the API, for callers who may do them."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def register(self, caller: Caller, url: str, **body: Any) -> dict[str, Any]:
        answer = self.api.post(caller, "/v1/webhooks", json={"url": url, **body})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def show(self, caller: Caller, webhook: dict[str, Any]) -> dict[str, Any]:
        return self.api.get(caller, f"/v1/webhooks/{webhook['webhookId']}").json()

    def test(self, caller: Caller, webhook: dict[str, Any]) -> dict[str, Any]:
        answer = self.api.post(caller, f"/v1/webhooks/{webhook['webhookId']}/test")
        assert answer.status_code == 202, answer.text
        return answer.json()

    def deliveries(self, caller: Caller, webhook: dict[str, Any], **parameters: Any) -> dict[str, Any]:
        path = f"/v1/webhooks/{webhook['webhookId']}/deliveries"
        answer = self.api.get(caller, path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ended(self, caller: Caller, webhook: dict[str, Any], identifier: str) -> dict[str, Any]:
        """An event's delivery, once it is DELIVERED or FAILED."""
        return self.once(caller, webhook, identifier, lambda delivery: delivery["state"] != "PENDING")

    def once(self, caller: Caller, webhook: dict[str, Any], identifier: str, is_so: Any) -> dict[str, Any]:
        """An event's delivery, once something is so."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        found: list[dict[str, Any]] = []
        while time.monotonic() < deadline:
            items = self.deliveries(caller, webhook)["items"]
            found = [delivery for delivery in items if delivery["eventId"] == identifier]
            if found and is_so(found[0]):
                assert len(found) == 1
                return found[0]
            time.sleep(0.1)
        raise AssertionError(f"not within {TIMEOUT_SECONDS} s: {found}")
