"""Processes of the local stack that go on after the command that started them: started, found again, ended.

Each leads a process group of its own, which the processes it starts belong to. Its id is remembered together with the
time it was started, because the operating system gives ids out again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .settings import ROOT

GRACE_SECONDS = 10


@dataclass(frozen=True)
class Running:
    """A row of the process table."""

    pid: int
    group: int
    started: str


def _process_table() -> list[Running]:
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,stat=,lstart="],
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    ).stdout
    rows = (line.split(maxsplit=3) for line in listing.splitlines())
    return [Running(int(pid), int(group), started) for pid, group, state, started in rows if not state.startswith("Z")]


def _group_of(pid: int, started: str) -> list[Running]:
    """What still runs of the group that this leader began."""
    members = [row for row in _process_table() if row.group == pid]
    leaders = [row for row in members if row.pid == pid]
    # Another leader: the id was given out again, so the old group is gone.
    return [] if leaders and leaders[0].started != started else members


def start(module: str, arguments: Sequence[str], environment: dict[str, str], pid_file: Path, log_file: Path) -> None:
    """Starts `python -m module` in the background and remembers it."""
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            # Where this package is found, without a PYTHONPATH that the functions would inherit.
            cwd=ROOT / "tools",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    started = next((row.started for row in _process_table() if row.pid == process.pid), "")
    pid_file.write_text(json.dumps({"pid": process.pid, "started": started}))


def is_running(pid_file: Path) -> bool:
    """Whether the remembered process itself still runs."""
    if not pid_file.is_file():
        return False
    known = json.loads(pid_file.read_text())
    return any(row.pid == known["pid"] for row in _group_of(**known))


def stop(pid_file: Path) -> bool:
    """Ends the remembered process and its group, and forgets it. Says whether anything ran."""
    if not pid_file.is_file():
        return False
    known = json.loads(pid_file.read_text())
    ran = bool(_group_of(**known))
    for sign in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + GRACE_SECONDS
        for row in _group_of(**known):
            _signal(row.pid, sign)
        while _group_of(**known) and time.monotonic() < deadline:
            time.sleep(0.05)
    pid_file.unlink()
    return ran


def _signal(pid: int, sign: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, sign)
