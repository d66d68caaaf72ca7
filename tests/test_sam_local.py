"""What `sam local` is given: an event for each function, and a template that its gateway can read.

There is no Docker here, so the functions' own binaries get the events, under the runtime API of `make faults`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faults.process import Outcome, Process, lambda_environment
from faults.upstream import Upstream
from samcli.lib.providers.api_provider import ApiProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider
from stack import sam_local, sam_local_events, template
from stack.build import binaries_folder
from stack.settings import TEMPLATE
from support.contract import Contract

NO_FAILURES = {"batchItemFailures": []}


def status(*expected: int) -> Callable[[Any], bool]:
    return lambda answer: answer["statusCode"] in expected


# What each function answers to its event. Nobody has made the export that the examples name.
ANSWERS: dict[str, Callable[[Any], bool]] = {
    "authorizer": lambda answer: (
        answer["context"]["tenantId"] == "northwind-market"
        and answer["policyDocument"]["Statement"][0]["Effect"] == "Allow"
    ),
    # If the event comes twice within the hour, the first export may still be pending.
    "trigger": status(202, 409),
    "list": lambda answer: status(200)(answer) and "items" in json.loads(answer["body"]),
    "records": lambda answer: status(200)(answer) and len(json.loads(answer["body"])["items"]) > 0,
    "estimate": lambda answer: status(200)(answer) and json.loads(answer["body"])["rowCount"]["isExact"],
    "suppliers": lambda answer: status(200)(answer) and len(json.loads(answer["body"])["items"]) > 0,
    "detail": status(404),
    "resend": status(404),
    "cancel": status(404),
    "delete": status(404),
    "links": status(404),
    "download": status(404, 410),
    "schedules": status(200),
    "webhooks": status(200),
    "me": lambda answer: status(200)(answer) and json.loads(answer["body"])["userId"] == "ana",
    "console": lambda answer: status(200)(answer) and answer["body"].startswith("<!doctype html>"),
    "merchant": status(200, 400),
    "schedule-runner": lambda answer: answer is None,
    "reconciler": lambda answer: answer is None,
    "expirer": lambda answer: answer is None,
    "publisher": lambda answer: answer is None,
    **dict.fromkeys(
        ("generator", "dead-letter-handler", "mail-events", "recorder", "loader", "webhook-sender"),
        lambda answer: answer == NO_FAILURES,
    ),
}


def test_there_is_an_event_for_each_function() -> None:
    """`make lint` compares the events with what the contracts say."""
    assert sorted(file.stem for file in sam_local_events.FOLDER.iterdir()) == sorted(template.binaries())
    assert sorted(ANSWERS) == sorted(template.binaries())


def test_each_function_answers_its_event(stack: dict[str, Any], lambdas: Any, tmp_path: Path) -> None:
    port = int(stack["endpointUrl"].rpartition(":")[2])
    events = {file.stem: json.loads(file.read_text()) for file in sam_local_events.FOLDER.iterdir()}

    async def answers() -> dict[str, Outcome]:
        found = {}
        upstream = Upstream(port)
        for name, event in events.items():
            function = f"{stack['stackName']}-{name}"
            given = lambdas.get_function_configuration(FunctionName=function)
            environment = lambda_environment(function, given["MemorySize"]) | given["Environment"]["Variables"]
            log = tmp_path / f"{name}.log"
            process = Process(binaries_folder() / name, environment, upstream, lambda *_: None, log)
            found[name] = await process.invoke(event, timeout_seconds=30)
            await process.stop()
        upstream.close()
        return found

    wrong = {
        name: (outcome, (tmp_path / f"{name}.log").read_text()[-1000:])
        for name, outcome in asyncio.run(answers()).items()
        if not (outcome.is_answered and ANSWERS[name](outcome.payload))
    }
    assert wrong == {}


@pytest.fixture(scope="module")
def local_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("sam-local") / "template.yaml"
    sam_local.write_template(TEMPLATE, target)
    return target


def test_the_local_gateway_finds_each_operation_with_its_function_and_authorizer(
    local_template: Path, contract: Contract
) -> None:
    stacks, _ = SamLocalStackProvider.get_stacks(str(local_template), language_extensions_enabled=True)
    found = {
        (route.path, method): (route.function_name, route.authorizer_name)
        for route in ApiProvider(stacks).api.routes
        for method in route.methods
    }
    documented = {}
    for document, method, path in contract.operations():
        operation = document.raw["paths"][path][method.lower()]
        uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        function = sam_local_events.INTEGRATED.search(uri)
        assert function
        needs_key = operation.get("security", document.raw.get("security"))
        documented[path, method.upper()] = (function[1], "ApiKey" if needs_key else None)
    assert {key: found.get(key) for key in documented} == documented


def test_a_container_finds_the_local_stack(stack: dict[str, Any], lambdas: Any, local_template: Path) -> None:
    environment = sam_local.environment_of(lambdas, stack["stackName"], 4566)
    assert len(environment) == len(template.binaries())
    assert environment["GeneratorFunction"]["EXPORTS_TABLE"] == stack["exportsTable"]
    for name, variables in environment.items():
        assert variables["AWS_ENDPOINT_URL"] == "http://host.docker.internal:4566"
        assert not [value for value in variables.values() if "//localhost" in value], name
    # SAM leaves out what the template does not have.
    written = template.read(local_template)
    assert "AWS_ENDPOINT_URL" in written["Globals"]["Function"]["Environment"]["Variables"]
