"""One flow, with a fault at one of its calls or without any."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from .calls import Call
from .checker import Violation, violations
from .faults import FAULTS, Fault
from .flows.base import Flow, expire, look
from .lane import Attack, Lane, Snapshot
from .seen import Expected, Seen

# No case lasts longer, with an SDK that waits for its timeouts.
LONGEST_CASE_SECONDS = 240
UNFINISHED = Violation(1, f"it was not over after {LONGEST_CASE_SECONDS} seconds")
# How many are attacked of the calls that come by a clock, or for each shard.
MOST_TIMED = 2


@dataclass(frozen=True)
class Target:
    """A call of a flow: the how-manieth of its kind."""

    function: str
    call: Call
    occurrence: int

    def __str__(self) -> str:
        number = f" ({self.occurrence})" if self.occurrence > 1 else ""
        return f"{self.function}: {self.call}{number}"


@dataclass(frozen=True)
class Case:
    flow: type[Flow]
    target: Target
    fault: Fault

    @property
    def name(self) -> str:
        return f"{self.flow.name} · {self.target} · {self.fault.name}"


@dataclass(frozen=True)
class Result:
    case: Case
    # Whether the call came at all.
    was_tried: bool
    violations: list[Violation]
    # How long the flow's exports were pending: seconds of the clock that the harness moves.
    pending_for: float = 0.0
    # Whether it was ended because it took too long, which on a busy machine proves nothing.
    is_unfinished: bool = False


@dataclass(frozen=True)
class Baseline:
    """What a flow does without a fault."""

    targets: list[Target]
    sha256: str | None
    violations: list[Violation]


@dataclass(frozen=True)
class Run:
    """What came of a flow."""

    violations: list[Violation]
    sha256: str | None = None
    pending_for: float = 0.0


@dataclass(frozen=True)
class Prepared:
    """A flow in a lane."""

    flow: Flow
    snapshot: Snapshot


async def prepare(flow_type: type[Flow], lane: Lane) -> Prepared:
    lane.attack = Attack(frozenset())
    flow = flow_type()
    await flow.prepare(lane)
    return Prepared(flow, await lane.snapshot(flow.fixed, flow.tables, flow.buckets))


async def baseline(prepared: Prepared, lane: Lane) -> Baseline:
    """Runs a flow without a fault."""
    flow = prepared.flow
    attack = Attack(flow.attacked)
    run = await _run(prepared, lane, attack, None)
    targets = [
        Target(function, call, occurrence)
        for function, call, occurrence in attack.calls
        if str(call) not in flow.timed or occurrence <= MOST_TIMED
    ]
    return Baseline(targets, run.sha256, run.violations)


async def attempt(case: Case, prepared: Prepared, lane: Lane, sha256: str | None) -> Result:
    """Runs a flow with a fault."""
    target = case.target
    attack = Attack(
        prepared.flow.attacked,
        function=target.function,
        call=str(target.call),
        occurrence=target.occurrence,
        fault=case.fault,
    )
    run = await _run(prepared, lane, attack, sha256)
    return Result(case, attack.has_struck, run.violations, run.pending_for, run.violations == [UNFINISHED])


def cases_of(flow: type[Flow], found: Baseline) -> list[Case]:
    """Every call of a flow with every fault that can strike it."""
    return [Case(flow, target, fault) for target in found.targets for fault in FAULTS if fault.can_strike(target.call)]


async def _run(prepared: Prepared, lane: Lane, attack: Attack, sha256: str | None) -> Run:
    flow = prepared.flow
    try:
        return await asyncio.wait_for(_check(prepared, lane, attack, sha256), LONGEST_CASE_SECONDS)
    except asyncio.TimeoutError:
        # Nothing of it may disturb the next case.
        await lane.stop()
        return Run([UNFINISHED])
    except Exception as error:
        # Whatever it is, the flow did not come to its end as it should.
        return Run([Violation(1, f"{type(error).__name__}: {error} {flow.answers or ''}"[:300])])


async def _check(prepared: Prepared, lane: Lane, attack: Attack, sha256: str | None) -> Run:
    flow = prepared.flow
    flow.answers = []
    lane.attack = Attack(frozenset())
    await lane.restore(prepared.snapshot)
    if flow.learns:
        await lane.end(flow.attacked)
    marks = lane.log_marks()
    lane.attack = attack
    await flow.act(lane)
    await lane.settle()
    expected = _expected(flow, lane, sha256)
    # What is done to look is no part of the flow.
    lane.attack = Attack(frozenset())
    seen = await look(lane, lane.ended_after or 0, flow.answers, lane.logged_since(marks))
    found = violations(seen, expected) + await flow.check(lane)
    if flow.is_followed and not found:
        await expire(lane)
        over = replace(expected, is_over=True, statuses=_after_expiry(expected.statuses), within=float("inf"))
        found = violations(await look(lane, 0, [], ""), over)
    return Run(found, _digest(seen), seen.ended_after)


def _expected(flow: Flow, lane: Lane, sha256: str | None) -> Expected:
    expected = flow.expect(lane)
    tokens = tuple(mail.link[1] for mail in lane.mails if mail.link)
    return replace(expected, sha256=sha256, secrets=(*expected.secrets, *tokens))


def _after_expiry(statuses: frozenset[str]) -> frozenset[str]:
    return frozenset("EXPIRED" if status == "READY" else status for status in statuses)


def _digest(seen: Seen) -> str | None:
    files: list[dict[str, Any]] = [export["file"] for export in seen.exports() if "file" in export]
    return files[-1]["sha256"] if files else None
