"""A record of what our code asks of the local AWS, and of what AWS's own service models do not allow of it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from emulators.service_models import operation_of, problems
from faults.http import Request

# boto3, with which tests and tools call, makes its requests from the same models.
MADE_FROM_MODELS = "Boto3"
SIGNED = "AWS4-HMAC-SHA256 "

App = Callable[[dict[str, Any], Callable[[], Awaitable[dict[str, Any]]], Any], Awaitable[None]]


class RequestRecord:
    """A file with a line of JSON for each operation, and for each problem with one."""

    def __init__(self, file: Path) -> None:
        self._lines = file.open("a", buffering=1)
        self._seen: set[str] = set()

    def note(self, request: Request) -> None:
        operation = operation_of(request) or f"{request.method} {request.path}"
        for problem in problems(request) or [None]:
            line = json.dumps({"operation": operation, "problem": problem})
            if line not in self._seen:
                self._seen.add(line)
                self._lines.write(f"{line}\n")


def recorded(app: App, record: RequestRecord) -> App:
    """The same ASGI application, with a record of the requests that the functions and the command line tool make."""

    async def recording(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Any) -> None:
        headers = headers_of(scope)
        is_signed = headers.get("authorization", "").startswith(SIGNED)
        if not is_signed or MADE_FROM_MODELS in headers.get("user-agent", ""):
            await app(scope, receive, send)
            return
        # Files are not looked at.
        is_file = scope["method"] == "PUT" and "/s3/" in headers["authorization"]
        body = bytearray()

        async def kept() -> dict[str, Any]:
            message = await receive()
            if not is_file:
                body.extend(message.get("body", b""))
            return message

        await app(scope, kept, send)
        record.note(Request(scope["method"], target_of(scope), headers, bytes(body)))

    return recording


def target_of(scope: dict[str, Any]) -> str:
    """The path of a request with its query, as they were sent."""
    query = scope["query_string"].decode()
    return scope["raw_path"].decode() + (f"?{query}" if query else "")


def headers_of(scope: dict[str, Any]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope.get("headers", ())}
