"""One function under `cargo lambda watch`, as `make lambda-watch` runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bench.events import request
from stack import cargo_lambda, lambda_watch
from stack.settings import ROOT, Stack, free_port
from support.api import Api, Caller

PATH = "/v1/payments/funding-transfers/export"
TIMEOUT_SECONDS = 60


@pytest.fixture(scope="module")
def port(stack: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the function `list` can be invoked."""
    # So that no invocation has to wait for the compiler.
    subprocess.run(["cargo", "build", "--quiet", "--package", "list", "--locked"], cwd=ROOT, check=True)
    port, log = free_port(), tmp_path_factory.mktemp("watch") / "log"
    environment = lambda_watch.environment(Stack(int(stack["endpointUrl"].rpartition(":")[2])), "list")
    with log.open("w") as output:
        process = subprocess.Popen(
            lambda_watch.command("list", port),
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def test_a_function_answers_there_as_it_does_behind_the_api(
    api: Api, operator: Caller, port: int, tmp_path: Path
) -> None:
    api.make(operator, "funding-transfers")
    event = request("GET", PATH, query={"limit": "5"})
    event["requestContext"]["authorizer"] |= {
        "tenantId": operator.tenantId,
        "userId": operator.userId,
        "email": operator.email,
        "role": operator.role,
    }
    (tmp_path / "event.json").write_text(json.dumps(event))
    invoke = lambda_watch.invocation("list", port).split()
    invoke[0] = str(cargo_lambda.command())
    # It waits until the function has started.
    result = subprocess.run(invoke, cwd=tmp_path, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["statusCode"] == 200, answer
    listed = json.loads(answer["body"])
    assert listed["items"]
    assert listed == api.get(operator, PATH, params={"limit": 5}).json()
