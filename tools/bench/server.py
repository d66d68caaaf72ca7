"""The server that plays AWS, one process for each measurement."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import certifi
import httpx
from stack.settings import Failure

from .process import pinned
from .settings import RELEASE, WORK, Cores

START_SECONDS = 20


class Server:
    """A server that runs."""

    def __init__(self, process: subprocess.Popen[str], own_ca: Path | None) -> None:
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, args=(process,), daemon=True).start()
        try:
            ports = json.loads(self._lines.get(timeout=START_SECONDS))
        except queue.Empty:
            raise Failure("The benchmark's server did not start: see its message above.") from None
        self.own_ca = own_ca
        self.trusted_ca = _trusted(own_ca) if own_ca else None
        self.endpoint = f"{'https' if own_ca else 'http'}://127.0.0.1:{ports['port']}"
        self.runtime_api = f"127.0.0.1:{ports['runtimePort']}"

    def report(self, timeout_seconds: float) -> dict[str, Any] | None:
        """What a function answered, or none if it did not within so many seconds."""
        try:
            return json.loads(self._lines.get(timeout=timeout_seconds))
        except queue.Empty:
            return None

    def stats(self) -> dict[str, Any]:
        """What was asked of the server so far."""
        return httpx.get(f"http://{self.runtime_api}/__bench/stats", trust_env=False).json()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._lines.put(line)


def _trusted(own_ca: Path) -> Path:
    """The server's certificate authority among the usual ones: to load those is part of a start on Lambda too."""
    file = WORK / "trusted-ca.pem"
    file.write_text(Path(certifi.where()).read_text() + own_ca.read_text())
    return file


@contextmanager
def serving(cores: Cores, *arguments: str, event: dict[str, Any] | None = None, tls: bool = False) -> Iterator[Server]:
    """A server with these arguments, on its own core."""
    WORK.mkdir(parents=True, exist_ok=True)
    command = [str(RELEASE / "bench-server"), *arguments]
    if event is not None:
        event_file = WORK / "event.json"
        event_file.write_text(json.dumps(event))
        command += ["--event", str(event_file)]
    own_ca = WORK / "own-ca.pem"
    if tls:
        command += ["--tls", "--ca-file", str(own_ca)]
    with pinned(cores.server):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield Server(process, own_ca if tls else None)
    finally:
        process.terminate()
        process.wait()
