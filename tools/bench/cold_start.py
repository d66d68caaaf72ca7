"""From the start of a function's process to its first answer, with AWS behind TLS."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from stack.settings import Failure

from .events import event_of
from .functions import Function, deployed
from .process import Measured
from .server import serving
from .settings import PEER_PYTHON, PEERS, WORK, Cores, Plan

TIMEOUT_SECONDS = 30
MEGABYTE = 1_000_000
# The handler that the peers do the same as.
PEERS_FUNCTION = "detail"


@dataclass(frozen=True)
class Start:
    """One start."""

    init_ms: float
    first_response_ms: float
    peak_mib: float


def measure(plan: Plan, cores: Cores) -> dict[str, Any]:
    """Every function, and the peers with a function's work, taking turns."""
    functions = deployed()
    model = next(function for function in functions if function.name == PEERS_FUNCTION)
    commands: dict[str, tuple[Function, tuple[str, ...]]] = {
        function.name: (function, (str(function.binary),)) for function in functions
    }
    commands["peers.node"] = (model, ("node", str(_node_handler())))
    commands["peers.python"] = (model, (str(PEER_PYTHON), str(PEERS / "python" / "handler.py")))
    starts: dict[str, list[Start]] = {name: [] for name in commands}
    for _ in range(plan.cold_starts):
        for name, (function, command) in commands.items():
            starts[name].append(_start(name, function, command, cores))
    described = {name: _summary(found) for name, found in starts.items()}
    for function in functions:
        described[function.name]["binaryMB"] = round(function.binary.stat().st_size / MEGABYTE, 2)
    peers = {name: described.pop(f"peers.{name}") for name in ("node", "python")}
    peers["node"]["bundleMB"] = round(_node_handler().stat().st_size / MEGABYTE, 2)
    return described | {"peers": peers}


def _node_handler() -> Path:
    return PEERS / "node" / "dist" / "handler.cjs"


def _start(name: str, function: Function, command: tuple[str, ...], cores: Cores) -> Start:
    # The generator's export is small: it is the start that counts.
    is_pending = function.name in {"generator", "dead-letter-handler"}
    arguments = ("--rows", "1000") if is_pending else ("--rows", "1000", "--ready")
    log = WORK / f"{name}.log"
    with (
        serving(cores, *arguments, event=event_of(function.name), tls=True) as server,
        log.open("w") as output,
    ):
        process = Measured(command, function.environment(server), cores.client, output, output)
        report = server.report(TIMEOUT_SECONDS)
        usage = process.usage()
    if report is None or not _is_answered(report):
        raise Failure(f"{name} did not answer its event well: {report}; see {log}.")
    return Start(
        init_ms=(report["nextUnixNanoseconds"] - process.started_at) / 1e6,
        first_response_ms=(report["unixNanoseconds"] - process.started_at) / 1e6,
        peak_mib=usage.peak_mib,
    )


def _is_answered(report: dict[str, Any]) -> bool:
    """A refusal of what was asked is an answer, a failure is none."""
    body = report["body"]
    if report["outcome"] != "response" or not isinstance(body, dict | None):
        return False
    return body is None or (body.get("statusCode", 200) < 500 and not body.get("batchItemFailures"))


def _summary(starts: list[Start]) -> dict[str, Any]:
    return {
        "firstResponseMs": round(median(start.first_response_ms for start in starts), 1),
        "initMs": round(median(start.init_ms for start in starts), 1),
        "peakMiB": round(max(start.peak_mib for start in starts), 1),
    }
