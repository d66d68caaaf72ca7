"""Rows of a file in the inbox, checked and written a second of a core, and the loader's peak of memory."""

from __future__ import annotations

import subprocess
from pathlib import Path
from statistics import median
from typing import Any

from stack.settings import Failure
from stack.steps import console

from .events import TENANT, dropped
from .functions import VALUES, deployed
from .process import Measured
from .server import serving
from .settings import RELEASE, WORK, Cores, Plan
from .writing import POLL_SECONDS, TIMEOUT_SECONDS, Run

KEY = f"inbox/{TENANT}/funding-transfers/transfers.csv"


def measure(plan: Plan, cores: Cores) -> dict[str, Any]:
    """A usual file several times, then a small and a large one: memory must not grow with the rows."""
    runs = _load(plan.file_rows, plan.runs, cores)
    small = _load(plan.small_rows, 1, cores)
    large = _load(plan.large_rows, 1, cores)
    return {
        "recordsPerSecondPerCore": round(median(run.per_cpu_second for run in runs)),
        "peakMiB": {
            str(some[0].changes): round(max(run.usage.peak_mib for run in some), 1) for some in (small, runs, large)
        },
    }


def _load(rows: int, times: int, cores: Cores) -> list[Run]:
    """The real function with a file of so many rows."""
    file = WORK / "transfers.csv"
    command = [str(RELEASE / "payout-exports"), "generate", "--type", "FUNDING_TRANSFERS", "--count", str(rows)]
    if subprocess.run([*command, "--output", str(file)], capture_output=True).returncode:
        raise Failure(f"A file of {rows:,} rows could not be made.")
    try:
        return [_loaded(file, rows, cores) for _ in range(times)]
    finally:
        file.unlink()


def _loaded(file: Path, rows: int, cores: Cores) -> Run:
    function = next(function for function in deployed() if function.name == "loader")
    place = f"{VALUES['INBOX_BUCKET']}/{KEY}"
    log = WORK / "loader.log"
    with (
        serving(cores, "--keep", "--object", f"{place}={file}", event=dropped(KEY)) as server,
        log.open("w") as output,
    ):
        process = Measured([str(function.binary)], function.environment(server), cores.client, output, output)
        report = None
        for _ in range(int(TIMEOUT_SECONDS / POLL_SECONDS)):
            report = server.report(POLL_SECONDS)
            if report is not None or process.has_ended():
                break
        usage = process.usage()
        stats = server.stats()
    if report is None or report["outcome"] != "response" or f"{place}.result.json" not in stats["objects"]:
        raise Failure(f"The loader did not load a file of {rows:,} rows: {report}; see {log}.")
    if stats["itemsWritten"] < rows:
        raise Failure(f"The loader wrote {stats['itemsWritten']:,} of {rows:,} rows: see {log}.")
    run = Run(rows, usage)
    console.print(
        f"    loader: {rows:,} rows, {run.per_cpu_second:,.0f} a CPU second, {usage.peak_mib:.0f} MiB,"
        f" {usage.wall_seconds:.0f} s"
    )
    return run
