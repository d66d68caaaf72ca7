"""What a user does: looks, launches, fetches, sends again, cancels, and thinks in between."""

from __future__ import annotations

import asyncio
import random
import re
import time
from typing import Any

import httpx

from .tally import Tally
from .tenants import DATASET, Tenant, User, ids_in

EXPORTS = f"/v1/payments/{DATASET}/export"
EXPORT_ID = re.compile(r"exp_[0-9a-z]{27}")
# How often each is done, compared with the others.
WEIGHTS = {
    "list": 24,
    "detail": 24,
    "launch": 16,
    "download": 14,
    "resend": 6,
    "cancel": 4,
    "records": 8,
    "stranger": 4,
}


class Someone:
    """One user at work, until the time is over."""

    def __init__(self, http: httpx.AsyncClient, url: str, user: User, tenants: dict[str, Tenant], tally: Tally) -> None:
        self.http = http
        self.url = url
        self.user = user
        self.tenants = tenants
        self.tally = tally
        self.own: list[str] = []
        self.random = random.Random(user.key)

    async def work(self, until: float, think_seconds: float) -> None:
        # Not all in the first second.
        await asyncio.sleep(self.random.uniform(0, think_seconds))
        while time.monotonic() < until:
            act = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            await getattr(self, act)()
            pause = self.random.expovariate(1 / think_seconds)
            await asyncio.sleep(min(pause, max(0, until - time.monotonic())))

    async def list(self) -> None:
        await self._ask("list", "GET", f"{EXPORTS}?limit=20", {200})

    async def records(self) -> None:
        await self._ask("records", "GET", f"/v1/payments/{DATASET}?limit=20", {200})

    async def launch(self) -> None:
        # The user may have one that is pending.
        answer = await self._ask("launch", "POST", EXPORTS, {201, 409}, json={"cc": ["finance@example.com"]})
        if answer and answer.status_code == 201:
            export_id = answer.json()["exportId"]
            self.tally.accepted[export_id] = self.user.tenant
            self.own.append(export_id)

    async def detail(self) -> None:
        if export_id := self._one_of_mine():
            await self._ask("detail", "GET", f"{EXPORTS}/{export_id}?downloadUrl=false", {200})

    async def download(self) -> None:
        export_id = self._one_of_mine()
        shown = export_id and await self._ask("detail", "GET", f"{EXPORTS}/{export_id}", {200})
        url = shown.json().get("downloadUrl") if shown and shown.status_code == 200 else None
        if not url:
            return
        began = time.monotonic()
        try:
            file = await self.http.get(url)
        except httpx.HTTPError as error:
            self.tally.unanswered("download", type(error).__name__)
            return
        self.tally.answered("download", file.status_code, time.monotonic() - began, {200}, file.text, "")
        if file.status_code == 200 and not ids_in(file.text) <= self.tenants[self.user.tenant].records:
            self.tally.leaks.append(f"the file of {export_id} has records that are not of {self.user.tenant}")

    async def resend(self) -> None:
        if export_id := self._one_of_mine():
            # Not of one that is pending or over.
            await self._ask("resend", "POST", f"/v1/exports/{export_id}/resend-email", {200, 202, 409})

    async def cancel(self) -> None:
        if self.own:
            await self._ask("cancel", "POST", f"/v1/exports/{self.own[-1]}/cancel", {200, 409})

    async def stranger(self) -> None:
        """Asks for what is another tenant's."""
        others = [export_id for export_id, tenant in self.tally.accepted.items() if tenant != self.user.tenant]
        if others:
            export_id = self.random.choice(others)
            method, path = self.random.choice(
                [
                    ("GET", f"{EXPORTS}/{export_id}"),
                    ("POST", f"/v1/exports/{export_id}/cancel"),
                    ("POST", f"/v1/exports/{export_id}/resend-email"),
                    ("GET", f"/v1/exports/{export_id}/links"),
                ]
            )
            await self._ask("stranger", method, path, {404})

    def _one_of_mine(self) -> str | None:
        return self.random.choice(self.own[-5:]) if self.own else None

    async def _ask(self, act: str, method: str, path: str, expected: set[int], **options: Any) -> httpx.Response | None:
        began = time.monotonic()
        try:
            answer = await self.http.request(method, self.url + path, headers=self.user.headers, **options)
        except httpx.HTTPError as error:
            self.tally.unanswered(act, type(error).__name__)
            return None
        seconds = time.monotonic() - began
        self.tally.answered(act, answer.status_code, seconds, expected, answer.text, _request_id(answer))
        if answer.is_success:
            self.tally.saw(self.user.tenant, set(EXPORT_ID.findall(answer.text)))
        return answer


def _request_id(answer: httpx.Response) -> str:
    """The id that the answer names, to be looked for in the logs."""
    try:
        return str(answer.json().get("requestId", ""))
    except (ValueError, AttributeError):
        return ""
