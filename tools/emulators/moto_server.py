"""moto's server: S3, SQS, DynamoDB and SESv2 by somebody else than the authors of the local AWS."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack import virtual_environments
from stack.settings import REGION, ROOT, TOOLS

from .data_services import ACCOUNT
from .servers import serving

REQUIREMENTS = ROOT / "tools" / "moto-requirements.txt"
PROGRAM = Path(__file__).with_name("moto_process.py")
START_SECONDS = 60
MOST_MEMORY_BYTES = 5 << 30


def install() -> Path:
    """Installs moto, unless it is there. Returns its Python."""
    folder = TOOLS / "moto"
    virtual_environments.make(folder, REQUIREMENTS)
    return folder / "bin" / "python"


@contextmanager
def running(port: int, folder: Path) -> Iterator[None]:
    """moto's server at this port, within."""
    temporary = folder / "moto"
    temporary.mkdir(parents=True, exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(temporary),
        # Where it keeps large objects.
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "AWS_DEFAULT_REGION": REGION,
        "MOTO_ACCOUNT_ID": ACCOUNT,
        "MOST_MEMORY_BYTES": str(MOST_MEMORY_BYTES),
        # Each of its threads would reserve memory of its own.
        "MALLOC_ARENA_MAX": "2",
    }
    command = [str(install()), str(PROGRAM), str(port)]
    health_url = f"http://127.0.0.1:{port}/moto-api/config"
    log = folder / "moto.log"
    with serving("moto", command, environment, log, health_url=health_url, within_seconds=START_SECONDS):
        yield
