"""Where the benchmark's parts are, and how much it measures."""

from __future__ import annotations

import os
from dataclasses import dataclass

from stack.settings import LOCAL, ROOT, Failure

RELEASE = ROOT / "target" / "release"
RUST_PEER = ROOT / "target" / "peer" / "bench-peer-rust-sdk"
RUST_WRITER = ROOT / "target" / "peer" / "bench-peer-rust-sdk-write"
BENCH = ROOT / "tools" / "bench"
PEERS = BENCH / "peers"
WORK = LOCAL / "bench"
PEER_VENV = WORK / "venv"
PEER_PYTHON = PEER_VENV / "bin" / "python"
JSON_FILE = LOCAL / "bench.json"
MARKDOWN_FILE = LOCAL / "bench.md"

SHARDS = 16
LATENCY_MS = 10
# What a call takes within a region, and an export that is nothing but calls.
CALL_LATENCY_MS = 5
FIRST_PAGE_ROWS = 100
# What a Lambda function has in each direction: published measurements say 400 to 700 Mbit/s.
NETWORK_MEGABYTES_PER_SECOND = 75


@dataclass(frozen=True)
class Plan:
    """How many rows each client exports or writes, and how often everything is repeated."""

    runs: int
    cold_starts: int
    rows: dict[str, int]
    network_rows: dict[str, int]
    small_rows: int
    large_rows: int
    changes: dict[str, int]
    large_changes: int
    file_rows: int


def plan(runs: int) -> Plan:
    """Enough rows that a client's start is lost among them: a client that is slow needs fewer."""
    if runs < 1:
        raise Failure("The benchmark needs at least one run.")
    rows = {"generator": 2_000_000, "floor": 2_000_000, "rust-sdk": 1_000_000, "node": 400_000, "python": 200_000}
    changes = {"recorder": 200_000, "rust-sdk": 200_000, "python": 50_000}
    return Plan(
        runs=runs,
        cold_starts=max(runs, 7),
        rows=rows,
        network_rows=rows | {"generator": 1_000_000},
        small_rows=100_000,
        large_rows=10_000_000,
        changes=changes,
        large_changes=1_000_000,
        file_rows=500_000,
    )


def quick_plan() -> Plan:
    """Shows that everything runs; its figures mean nothing."""
    rows = dict.fromkeys(("generator", "floor", "rust-sdk", "node", "python"), 50_000)
    changes = dict.fromkeys(("recorder", "rust-sdk", "python"), 10_000)
    return Plan(
        runs=1,
        cold_starts=1,
        rows=rows,
        network_rows=rows,
        small_rows=20_000,
        large_rows=200_000,
        changes=changes,
        large_changes=20_000,
        file_rows=50_000,
    )


@dataclass(frozen=True)
class Cores:
    """A core for what is measured, and another for everything around it."""

    client: int
    server: int


def cores() -> Cores:
    """The first two cores that this process may use."""
    if not hasattr(os, "sched_getaffinity"):
        raise Failure("The benchmark pins processes to cores and reads /proc: it runs on Linux.")
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < 2:
        raise Failure("The benchmark needs two cores: one for what is measured, and one for the server.")
    return Cores(client=usable[0], server=usable[1])
