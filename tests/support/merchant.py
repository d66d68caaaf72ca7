"""The merchant API as its callers use it."""

from __future__ import annotations

import time
from typing import Any

import httpx

from support.api import Caller

TIMEOUT_SECONDS = 60


class MerchantApi:
    """Requests to the merchant API; answers are httpx's, unchecked."""

    def __init__(self, base_url: str, http: httpx.Client) -> None:
        self.base_url = base_url
        self.http = http

    def post(
        self, caller: Caller, operation: str, body: Any = None, prefix: str = "", **options: Any
    ) -> httpx.Response:
        if body is not None:
            options["json"] = body
        headers = {"authorization": f"Bearer {caller.key}", **options.pop("headers", {})}
        return self.http.post(f"{self.base_url}{prefix}/merchants/{operation}", headers=headers, **options)

    def request(self, caller: Caller, contact_id: str, **options: Any) -> httpx.Response:
        return self.post(caller, "request-payout-by-contact-export", {"contact_id": contact_id}, **options)

    def find(self, caller: Caller, export_id: str, **options: Any) -> httpx.Response:
        return self.post(caller, "find-export", {"export_id": export_id}, **options)

    def list(self, caller: Caller, body: Any = None, **options: Any) -> httpx.Response:
        return self.post(caller, "list-exports", body, **options)

    def wait(self, caller: Caller, export_id: str) -> dict[str, Any]:
        """The export once it has ended."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            export = self.find(caller, export_id).json()
            if export["status"] != "pending":
                return export
            time.sleep(0.1)
        raise AssertionError(f"{export_id} is pending after {TIMEOUT_SECONDS} s")

    def make(self, caller: Caller, contact_id: str) -> dict[str, Any]:
        """A completed export."""
        answer = self.request(caller, contact_id)
        assert answer.status_code == 200, answer.text
        export = self.wait(caller, answer.json()["export_id"])
        assert export["status"] == "completed", export
        return export


def triple(answer: httpx.Response, code: str, status: int = 400) -> list[tuple[str, str]]:
    """The bad arguments of a refusal, as argument and type; from a function or the gateway."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].partition(";")[0] == "application/json"
    found, message, details = answer.json()
    assert found == code
    assert message
    for detail in details:
        assert set(detail) == {"type", "argument", "message"}
    return sorted((detail["argument"], detail["type"]) for detail in details)
