"""The operator API as its callers use it."""

from __future__ import annotations

import gzip
import time
from dataclasses import dataclass
from typing import Any

import httpx

ENDED = {"READY", "FAILED", "CANCELLED", "EXPIRED"}
TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Caller:
    """One key of `stack.json`."""

    key: str
    role: str
    tenantId: str
    userId: str
    email: str
    supplierId: str | None = None
    contactId: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"dj-client": self.role, "dj-api-key": self.key}


class Api:
    """Requests to the operator API; answers are httpx's, unchecked."""

    def __init__(self, base_url: str, http: httpx.Client) -> None:
        self.base_url = base_url
        self.http = http

    def get(self, caller: Caller, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", caller, path, **options)

    def post(self, caller: Caller, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", caller, path, **options)

    def request(self, method: str, caller: Caller, path: str, **options: Any) -> httpx.Response:
        headers = {**caller.headers, **options.pop("headers", {})}
        return self.http.request(method, self.base_url + path, headers=headers, **options)

    def trigger(self, caller: Caller, dataset: str, body: Any = None, **options: Any) -> httpx.Response:
        if body is not None:
            options["json"] = body
        return self.post(caller, f"/v1/payments/{dataset}/export", **options)

    def detail(self, caller: Caller, dataset: str, export_id: str) -> httpx.Response:
        return self.get(caller, f"/v1/payments/{dataset}/export/{export_id}")

    def launch(self, caller: Caller, dataset: str, body: Any = None) -> dict[str, Any]:
        """An accepted export. One that is pending from an earlier test is waited for."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            answer = self.trigger(caller, dataset, body)
            if answer.status_code != 409 or time.monotonic() > deadline:
                break
            self.wait(caller, dataset, answer.json()["exportId"])
        assert answer.status_code in (201, 202), answer.text
        return answer.json()

    def wait(self, caller: Caller, dataset: str, export_id: str) -> dict[str, Any]:
        """The export once it has ended."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            export = self.detail(caller, dataset, export_id).json()
            if export["status"] in ENDED:
                return export
            time.sleep(0.1)
        raise AssertionError(f"{export_id} is {export['status']} after {TIMEOUT_SECONDS} s")

    def make(self, caller: Caller, dataset: str, body: Any = None) -> dict[str, Any]:
        """A READY export, as its detail shows it."""
        launched = self.launch(caller, dataset, body)
        export = self.wait(caller, dataset, launched["exportId"])
        assert export["status"] == "READY", export
        return export

    def download(self, export: dict[str, Any]) -> str:
        """The text of a READY export's file, unpacked if the file is compressed."""
        content = self.fetch(export).content
        if export.get("compression") == "gzip":
            content = gzip.decompress(content)
        return content.decode("utf-8")

    def fetch(self, export: dict[str, Any]) -> httpx.Response:
        """The file of a READY export, as its detail's URL gives it."""
        answer = self.http.get(export["downloadUrl"])
        assert answer.status_code == 200, answer.text
        return answer
