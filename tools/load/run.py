"""`make load`: 200 users of 20 tenants for five minutes, and what must be true of it."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import httpx
from rich.markup import escape
from stack import lifecycle
from stack.settings import LOCAL, Failure, Stack
from stack.steps import Steps, console

from . import ending, tenants
from .tally import Tally
from .users import Someone

FILE = LOCAL / "load.json"


def load(stack: Stack, steps: Steps, *, minutes: float, users: int, tenant_count: int, think_seconds: float) -> None:
    """Lets the users work and writes `.local/load.json`. Fails if something of ours was not as it must be."""
    described = lifecycle.up(stack, steps)
    with steps.step("tenants", f"Making {tenant_count} tenants with {users} users"):
        made = tenants.make(stack, described, tenant_count, users)
    tally, began = Tally(), time.time()
    with steps.step("users", f"{users} users at work for {minutes:g} minutes"):
        asyncio.run(_work(described["operatorApiUrl"], made, tally, minutes * 60, think_seconds))
    with steps.step("ends", "Waiting until each accepted export has ended"):
        statuses = ending.statuses(stack, described["exportsTable"], tally.accepted)
    found = _described(tally, statuses, minutes, users, tenant_count, think_seconds)
    found["serverErrorsOfOurs"] = ending.errors_of_ours(stack, tally.server_errors, began)
    found["serverErrorsInLogs"] = dict(ending.logged_errors(stack, began))
    FILE.write_text(json.dumps(found, indent=2) + "\n")
    console.print_json(json.dumps(found["acts"]))
    console.print(steps.table())
    wrong = _wrong(found)
    console.print(
        f"{found['requests']} requests, {len(tally.accepted)} exports: {dict(statuses)}. Written to .local/load.json."
    )
    if wrong:
        raise Failure("\n".join(escape(line) for line in wrong))


async def _work(url: str, made: list[tenants.Tenant], tally: Tally, seconds: float, think_seconds: float) -> None:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
    by_id = {tenant.id: tenant for tenant in made}
    async with httpx.AsyncClient(timeout=60, limits=limits, trust_env=False) as http:
        everyone = [Someone(http, url, user, by_id, tally) for tenant in made for user in tenant.users]
        until = time.monotonic() + seconds
        await asyncio.gather(*(someone.work(until, think_seconds) for someone in everyone))


def _described(
    tally: Tally, statuses: Mapping[str, int], minutes: float, users: int, tenant_count: int, think_seconds: float
) -> dict[str, Any]:
    answers = sum(tally.answers.values(), Counter())
    return {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "minutes": minutes,
        "users": users,
        "tenants": tenant_count,
        "thinkSeconds": think_seconds,
        "requests": sum(answers.values()),
        "answers": dict(sorted(answers.items())),
        "acts": tally.described(),
        "exports": dict(sorted(statuses.items())),
        "serverErrors": len(tally.server_errors),
        "unexpected": tally.unexpected,
        "leaks": tally.leaks,
    }


def _wrong(found: Mapping[str, Any]) -> list[str]:
    """What must not be, in sentences."""
    still = {status: count for status, count in found["exports"].items() if status in {"PENDING", "LOST"}}
    complaints = [
        (found["serverErrorsOfOurs"], "Functions answered with 5xx: "),
        (found["leaks"], "Something crossed a tenant: "),
        (found["unexpected"], "Answers that no rule explains: "),
        (still, "Accepted exports did not end: "),
    ]
    return [f"{words}{what}" for what, words in complaints if what]
