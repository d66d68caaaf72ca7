"""A stand-in for the AWS CLI, as far as `docs/runbook.md` uses it.

Arguments become calls of boto3, which checks them against AWS's own models; answers are cut by `--query` and printed as
text or as JSON. All of it happens within the test's process: a process of its own for each command takes half a second.
"""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import jmespath
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from botocore.validate import validate_parameters

# What the local AWS does not have: it is checked, and not called.
ABSENT = {("sqs", "start-message-move-task")}

COMMAND = """#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/{port}
printf '%s\\0' "$#" "$@" >&3
IFS= read -r status <&3
cat <&3
exit "$status"
"""


class AwsCommand:
    """Carries out commands. `called` has them all, as service and operation."""

    def __init__(self, session: boto3.Session, endpoint: str) -> None:
        self.session = session
        self.endpoint = endpoint
        self.called: list[tuple[str, str]] = []

    def run(self, arguments: list[str]) -> str:
        service, command, *options = arguments
        self.called.append((service, command))
        client = self._client(service)
        operation = next(name for name in client.meta.service_model.operation_names if _dashed(name) == command)
        shape = client.meta.service_model.operation_model(operation).input_shape
        given = _given(options)
        query, output = given.pop("query", None), given.pop("output", ["json"])
        members = {_dashed(name): (name, member) for name, member in shape.members.items()}
        parameters = {members[name][0]: _typed(members[name][1], values) for name, values in given.items()}
        validate_parameters(parameters, shape)
        if (service, command) in ABSENT:
            return ""
        method = xform_name(operation)
        if client.can_paginate(method):
            answer = client.get_paginator(method).paginate(**parameters).build_full_result()
        else:
            answer = getattr(client, method)(**parameters)
        found = jmespath.search(query[0], answer) if query else answer
        return _as_text(found) if output == ["text"] else json.dumps(found, indent=4, default=str)

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self.session.client(service, endpoint_url=self.endpoint)
        return self._clients[service]


@contextmanager
def on_path(command: AwsCommand, folder: Path) -> Iterator[None]:
    """Within, the folder has an executable `aws`."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            count = int(self._argument())
            try:
                status, output = 0, command.run([self._argument() for _ in range(count)])
            except (BotoCoreError, ClientError, KeyError, ValueError, StopIteration) as error:
                status, output = 1, f"{type(error).__name__}: {error}"
            ending = "\n" if output else ""
            self.wfile.write(f"{status}\n{output}{ending}".encode())

        def _argument(self) -> str:
            read = bytearray()
            while (byte := self.rfile.read(1)) != b"\0":
                read += byte
            return read.decode()

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        executable = folder / "aws"
        executable.write_text(COMMAND.format(port=server.server_address[1]))
        executable.chmod(0o755)
        try:
            yield
        finally:
            server.shutdown()


def _dashed(name: str) -> str:
    return xform_name(name, "-")


def _given(options: list[str]) -> dict[str, list[str]]:
    """The values of each option, without its dashes."""
    given: dict[str, list[str]] = {}
    for option in options:
        if option.startswith("--"):
            values = given.setdefault(option.removeprefix("--"), [])
        else:
            values.append(option)
    return given


def _typed(shape: Any, values: list[str]) -> Any:
    match shape.type_name, values:
        case "boolean", []:
            return True
        case "list", _:
            return values
        case (("map" | "structure"), [one]):
            return json.loads(one)
        case (("integer" | "long"), [one]):
            return int(one)
        case _, [one]:
            return one
    raise ValueError(f"{values} is not of the type {shape.type_name}")


def _as_text(found: Any) -> str:
    """As `--output text` does: tabs between the values of a row, a line for each row."""
    rows = found if isinstance(found, list) and all(isinstance(row, list) for row in found) else [found]
    return "\n".join("\t".join(map(_cell, row)) if isinstance(row, list) else _cell(row) for row in rows)


def _cell(value: Any) -> str:
    return "None" if value is None else str(value)
