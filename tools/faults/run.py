"""Runs every case, several side by side."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from stack import emulator
from stack.settings import Failure, Stack, free_port
from stack.steps import console

from .case import Baseline, Case, Prepared, Result, attempt, baseline, cases_of, prepare
from .cloud import Cloud, Template, prepare_account
from .flows.base import Flow
from .lane import Lane


@dataclass(frozen=True)
class Plan:
    """What is tried."""

    flows: Sequence[type[Flow]]
    # Lanes for what keeps the machine busy, and lanes for what mostly waits.
    busy_lanes: int = 5
    waiting_lanes: int = 20
    # Names of faults and parts of names of calls; empty means all.
    faults: frozenset[str] = frozenset()
    calls: str = ""

    def admits(self, case: Case) -> bool:
        return (not self.faults or case.fault.name in self.faults) and self.calls in str(case.target)


@dataclass
class Tally:
    """What was tried up to now. It is told of each result, so that an interrupted run has proved something, too."""

    baselines: dict[str, Baseline] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    planned: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


class Worker:
    """A lane with the flows that were prepared in it."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.last_flow = ""
        self._prepared: dict[str, Prepared] = {}

    async def stop(self) -> None:
        for prepared in self._prepared.values():
            await prepared.flow.close()
        await self.lane.stop()

    async def prepared(self, flow: type[Flow]) -> Prepared:
        if flow.name not in self._prepared:
            self._prepared[flow.name] = await prepare(flow, self.lane)
        return self._prepared[flow.name]


@asynccontextmanager
async def emulated() -> AsyncIterator[Stack]:
    """A local AWS of its own, with nothing in it but what lanes put there."""
    stack = Stack(free_port())
    stack.folder.mkdir(parents=True, exist_ok=True)
    try:
        await asyncio.to_thread(emulator.start, stack)
        await asyncio.to_thread(prepare_account, stack)
        yield stack
    finally:
        await asyncio.to_thread(emulator.stop, stack)
        shutil.rmtree(stack.folder, ignore_errors=True)


async def run(plan: Plan, tally: Tally | None = None) -> Tally:
    """Tries every case of the plan."""
    tally = tally or Tally()
    template = Template()
    async with emulated() as stack:
        workers = [
            Worker(Lane(Cloud(template, stack, str(number)), stack.folder / "faults" / str(number)))
            for number in range(plan.busy_lanes + plan.waiting_lanes)
        ]
        try:
            for worker in workers:
                await worker.lane.start()
            await _baselines(plan, workers, tally)
            await _cases(plan, workers, tally)
        finally:
            for worker in workers:
                await worker.stop()
    return tally


async def _baselines(plan: Plan, workers: list[Worker], tally: Tally) -> None:
    flows = deque(plan.flows)

    async def work(worker: Worker) -> None:
        while flows:
            flow = flows.popleft()
            tally.baselines[flow.name] = await baseline(await worker.prepared(flow), worker.lane)

    await asyncio.gather(*(work(worker) for worker in workers[: plan.busy_lanes]))
    for name, one in tally.baselines.items():
        if one.violations:
            raise Failure(f"The flow {name} breaks a promise without any fault: {one.violations[0]}")


async def _cases(plan: Plan, workers: list[Worker], tally: Tally) -> None:
    baselines, results = tally.baselines, tally.results
    cases = [case for flow in plan.flows for case in cases_of(flow, baselines[flow.name]) if plan.admits(case)]
    tally.planned = len(cases)
    quick = [case for case in cases if not case.fault.is_slow]
    slow = [case for case in cases if case.fault.is_slow]
    in_lanes: Counter[str] = Counter()

    async def work(worker: Worker, *queues: list[Case]) -> None:
        while (case := _next(in_lanes, worker.last_flow, *queues)) is not None:
            worker.last_flow = case.flow.name
            in_lanes[case.flow.name] += 1
            prepared = await worker.prepared(case.flow)
            result = await attempt(case, prepared, worker.lane, baselines[case.flow.name].sha256)
            in_lanes[case.flow.name] -= 1
            results.append(result)
            for violation in result.violations:
                console.print(f"[red]✗[/] {case.name}: {violation.invariant}: {violation.seen}", soft_wrap=True)
            if len(results) % 100 == 0:
                console.print(f"  {len(results)} of {len(cases)}")

    busy, waiting = workers[: plan.busy_lanes], workers[plan.busy_lanes :]
    await asyncio.gather(*(work(worker, quick, slow) for worker in busy), *(work(worker, slow) for worker in waiting))
    # What was not over in time is tried once more, with the machine to itself.
    for index, result in enumerate(results):
        if result.is_unfinished:
            [worker, *_] = workers
            prepared = await worker.prepared(result.case.flow)
            sha256 = baselines[result.case.flow.name].sha256
            results[index] = await attempt(result.case, prepared, worker.lane, sha256)


def _next(in_lanes: Counter[str], last_flow: str, *queues: list[Case]) -> Case | None:
    """Takes the next case: of the flow that the lane had last, because another one must be prepared first. Otherwise of
    the flow that has the most left for each of its lanes, and of none that too many lanes have."""
    for queue in queues:
        left = Counter(case.flow for case in queue if in_lanes[case.flow.name] < case.flow.most_lanes)
        if left:
            by_name = {flow.name: flow for flow in left}
            flow = by_name.get(last_flow) or max(left, key=lambda flow: left[flow] / (in_lanes[flow.name] + 1))
            case = next(case for case in queue if case.flow is flow)
            queue.remove(case)
            return case
    return None
