"""`make faults`."""

from __future__ import annotations

import asyncio

from stack import build
from stack.settings import LOCAL, Failure
from stack.steps import Steps, console

from . import report
from .flows import FLOWS
from .run import Plan, run

REPORT = LOCAL / "faults.json"


def faults(steps: Steps, flow: str | None = None, fault: str | None = None, call: str | None = None) -> None:
    """Tries every fault at every call of every flow, or of those whose names are given."""
    flows = [one for one in FLOWS if flow is None or one.name == flow]
    if not flows:
        raise Failure(f"There is no flow {flow}. There are: {', '.join(one.name for one in FLOWS)}.")
    with steps.step("compile", "Compiling the functions"):
        build.compile_workspace()
    plan = Plan(flows, faults=frozenset([fault] if fault else []), calls=call or "")
    with steps.step("faults", "Each call of each flow fails in every way"):
        baselines, results, seconds = asyncio.run(run(plan))
    written = report.document(baselines, results, seconds)
    report.write(REPORT, written)
    console.print(report.table(written))
    console.print(f"{written['tried']} faults in {seconds:.0f} s; {REPORT.relative_to(LOCAL.parent)} has all of it.")
    if written["notReached"]:
        console.print(f"{len(written['notReached'])} calls did not come this time: they depend on the clock.")
    if written["violations"]:
        raise Failure(f"{len(written['violations'])} promises were broken: see above.")
