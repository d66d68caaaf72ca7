"""The functions of a deployed stack, run in the place of Lambda, with what the stack says of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from faults.calls import Call
from faults.http import Request, Response
from faults.process import Process, lambda_environment
from faults.upstream import Upstream
from stack import aws, build
from stack.settings import STACK_NAME, Failure, Stack


def ignore(call: Call, request: Request, response: Response) -> None:
    """Nobody looks at the calls."""


class Functions:
    """Every function that the stack has, by the name of its binary."""

    def __init__(self, stack: Stack, endpoints: Mapping[str, str], folder: Path) -> None:
        """`endpoints` has a URL for each service that is not the stack's own, by its name in `AWS_ENDPOINT_URL_…`."""
        self.folder = folder
        self.endpoints = endpoints
        self.upstream = Upstream(stack.port)
        self._configurations = _configurations(stack)
        self._processes: dict[str, Process] = {}

    async def invoke(self, function: str, event: Any) -> Any:
        """What a function answers. Whatever else it does is a failure."""
        outcome = await self._process(function).invoke(event, self._configurations[function]["Timeout"])
        if not outcome.is_answered:
            raise Failure(f"{function} {outcome.how}: {outcome.payload}; see {self._log(function)}.")
        return outcome.payload

    async def stop(self) -> None:
        for process in self._processes.values():
            await process.stop()
        self.upstream.close()

    def _process(self, function: str) -> Process:
        if function not in self._processes:
            binary = build.binaries_folder() / function
            environment = self._environment(function)
            self._processes[function] = Process(binary, environment, self.upstream, ignore, self._log(function))
        return self._processes[function]

    def _environment(self, function: str) -> dict[str, str]:
        """What Lambda would set, what the template does, and where AWS is."""
        configuration = self._configurations[function]
        lambda_own = lambda_environment(configuration["FunctionName"], configuration["MemorySize"])
        lambda_own["AWS_LAMBDA_LOG_FORMAT"] = configuration["LoggingConfig"]["LogFormat"].upper()
        endpoints = {f"AWS_ENDPOINT_URL_{service}": url for service, url in self.endpoints.items()}
        return lambda_own | configuration.get("Environment", {}).get("Variables", {}) | endpoints

    def _log(self, function: str) -> Path:
        return self.folder / f"{function}.log"


def _configurations(stack: Stack) -> dict[str, dict[str, Any]]:
    pages = aws.client(stack, "lambda").get_paginator("list_functions").paginate()
    found = [configuration for page in pages for configuration in page["Functions"]]
    return {configuration["FunctionName"].removeprefix(f"{STACK_NAME}-"): configuration for configuration in found}
