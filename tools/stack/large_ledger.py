"""A ledger too large for the local AWS: the benchmark's server answers its queries, and passes on everything else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from .settings import ROOT

BENCH_SERVER = ROOT / "target" / "debug" / "bench-server"


@dataclass(frozen=True)
class LargeLedger:
    """The server, as DynamoDB's endpoint."""

    url: str

    def queries(self) -> int:
        """How many pages were asked for so far."""
        return self.stats()["queries"]

    def stats(self) -> dict[str, Any]:
        """What was asked of the server so far."""
        return httpx.get(f"{self.url}/__bench/stats").json()


@contextmanager
def serving(binary: Path, stack: Mapping[str, Any], **options: int) -> Iterator[LargeLedger]:
    """A ledger that every tenant reads, made by the server's options. `stack` is the content of `stack.json`."""
    command = [str(binary), "--upstream", stack["endpointUrl"], "--ledger-table", stack["ledgerTable"]]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            yield LargeLedger(f"http://127.0.0.1:{json.loads(server.stdout.readline())['port']}")
        finally:
            server.terminate()
