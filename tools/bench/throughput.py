"""Rows a second of a core, peak memory, and what a slow source costs."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Any

from stack.settings import Failure
from stack.steps import console

from .clients import Client, Run, digest, export, file_size, floor, generator, peers
from .settings import LATENCY_MS, Cores, Plan

LOCALES = ("en", "fr", "de", "es")
LATENCY = ("--page-latency-ms", str(LATENCY_MS))


def check(rows: int, cores: Cores) -> None:
    """All of them make the same file, byte for byte, or nothing is worth comparing."""
    digests = {client.name: digest(export(client, rows, cores, "--keep")) for client in (generator(), *peers())}
    if len(set(digests.values())) != 1:
        raise Failure(f"The files differ: {digests}")


def measure(plan: Plan, cores: Cores) -> dict[str, Any]:
    """The generator in each profile beside the floor and the peers, taking turns, so that a noisy minute hits all."""
    clients = [generator(), floor(), *peers()]
    runs: dict[str, list[Run]] = {client.name: [] for client in clients}
    spreadsheets: dict[str, list[Run]] = {locale: [] for locale in LOCALES}
    slowed: list[Run] = []
    for number in range(1, plan.runs + 1):
        console.print(f"  run {number} of {plan.runs}")
        for client in clients:
            runs[client.name].append(_shown(client, export(client, plan.rows[client.name], cores)))
        for locale, in_locale in spreadsheets.items():
            run = export(generator(), plan.rows["generator"], cores, "--locale", locale)
            in_locale.append(_shown(generator(), run, f"for spreadsheets, {locale}"))
        run = export(generator(), plan.rows["generator"], cores, *LATENCY)
        slowed.append(_shown(generator(), run, f"{LATENCY_MS} ms a page"))
    measured = _generator(runs["generator"], runs["floor"], slowed)
    measured["spreadsheets"] = {
        locale: _spreadsheet(found, measured["rowsPerSecondPerCore"]) for locale, found in spreadsheets.items()
    }
    return {"generator": measured, "peers": {client.name: _summary(runs[client.name]) for client in peers()}}


def peak_memory(plan: Plan, cores: Cores) -> dict[str, float]:
    """The generator's peak by number of rows: it must not grow with them."""
    small = [export(generator(), plan.small_rows, cores) for _ in range(plan.runs)]
    large = _shown(generator(), export(generator(), plan.large_rows, cores))
    return {str(plan.small_rows): _peak(small), str(plan.large_rows): _peak([large])}


def _generator(runs: list[Run], floor_runs: list[Run], slowed: list[Run]) -> dict[str, Any]:
    summary = _summary(runs)
    ratio = _wall_seconds(slowed) / _wall_seconds(runs)
    fastest = median(run.rows_per_cpu_second for run in floor_runs)
    rows, bytes_read = runs[0].rows, runs[0].stats["pageBytes"]
    return {
        "rowsPerSecondPerCore": summary["rowsPerSecondPerCore"],
        "peakMiB": {str(rows): summary["peakMiB"]},
        "shareOfFloor": round(summary["rowsPerSecondPerCore"] / fastest, 3),
        "wallSeconds": round(_wall_seconds(runs), 3),
        "cpuSeconds": round(median(run.usage.cpu_seconds for run in runs), 3),
        "rows": rows,
        "pageBytesPerRow": round(bytes_read / rows, 1),
        "fileBytesPerRow": round(file_size(runs[0]) / rows, 1),
        "latency": {"pageMs": LATENCY_MS, "wallSeconds": round(_wall_seconds(slowed), 3), "ratio": round(ratio, 3)},
    }


def _spreadsheet(runs: list[Run], standard: int) -> dict[str, Any]:
    """Rows of one locale's files, beside those of the standard profile."""
    summary = _summary(runs)
    return summary | {"shareOfStandard": round(summary["rowsPerSecondPerCore"] / standard, 3)}


def _summary(runs: list[Run]) -> dict[str, Any]:
    return {
        "rowsPerSecondPerCore": round(median(run.rows_per_cpu_second for run in runs)),
        "peakMiB": _peak(runs),
        "rows": runs[0].rows,
        "wallSeconds": round(_wall_seconds(runs), 3),
    }


def _wall_seconds(runs: Iterable[Run]) -> float:
    return median(run.wall_seconds for run in runs)


def _peak(runs: Iterable[Run]) -> float:
    return round(max(run.usage.peak_mib for run in runs), 1)


def _shown(client: Client, run: Run, note: str = "") -> Run:
    note = f", {note}" if note else ""
    console.print(
        f"    {client.name:<10}{run.rows:>12,} rows{run.wall_seconds:>8.2f} s"
        f"{run.rows_per_cpu_second:>12,.0f} rows a CPU second{run.usage.peak_mib:>7.0f} MiB{note}",
        soft_wrap=True,
    )
    return run
