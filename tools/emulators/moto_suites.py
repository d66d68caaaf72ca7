"""`make moto`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import httpx
from stack import build, deploy, emulator, lifecycle, page, seed, template
from stack.settings import ROOT, Failure, Stack, free_port
from stack.steps import Steps, console

from . import mirror, moto_server
from .data_services import START_PATH
from .moto_check import check_transactions

SUITES = (
    "tests/test_first_export.py",
    "tests/test_trigger.py",
    "tests/test_list.py",
    "tests/test_downloads.py",
    "tests/test_ending.py",
    "tests/test_resend.py",
    "tests/test_files.py",
    "tests/test_expiry.py",
    "tests/test_merchant.py",
    "tests/long/test_continuation.py",
)
MODULE = "emulators.ministack_process"


def run_suites_on_moto(steps: Steps, suites: Sequence[str]) -> None:
    """Runs suites with moto's S3, SQS, DynamoDB and SESv2."""
    with steps.step("install", "Installing moto"):
        moto_server.install()
    with steps.step("compile", "Compiling the functions, the command line tool and the server of large ledgers"):
        page.build()
        build.compile_workspace()
        build.compile_large_ledger()
        build.pack(template.binaries())
    with _stack(steps) as environment, steps.step("suites", "The suites, on the deployed stack"):
        command = [sys.executable, "-m", "pytest", *suites]
        if subprocess.run(command, cwd=ROOT, env=environment).returncode:
            raise Failure("The suites failed: see above.")
    console.print(steps.table())


@contextmanager
def _stack(steps: Steps) -> Iterator[Mapping[str, str]]:
    """The environment of a stack that runs within: its functions and APIs in MiniStack, its data in moto."""
    stack, data = Stack(free_port()), Stack(free_port())
    stack.folder.mkdir(parents=True)
    try:
        emulator.start(stack, module=MODULE, variables={"DATA_SERVICES_PORT": str(data.port)})
        with moto_server.running(data.port, stack.folder):
            with steps.step("deploy", "Deploying template.yaml"):
                outputs = deploy.deploy(stack)
            with steps.step("seed", "Loading the demo's keys and records"):
                # Into the local AWS, which writes them twenty times as fast.
                seed.seed(stack, outputs)
            with steps.step("copy", "Making the tables with their items, the queues and the buckets in moto"):
                mirror.make(stack, data)
                httpx.post(f"{stack.endpoint}{START_PATH}", trust_env=False).raise_for_status()
                check_transactions(data)
            stack.stack_file.write_text(json.dumps(lifecycle.describe(stack, outputs), indent=2) + "\n")
            yield stack.environment() | {"STACK_JSON": str(stack.stack_file)}
    finally:
        emulator.stop(stack)
    shutil.rmtree(stack.folder)
