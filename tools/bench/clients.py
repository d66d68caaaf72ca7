"""What makes the export: the generator, the floor below it, and the peers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack.settings import Failure

from .events import TENANT, event_of
from .functions import aws_environment, deployed
from .process import Measured, Usage
from .server import Server, serving
from .settings import PEER_PYTHON, PEERS, RELEASE, RUST_PEER, SHARDS, WORK, Cores

POLL_SECONDS = 0.02
TIMEOUT_SECONDS = 900


@dataclass(frozen=True)
class Client:
    """A program that makes the whole export."""

    name: str
    command: tuple[str, ...]
    environment: Callable[[Server], dict[str, str]]
    # Spread over more than one, the ledger has to be merged: the peers are spared that.
    shards: int
    # A function is told by the Runtime API what to do, and goes on running when it has done it.
    is_function: bool


@dataclass(frozen=True)
class Run:
    """One export and what it took."""

    rows: int
    usage: Usage
    # From when the function was told, to its answer; for a program, all of its life.
    wall_seconds: float
    stats: dict[str, Any]
    # How often it was made, by one process.
    times: int = 1
    # When the function was told, in milliseconds since the Unix epoch.
    began_at_ms: float | None = None

    @property
    def rows_per_cpu_second(self) -> float:
        return self.rows * self.times / self.usage.cpu_seconds


def generator() -> Client:
    """The real function."""
    return _function("generator", RELEASE / "generator")


def floor() -> Client:
    """A process that receives the same bytes and writes as many, without decoding any."""
    return _function("floor", RELEASE / "bench-floor")


def peers() -> list[Client]:
    """The same work with the usual SDKs."""
    return [
        _program("rust-sdk", str(RUST_PEER)),
        _program("node", "node", str(PEERS / "node" / "export.mjs")),
        _program("python", str(PEER_PYTHON), str(PEERS / "python" / "export.py")),
    ]


def _function(name: str, binary: Path) -> Client:
    function = next(function for function in deployed() if function.name == "generator")
    return Client(name, (str(binary),), function.environment, SHARDS, is_function=True)


def _program(name: str, *command: str) -> Client:
    def environment(server: Server) -> dict[str, str]:
        return aws_environment(server) | {
            "LEDGER_TABLE": "ledger",
            "PARTITION": f"{TENANT}#FUNDING_TRANSFERS#0",
            "EXPORTS_BUCKET": "exports",
            "EXPORT_KEY": "export.csv",
        }

    return Client(name, command, environment, 1, is_function=False)


def export(client: Client, rows: int, cores: Cores, *server_arguments: str, times: int = 1) -> Run:
    """Makes one export of so many rows, so many times; the last one's time is told."""
    arguments = ("--rows", str(rows), "--shards", str(client.shards), *server_arguments)
    log = WORK / f"{client.name}.log"
    with (
        serving(cores, *arguments, event=event_of("generator") if client.is_function else None) as server,
        log.open("w") as output,
    ):
        process = Measured(client.command, client.environment(server), cores.client, output, output)
        reports: list[dict[str, Any]] = []
        for _ in range(int(TIMEOUT_SECONDS / POLL_SECONDS)):
            if (report := server.report(POLL_SECONDS)) is not None:
                reports.append(report)
            if process.has_ended() or len(reports) == times:
                break
        usage = process.usage()
        stats = server.stats()
    is_done = all(map(_is_success, reports)) if reports else process.has_succeeded
    if not is_done or stats["itemsServed"] < rows * times or not stats["objects"]:
        raise Failure(f"{client.name} did not make an export of {rows:,} rows: see {log}.")
    wall_seconds = reports[-1]["milliseconds"] / 1000 if reports else usage.wall_seconds
    began_at_ms = reports[-1]["nextUnixNanoseconds"] / 1e6 if reports else None
    return Run(rows, usage, wall_seconds, stats, times, began_at_ms)


def _is_success(report: dict[str, Any]) -> bool:
    body = report["body"]
    return report["outcome"] == "response" and not (isinstance(body, dict) and body.get("batchItemFailures"))


def digest(run: Run) -> str | None:
    """The SHA-256 of the file, if the server has kept it."""
    return _file(run)["sha256"]


def file_size(run: Run) -> int:
    """Bytes of the file."""
    return _file(run)["size"]


def _file(run: Run) -> dict[str, Any]:
    # What is left beside it, such as a manifest, is small.
    return max(run.stats["objects"].values(), key=lambda object: object["size"])
