"""A process that is measured: on a core of its own, with its CPU time and its peak of resident memory."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MIB = 1024 * 1024


@dataclass(frozen=True)
class Usage:
    """What a process took."""

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float


@dataclass(frozen=True)
class _End:
    at: int
    exit_code: int
    cpu_seconds: float


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """What is started within stays on this core. To set it in the child itself would make Python fork slowly."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, own)


class Measured:
    """Starts a process; `usage` ends it if need be and tells what it took."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], core: int, output: IO[str], errors: IO[str]
    ) -> None:
        with pinned(core):
            self.started_at = time.time_ns()
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=errors
            )
        self._status_file = Path(f"/proc/{self._process.pid}/status")
        self._peak = 0
        self._ended: _End | None = None

    def has_ended(self) -> bool:
        """Whether it has ended by itself; notes its peak of memory on the way."""
        self._note_peak()
        if self._ended is None:
            self._wait(os.WNOHANG)
        return self._ended is not None

    def usage(self) -> Usage:
        """Ends the process if it still runs."""
        self._note_peak()
        if self._ended is None:
            # Not Popen's own, which may wait for the process itself and so lose what it took.
            os.kill(self._process.pid, signal.SIGKILL)
            self._wait(0)
        assert self._ended is not None
        return Usage(
            wall_seconds=(self._ended.at - self.started_at) / 1e9,
            cpu_seconds=self._ended.cpu_seconds,
            peak_mib=self._peak / MIB,
        )

    @property
    def has_succeeded(self) -> bool:
        """Whether it has ended by itself, and well."""
        return self._ended is not None and self._ended.exit_code == 0

    def _wait(self, options: int) -> None:
        pid, status, used = os.wait4(self._process.pid, options)
        if pid:
            exit_code = os.waitstatus_to_exitcode(status)
            self._ended = _End(time.time_ns(), exit_code, used.ru_utime + used.ru_stime)
            self._process.returncode = exit_code

    def _note_peak(self) -> None:
        """Not wait4's `ru_maxrss`: that counts the memory of the process that this one was forked from."""
        with suppress(OSError):
            for line in self._status_file.read_text().splitlines():
                if line.startswith("VmHWM:"):
                    self._peak = max(self._peak, int(line.split()[1]) * 1024)
