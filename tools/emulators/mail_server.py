"""A mail service that speaks SESv2: aws-ses-v2-local, from npm."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from stack.commands import end_of, run_quietly
from stack.settings import TOOLS, Failure

from .servers import serving

PACKAGE = Path(__file__).with_name("mail-server")
FILES = ("package.json", "package-lock.json")
FOLDER = TOOLS / "mail-server"
START_SECONDS = 30


@dataclass(frozen=True)
class MailServer:
    """The running server."""

    port: int

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def mails(self) -> list[dict[str, Any]]:
        """Everything that it has accepted."""
        answer = httpx.get(f"{self.endpoint}/store", trust_env=False)
        return answer.raise_for_status().json()["emails"]


def install() -> Path:
    """Installs the packages of the lock file, unless they are there. Returns the program."""
    state = hashlib.sha256(b"".join((PACKAGE / name).read_bytes() for name in FILES)).hexdigest()
    stamp = FOLDER / "node_modules" / ".lock.sha256"
    if not stamp.is_file() or stamp.read_text() != state:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copy(PACKAGE / name, FOLDER)
        log = TOOLS / "mail-server.log"
        if not run_quietly("npm ci", ["npm", "ci", "--no-audit", "--no-fund"], log, folder=FOLDER):
            raise Failure(f"The mail server could not be installed:\n{end_of(log)}")
        stamp.write_text(state)
    return FOLDER / "node_modules" / ".bin" / "aws-ses-v2-local"


@contextmanager
def running(port: int, folder: Path) -> Iterator[MailServer]:
    """The mail server at this port, within."""
    server = MailServer(port)
    command = [str(install()), "--host", "127.0.0.1", "--port", str(port)]
    environment = {"PATH": os.environ["PATH"]}
    log = folder / "mail-server.log"
    health_url = f"{server.endpoint}/health-check"
    with serving("The mail server", command, environment, log, health_url=health_url, within_seconds=START_SECONDS):
        yield server
