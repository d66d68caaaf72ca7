"""HTTP/1.1 over streams, as little of it as AWS's SDKs use. Faults need what no library lets one do to a connection."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass, field

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "expect"}
REASONS = {200: "OK", 202: "Accepted", 204: "No Content", 206: "Partial Content", 400: "Bad Request"}
# Above which asyncio gives up on a head.
MOST_OF_A_HEAD = 1 << 20


@dataclass
class Request:
    """A request; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


@dataclass
class Response:
    """An answer; header names are in lower case."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


class Connection:
    """One end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def read_request(self) -> Request | None:
        """The next request, or none if the other end has closed the connection."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        line, headers = _head(head)
        method, target, _ = line.split(" ", 2)
        if headers.get("expect", "").lower() == "100-continue":
            self.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return Request(method, target, headers, await self._body(headers, of_request=True))

    async def read_response(self, method: str) -> Response:
        while True:
            line, headers = _head(await self.reader.readuntil(b"\r\n\r\n"))
            status = int(line.split(" ", 2)[1])
            if status >= 200:
                break
        if method == "HEAD" or status in (204, 304):
            # Its length is of a body that is not sent.
            return Response(status, headers)
        return Response(status, headers, await self._body(headers, of_request=False))

    async def send_request(self, request: Request, host: str) -> None:
        headers = {name: value for name, value in request.headers.items() if name not in HOP_BY_HOP}
        headers = {"host": host} | headers | {"content-length": str(len(request.body))}
        await self._send(f"{request.method} {request.target} HTTP/1.1", headers, request.body)

    async def send_response(self, response: Response, method: str = "GET", *, most: int | None = None) -> None:
        """Sends an answer; with `most`, only so many bytes of its body, although its head promises all of them."""
        headers = {name: value for name, value in response.headers.items() if name not in HOP_BY_HOP}
        length = str(len(response.body))
        if method == "HEAD":
            length = response.headers.get("content-length", "0")
        if response.status != 204:
            headers["content-length"] = length
        line = f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Something')}"
        await self._send(line, headers, response.body[:most])

    async def other_end_to_close(self) -> None:
        """Waits until the other end has closed the connection."""
        while await self.reader.read(1 << 16):
            pass

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        """Ends the connection in the middle: the other end sees a reset instead of an end."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def _send(self, line: str, headers: dict[str, str], body: bytes) -> None:
        head = "\r\n".join([line, *(f"{name}: {value}" for name, value in headers.items())])
        self.writer.write(head.encode("latin-1") + b"\r\n\r\n" + body)
        await self.writer.drain()

    async def _body(self, headers: dict[str, str], *, of_request: bool) -> bytes:
        if "chunked" in headers.get("transfer-encoding", "").lower():
            chunks = []
            while size := int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16):
                chunks.append(await self.reader.readexactly(size))
                await self.reader.readexactly(2)
            await self.reader.readuntil(b"\r\n")
            return b"".join(chunks)
        if "content-length" in headers:
            return await self.reader.readexactly(int(headers["content-length"]))
        return b"" if of_request else await self.reader.read()


def _head(text: bytes) -> tuple[str, dict[str, str]]:
    line, *rest = text.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (header.split(":", 1) for header in rest)
    return line, {name.strip().lower(): value.strip() for name, value in pairs}
