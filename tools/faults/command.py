"""`make faults`."""

from __future__ import annotations

import asyncio

from stack import build
from stack.settings import LOCAL, Failure
from stack.steps import Steps, console

from . import report
from .flows import FLOWS
from .run import Plan, Tally, run

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
        tally = Tally()
        try:
            asyncio.run(run(plan, tally))
        finally:
            written = report.document(tally)
            report.write(REPORT, written)
            console.print(report.table(written))
            tried = f"{written['tried']} of {tally.planned} faults in {tally.seconds:.0f} s"
            console.print(f"{tried}; {REPORT.relative_to(LOCAL.parent)} has all of it.")
    if written["notReached"]:
        console.print(f"{len(written['notReached'])} calls did not come this time: they depend on the clock.")
    if written["violations"]:
        raise Failure(f"{len(written['violations'])} promises were broken: see above.")
