"""Rows a second where the network is the limit, as on Lambda."""

from __future__ import annotations

from statistics import median
from typing import Any

from stack.steps import console

from .clients import Client, Run, export, file_size, generator, peers
from .settings import NETWORK_MEGABYTES_PER_SECOND, Cores, Plan

SLOW = ("--megabytes-per-second", str(NETWORK_MEGABYTES_PER_SECOND))
# The server compresses each page in the first export, and that does not count.
COMPRESSED = (*SLOW, "--gzip", "--event-times", "2")
GZIP_FILE = (*COMPRESSED, "--compression", "gzip")


def measure(plan: Plan, cores: Cores) -> dict[str, Any]:
    """The generator with pages in gzip, with a file in gzip too, and with plain pages; and the peers, in turns."""
    rows = plan.network_rows
    compressed: list[Run] = []
    gzip_file: list[Run] = []
    runs: dict[str, list[Run]] = {client.name: [] for client in (generator(), *peers())}
    for number in range(1, plan.runs + 1):
        console.print(f"  run {number} of {plan.runs}")
        run = export(generator(), rows["generator"], cores, *COMPRESSED, times=2)
        compressed.append(_shown(generator(), run, "pages in gzip"))
        run = export(generator(), rows["generator"], cores, *GZIP_FILE, times=2)
        gzip_file.append(_shown(generator(), run, "pages and file in gzip"))
        for client in (generator(), *peers()):
            run = export(client, rows[client.name], cores, *SLOW)
            runs[client.name].append(_shown(client, run, "plain"))
    return {
        "megabytesPerSecond": NETWORK_MEGABYTES_PER_SECOND,
        "generator": _summary(compressed) | {"withoutGzip": _summary(runs["generator"])},
        "generatorGzipFile": _summary(gzip_file)
        | {"fileBytesPerRow": round(file_size(gzip_file[0]) / gzip_file[0].rows, 1)},
        "peers": {client.name: _summary(runs[client.name]) for client in peers()},
    }


def _summary(runs: list[Run]) -> dict[str, Any]:
    return {
        "rowsPerSecond": round(median(run.rows / run.wall_seconds for run in runs)),
        "cpuSecondsPerMillionRows": round(median(1_000_000 / run.rows_per_cpu_second for run in runs), 3),
        "peakMiB": round(max(run.usage.peak_mib for run in runs), 1),
        "shareOfTime": {what: round(median(_busy(run)[what] for run in runs), 2) for what in _busy(runs[0])},
    }


def _busy(run: Run) -> dict[str, float]:
    """For how much of an export's time its processor, and the network with pages and with the file, are busy."""
    network_bytes = NETWORK_MEGABYTES_PER_SECOND * 1_000_000 * run.wall_seconds * run.times
    return {
        "processor": run.usage.cpu_seconds / run.times / run.wall_seconds,
        "pages": run.stats["pageBytes"] / network_bytes,
        "file": run.stats["partBytes"] / network_bytes,
    }


def _shown(client: Client, run: Run, note: str) -> Run:
    console.print(
        f"    {client.name:<10}{run.rows:>12,} rows{run.wall_seconds:>8.2f} s"
        f"{run.rows / run.wall_seconds:>12,.0f} rows a second{run.usage.peak_mib:>7.0f} MiB, {note}",
        soft_wrap=True,
    )
    return run
