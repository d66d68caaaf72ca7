"""LocalStack from its Python package, without Docker and without an account."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack import virtual_environments
from stack.settings import REGION, ROOT, TOOLS, Failure, Stack

from .refusals import Refusal
from .servers import serving

REQUIREMENTS = ROOT / "tools" / "localstack-requirements.txt"
PROGRAM = Path(__file__).with_name("localstack_process.py")
PYTHON = "3.13"
# Names a Python of that version, where it is not found by itself.
PYTHON_VARIABLE = "PYTHON_3_13"
START_SECONDS = 120


def python() -> str:
    """The machine's Python 3.13: LocalStack's code needs it."""
    given = os.environ.get(PYTHON_VARIABLE)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = (
        [given] if given else [sys.executable, f"python{PYTHON}", *map(str, pyenv.glob(f"{PYTHON}*/bin/python"))]
    )
    for candidate in candidates:
        if _version(candidate) == PYTHON:
            return candidate
    raise Failure(
        f"LocalStack needs Python {PYTHON}, which was not found: install it, for example with `pyenv install {PYTHON}`,"
        f" or name its command in {PYTHON_VARIABLE}."
    )


def _version(command: str) -> str | None:
    """Such as 3.13. `None` if the command does not work."""
    program = "import sys; print('{}.{}'.format(*sys.version_info))"
    try:
        result = subprocess.run([command, "-c", program], capture_output=True, text=True)
    except OSError:
        return None
    return result.stdout.strip() if result.returncode == 0 else None


def install() -> Path:
    """Installs LocalStack, unless it is there. Returns its Python."""
    folder = TOOLS / "localstack"
    virtual_environments.make(folder, REQUIREMENTS, python())
    return folder / "bin" / "python"


@contextmanager
def running(stack: Stack, dynamodb_port: int, folder: Path) -> Iterator[None]:
    """LocalStack at the stack's port, within. Its DynamoDB is the server at the other port."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        # Its caches, of which an older installation's would confuse it.
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "GATEWAY_LISTEN": f"127.0.0.1:{stack.port}",
        "LOCALSTACK_HOST": f"localhost:{stack.port}",
        "AWS_DEFAULT_REGION": REGION,
        "DISABLE_EVENTS": "1",
        "DNS_ADDRESS": "0",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "SQS_ENDPOINT_STRATEGY": "path",
        "DYNAMODB_LOCAL_PORT": str(dynamodb_port),
        "PROVIDER_OVERRIDE_DYNAMODB": "v2",
        "REFUSALS_FILE": str(_refusals_file(folder)),
    }
    _refusals_file(folder).unlink(missing_ok=True)
    health_url = f"{stack.endpoint}/_localstack/health"
    # Not with the program's folder as one to import from: this file has the package's name.
    command = [str(install()), "-P", str(PROGRAM)]
    log = folder / "localstack.log"
    with serving("LocalStack", command, environment, log, health_url=health_url, within_seconds=START_SECONDS):
        yield


def refusals(folder: Path) -> list[Refusal]:
    """What its CloudFormation has refused."""
    file = _refusals_file(folder)
    return [Refusal(**json.loads(line)) for line in file.read_text().splitlines()] if file.is_file() else []


def _refusals_file(folder: Path) -> Path:
    return folder / "refusals.jsonl"
