"""`make bench`: builds, measures, and writes what it found."""

from __future__ import annotations

from datetime import datetime, timezone

from stack.settings import LOCAL
from stack.steps import Steps, console

from . import build, cold_start, cost, end_to_end, first_page, loading, machine, network, report, throughput, writing
from .functions import deployed
from .settings import WORK, Plan, cores


def bench(plan: Plan, steps: Steps) -> None:
    """Measures everything and writes `.local/bench.json` and `.local/bench.md`."""
    pinned = cores()
    WORK.mkdir(parents=True, exist_ok=True)
    with steps.step("build", "Building the functions, the server and the peers, as they are deployed"):
        build.build()
    with steps.step("check", "Comparing the files that they make"):
        throughput.check(plan.small_rows, pinned)
    with steps.step("throughput", "Exporting from canned pages, one client after another"):
        found = throughput.measure(plan, pinned)
    with steps.step("network", "The same on a network as slow as Lambda's"):
        found["network"] = network.measure(plan, pinned)
    with steps.step("first page", "A small export where each call takes its time"):
        found["firstPage"] = first_page.measure(plan, pinned)
    with steps.step("memory", f"Exporting {plan.small_rows:,} and {plan.large_rows:,} rows"):
        peaks = found["generator"]["peakMiB"] | throughput.peak_memory(plan, pinned)
        found["generator"]["peakMiB"] = dict(sorted(peaks.items(), key=lambda peak: int(peak[0])))
    with steps.step("writing", "Writing changes to the ledger, one client after another"):
        found["writing"] = writing.measure(plan, pinned)
    with steps.step("inbox", f"Loading files of up to {plan.large_rows:,} rows"):
        found["inbox"] = loading.measure(plan, pinned)
    with steps.step("cold starts", f"Starting each function {plan.cold_starts} times"):
        found["coldStart"] = cold_start.measure(plan, pinned)
    found["endToEnd"] = end_to_end.measure(plan.runs, steps)
    memory_mb = next(function.memory_mb for function in deployed() if function.name == "generator")
    rows_per_second = found["network"]["generator"]["rowsPerSecond"]
    costs = cost.per_million_rows(rows_per_second, found["generator"]["fileBytesPerRow"], memory_mb)
    found |= {
        "endToEndSeconds": found["endToEnd"]["seconds"],
        "costPerMillionRowsUsd": costs["total"],
        "cost": costs,
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "machine": machine.described(),
        "runs": plan.runs,
    }
    report.write(found)
    report.show(found)
    console.print(steps.table())
    console.print(f"Written to {LOCAL.name}/bench.json and {LOCAL.name}/bench.md.")
