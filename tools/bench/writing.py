"""Changes of records written a second of a core: the recorder beside the usual loops."""

from __future__ import annotations

import json
from dataclasses import dataclass
from statistics import median
from typing import Any

from stack.settings import Failure
from stack.steps import console

from .events import TENANT, message_of
from .functions import aws_environment, deployed
from .process import Measured, Usage
from .server import serving
from .settings import PEER_PYTHON, PEERS, RELEASE, RUST_WRITER, WORK, Cores, Plan

CHANGES_OF_A_MESSAGE = 100
MESSAGES_OF_AN_EVENT = 100
POLL_SECONDS = 0.02
TIMEOUT_SECONDS = 900
CHANGES_FILE = WORK / "changes.jsonl"


@dataclass(frozen=True)
class Run:
    """Some changes, and what it took to write them."""

    changes: int
    usage: Usage

    @property
    def per_cpu_second(self) -> float:
        return self.changes / self.usage.cpu_seconds


def measure(plan: Plan, cores: Cores) -> dict[str, Any]:
    """The recorder and the peers, taking turns."""
    _make_changes(max(plan.changes["rust-sdk"], plan.changes["python"]))
    peers = {"rust-sdk": [str(RUST_WRITER)], "python": [str(PEER_PYTHON), str(PEERS / "python" / "write.py")]}
    runs: dict[str, list[Run]] = {name: [] for name in ("recorder", *peers)}
    for number in range(1, plan.runs + 1):
        console.print(f"  run {number} of {plan.runs}")
        runs["recorder"].append(_shown("recorder", _record(plan.changes["recorder"], cores)))
        for name, command in peers.items():
            runs[name].append(_shown(name, _load(name, command, plan.changes[name], cores)))
    # A throttled table slows it, and loses nothing.
    throttled = _shown("recorder, throttled", _record(plan.changes["recorder"], cores, "--throttle-every", "10"))
    large = _shown("recorder", _record(plan.large_changes, cores))
    return {
        "recorder": _summary(runs["recorder"])
        | {
            "peakMiB": {
                str(runs["recorder"][0].changes): _peak(runs["recorder"]),
                str(large.changes): _peak([large]),
            },
            "throttledChanges": throttled.changes,
        },
        "peers": {name: _summary(runs[name]) | {"peakMiB": _peak(runs[name])} for name in peers},
    }


def _record(changes: int, cores: Cores, *server_arguments: str) -> Run:
    """The real function, with events of 10,000 changes."""
    a_time = CHANGES_OF_A_MESSAGE * MESSAGES_OF_AN_EVENT
    times = max(1, changes // a_time)
    event = {"Records": [message_of(_message(number)) for number in range(MESSAGES_OF_AN_EVENT)]}
    function = next(function for function in deployed() if function.name == "recorder")
    log = WORK / "recorder.log"
    with (
        serving(cores, "--event-times", str(times), *server_arguments, event=event) as server,
        log.open("w") as output,
    ):
        environment = function.environment(server)
        process = Measured([str(RELEASE / "recorder")], environment, cores.client, output, output)
        reports = 0
        for _ in range(int(TIMEOUT_SECONDS / POLL_SECONDS)):
            if (report := server.report(POLL_SECONDS)) is not None:
                reports += 1
                if report["outcome"] != "response" or (report["body"] or {}).get("batchItemFailures"):
                    raise Failure(f"The recorder did not write all changes: {report}")
            if reports == times or process.has_ended():
                break
        usage = process.usage()
        written = server.stats()["itemsWritten"]
    if written < times * a_time:
        raise Failure(f"The recorder wrote {written:,} of {times * a_time:,} changes: see {log}.")
    return Run(times * a_time, usage)


def _load(name: str, command: list[str], changes: int, cores: Cores) -> Run:
    """A program that writes a file of changes."""
    file = WORK / f"changes-{changes}.jsonl"
    with CHANGES_FILE.open() as lines, file.open("w") as part:
        part.writelines(line for _, line in zip(range(changes // CHANGES_OF_A_MESSAGE), lines, strict=False))
    log = WORK / f"{name}-write.log"
    with serving(cores) as server, log.open("w") as output:
        environment = aws_environment(server) | {"LEDGER_TABLE": "ledger"}
        process = Measured([*command, str(file)], environment, cores.client, output, output)
        for _ in range(int(TIMEOUT_SECONDS / POLL_SECONDS)):
            if process.has_ended():
                break
            server.report(POLL_SECONDS)
        usage = process.usage()
        written = server.stats()["itemsWritten"]
    if not process.has_succeeded or written < changes:
        raise Failure(f"{name} wrote {written:,} of {changes:,} changes: see {log}.")
    return Run(changes, usage)


def _make_changes(count: int) -> None:
    with CHANGES_FILE.open("w") as lines:
        lines.writelines(f"{_message(number)}\n" for number in range(count // CHANGES_OF_A_MESSAGE))


def _message(number: int) -> str:
    """A message of changes, each of another record."""
    first = number * CHANGES_OF_A_MESSAGE
    return json.dumps([_change(place) for place in range(first, first + CHANGES_OF_A_MESSAGE)])


def _change(number: int) -> dict[str, Any]:
    second = number % 60
    record = {
        "transferId": f"trf_{number:016}",
        "createdAt": f"2026-01-{1 + number % 28:02}T10:00:{second:02}.{number % 1000:03}Z",
        "status": "FAILED" if number % 25 == 0 else "COMPLETED",
        "amount": f"{1 + number % 9000}.{number % 100:02}",
        "currency": ("EUR", "USD", "GBP")[number % 3],
        "sourceBalanceAccountType": "MARKETPLACE",
        "targetBalanceAccountType": "SUPPLIER",
        "supplierExternalId": f"SUP-{1000 + number % 400}",
        "supplierName": f"Harbour Textile Co {number % 400}",
        "reference": f"Settlement {number:08}, order {number % 10_007:05}",
        "relatedEntityType": "PAYOUT",
        "relatedEntityId": f"po_{number:012}",
    }
    if number % 25 == 0:
        record["failureReason"] = "The target account is blocked"
    return {"tenantId": TENANT, "type": "FUNDING_TRANSFERS", "version": 1 + number, "record": record}


def _summary(runs: list[Run]) -> dict[str, Any]:
    return {"recordsPerSecondPerCore": round(median(run.per_cpu_second for run in runs))}


def _peak(runs: list[Run]) -> float:
    return round(max(run.usage.peak_mib for run in runs), 1)


def _shown(name: str, run: Run) -> Run:
    console.print(f"    {name}: {run.per_cpu_second:,.0f} changes a CPU second, {run.usage.peak_mib:.0f} MiB")
    return run
