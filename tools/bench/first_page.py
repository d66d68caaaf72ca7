"""How soon a small export is READY where each call takes its time, and how many calls wait for others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from stack.steps import console

from .clients import export, generator
from .settings import CALL_LATENCY_MS, FIRST_PAGE_ROWS, Cores, Plan

LATENCY = ("--call-latency-ms", str(CALL_LATENCY_MS))
# The first query of the ledger's records, and what ends an export.
PAGE = "Query by-position"
END = "TransactWriteItems"


@dataclass(frozen=True)
class Call:
    """A call, in milliseconds since the Unix epoch."""

    name: str
    began_at: float
    ended_at: float


def calls_of(stats: dict[str, Any]) -> list[Call]:
    """The calls that the server has noted, in the order in which they began."""
    calls = [Call(call["name"], call["beganAt"], call["endedAt"]) for call in stats["calls"]]
    return sorted(calls, key=lambda call: call.began_at)


def until_ready(calls: Iterable[Call]) -> list[Call]:
    """The calls of one export up to and with the one that ends it."""
    calls = list(calls)
    last = max(number for number, call in enumerate(calls) if call.name == END)
    return calls[: last + 1]


def sequence(calls: Iterable[Call]) -> list[list[str]]:
    """The names of calls that waited for as many others, step after step: calls that overlap did not wait."""
    steps: list[list[Call]] = []
    for call in calls:
        # A call waited for those that had ended when it began.
        place = max((number + 1 for number, step in enumerate(steps) if _waited(call, step)), default=0)
        if place == len(steps):
            steps.append([])
        steps[place].append(call)
    return [sorted({call.name for call in step}) for step in steps]


def _waited(call: Call, step: list[Call]) -> bool:
    return any(before.ended_at <= call.began_at for before in step)


def measure(plan: Plan, cores: Cores) -> dict[str, Any]:
    """From the message to the first page asked for, and to READY."""
    first_pages, ready, steps = [], [], []
    for _ in range(plan.runs):
        run = export(generator(), FIRST_PAGE_ROWS, cores, *LATENCY)
        calls = until_ready(calls_of(run.stats))
        assert run.began_at_ms is not None
        first_pages.append(next(call.began_at for call in calls if call.name == PAGE) - run.began_at_ms)
        ready.append(calls[-1].ended_at - run.began_at_ms)
        steps.append(sequence(calls))
    found = {
        "callMs": CALL_LATENCY_MS,
        "rows": FIRST_PAGE_ROWS,
        "firstPageMs": round(median(first_pages), 1),
        "readyMs": round(median(ready), 1),
        "sequentialCalls": max(map(len, steps)),
    }
    console.print(
        f"    {FIRST_PAGE_ROWS} rows: first page asked for after {found['firstPageMs']} ms, READY after"
        f" {found['readyMs']} ms, {found['sequentialCalls']} calls one after another"
    )
    return found
