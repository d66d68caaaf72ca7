"""The local AWS: MiniStack, one process for each port."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from . import processes
from .settings import CALLS_FILE, REGION, REQUESTS_FILE, Failure, Stack

START_SECONDS = 30
MODULE = "stack.emulator_process"
PROGRAM = tuple(
    Path(__file__).with_name(name) for name in ("emulator_process.py", "request_record.py", "usage_keys.py")
)


def _pid_file(stack: Stack) -> Path:
    return stack.folder / "emulator.pid"


def _log_file(stack: Stack) -> Path:
    return stack.folder / "emulator.log"


def _is_current(stack: Stack) -> bool:
    """Whether the emulator was started from the program as it is."""
    started = _program_file(stack)
    return started.is_file() and started.read_text() == _program()


def _program() -> str:
    return "".join(file.read_text() for file in PROGRAM)


def _program_file(stack: Stack) -> Path:
    return stack.folder / "emulator.py"


def calls_file(stack: Stack) -> Path:
    """What the functions' policies were asked for."""
    return stack.folder / "calls.jsonl"


def requests_file(stack: Stack) -> Path:
    """What the functions asked of the local AWS."""
    return stack.folder / "requests.jsonl"


def _environment(stack: Stack) -> dict[str, str]:
    """Nothing of the caller's but the search path: functions inherit what the emulator has.

    They learn from it where AWS is, too; without `AWS_ENDPOINT_URL` they would call the real one.
    """
    home, temporary = stack.folder / "home", stack.folder / "tmp"
    home.mkdir(parents=True, exist_ok=True)
    temporary.mkdir(exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "STATE_DIR": str(temporary / "state"),
        "S3_DATA_DIR": str(temporary / "s3"),
        "LANG": "C.UTF-8",
        "GATEWAY_PORT": str(stack.port),
        "AWS_ENDPOINT_URL": stack.endpoint,
        "MINISTACK_REGION": REGION,
        "BIND_HOST": "127.0.0.1",
        # Its port is the same for all instances.
        "IOT_MTLS_ENABLED": "0",
        # On AWS a function gets it from its LoggingConfig.
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        CALLS_FILE: str(calls_file(stack)),
        REQUESTS_FILE: str(requests_file(stack)),
        "AUTH": str(stack.enforces_policies).lower(),
    }


def is_running(stack: Stack) -> bool:
    """Whether this checkout's emulator of the port runs as it would be started now, and answers."""
    return processes.is_running(_pid_file(stack)) and _is_current(stack) and _is_healthy(stack)


def start(stack: Stack, *, module: str = MODULE, variables: Mapping[str, str] | None = None) -> None:
    """Starts the emulator with nothing in it, and waits until it answers.

    Another module may run in its place, which finds these variables in its environment.
    """
    stop(stack)
    if _is_taken(stack.port):
        raise Failure(
            f"Port {stack.port} is in use by another program: stop it, or choose another with LOCAL_AWS_PORT=…."
        )
    environment = _environment(stack) | dict(variables or {})
    _log_file(stack).unlink(missing_ok=True)
    for file in (calls_file(stack), requests_file(stack)):
        file.unlink(missing_ok=True)
    processes.start(module, [], environment, _pid_file(stack), _log_file(stack))
    _program_file(stack).write_text(_program())
    deadline = time.monotonic() + START_SECONDS
    while not _is_healthy(stack):
        if not processes.is_running(_pid_file(stack)):
            raise Failure(f"The local AWS ended at once; the end of {_log_file(stack)}:\n{_log_end(stack)}")
        if time.monotonic() > deadline:
            raise Failure(f"The local AWS did not answer within {START_SECONDS} seconds; see {_log_file(stack)}.")
        time.sleep(0.1)


def stop(stack: Stack) -> bool:
    """Ends the emulator with the functions it runs. Says whether it ran."""
    return processes.stop(_pid_file(stack))


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_healthy(stack: Stack) -> bool:
    try:
        return httpx.get(f"{stack.endpoint}/_ministack/health", timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _log_end(stack: Stack) -> str:
    return "\n".join(_log_file(stack).read_text(errors="replace").splitlines()[-15:])
