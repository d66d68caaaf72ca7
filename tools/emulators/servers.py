"""Servers that run as long as a command does."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
from stack.commands import end_of
from stack.settings import ROOT, Failure

GRACE_SECONDS = 15


@contextmanager
def serving(
    name: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    *,
    health_url: str,
    within_seconds: float,
) -> Iterator[None]:
    """A server that answers at `health_url` within, and is ended with everything that it has started."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait(name, process, log, health_url, within_seconds)
        yield
    finally:
        _end(process)


def _wait(name: str, process: subprocess.Popen[bytes], log: Path, health_url: str, within_seconds: float) -> None:
    deadline = time.monotonic() + within_seconds
    while not _is_healthy(health_url):
        if process.poll() is not None:
            raise Failure(f"{name} ended at once; the end of {log}:\n{end_of(log)}")
        if time.monotonic() > deadline:
            raise Failure(f"{name} did not answer within {within_seconds:.0f} seconds; see {log}.")
        time.sleep(0.2)


def _is_healthy(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the process group, whose leader the process is."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
