"""A local AWS of which another server answers for some of the services.

Requests that are signed for one of them go there, once the other server has what they are about. The mails that it
accepted are shown where the local AWS shows its own.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from faults.http import HOP_BY_HOP, Request, Response
from faults.upstream import Upstream
from stack.request_record import App, headers_of, target_of

from .service_models import SCOPE

# By the names that requests to them are signed with.
SERVICES = {"dynamodb", "s3", "ses", "sqs"}
START_PATH = "/_data-services/start"
MAILS_PATH = "/_ministack/ses/messages"
SEND_PATH = "/v2/email/outbound-emails"
ACCOUNT = "000000000000"


class DataServices:
    """The other server."""

    def __init__(self, port: int, told: Callable[[Request], None]) -> None:
        """`told` hears of each request that the other server has answered."""
        self.upstream = Upstream(port)
        self.is_started = False
        self.mails: list[dict[str, Any]] = []
        self._told = told

    def answers(self, request: Request) -> bool:
        """Whether a request, whose body need not be there, is for it."""
        if request.path == START_PATH:
            return True
        return self.is_started and (request.path == MAILS_PATH or signed_for(request) in SERVICES)

    async def answer(self, request: Request) -> Response:
        if request.path == START_PATH:
            self.is_started = True
            return Response(204)
        if request.path == MAILS_PATH:
            shown = json.dumps({"messages": {ACCOUNT: self.mails}}).encode()
            return Response(200, {"content-type": "application/json"}, shown)
        response = await self.upstream.send(request)
        if (signed_for(request), request.path) == ("ses", SEND_PATH) and response.is_success:
            self.mails.append(shown_mail(json.loads(request.body)))
        self._told(request)
        return response


def signed_for(request: Request) -> str | None:
    """The service that a request is signed for, in its headers or in its URL."""
    if found := SCOPE.search(request.headers.get("authorization", "")):
        return found[1]
    [credential] = parse_qs(request.query).get("X-Amz-Credential", [""])
    return credential.split("/")[3] if credential.count("/") == 4 else None


def shown_mail(mail: Mapping[str, Any]) -> dict[str, Any]:
    """A mail as MiniStack shows it."""
    simple, destination = mail["Content"]["Simple"], mail["Destination"]
    return {
        "Source": mail["FromEmailAddress"],
        "To": destination.get("ToAddresses", []),
        "CC": destination.get("CcAddresses", []),
        "Subject": simple["Subject"]["Data"],
        "BodyText": simple["Body"].get("Text", {}).get("Data", ""),
        "BodyHtml": simple["Body"].get("Html", {}).get("Data", ""),
    }


def in_front(services: DataServices, app: App) -> App:
    """An ASGI application that hands the other server what is for it, and the application everything else."""

    async def answering(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        request = Request(scope["method"], target_of(scope), headers_of(scope), b"")
        if not services.answers(request):
            await app(scope, receive, send)
            return
        request.body = await _body(receive)
        response = await services.answer(request)
        await send({"type": "http.response.start", "status": response.status, "headers": _headers(request, response)})
        await send({"type": "http.response.body", "body": response.body})

    return answering


async def _body(receive: Callable[[], Awaitable[dict[str, Any]]]) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _headers(request: Request, response: Response) -> list[tuple[bytes, bytes]]:
    headers = {name: value for name, value in response.headers.items() if name not in HOP_BY_HOP}
    if request.method == "HEAD":
        # Of what a GET would send.
        headers["content-length"] = response.headers.get("content-length", "0")
    elif response.status != 204:
        headers["content-length"] = str(len(response.body))
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
