"""Connections to the local AWS."""

from __future__ import annotations

import asyncio
import time

from .http import MOST_OF_A_HEAD, Connection, Request, Response

# The local AWS closes a connection that was idle for five seconds.
MOST_IDLE_SECONDS = 2.0


class Upstream:
    """The local AWS. Connections are used again."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._idle: list[tuple[float, Connection]] = []

    async def send(self, request: Request) -> Response:
        connection = await self._connection()
        try:
            await connection.send_request(request, f"localhost:{self.port}")
            response = await connection.read_response(request.method)
        except BaseException:
            connection.close()
            raise
        if response.headers.get("connection", "").lower() == "close":
            connection.close()
        else:
            self._idle.append((time.monotonic(), connection))
        return response

    def close(self) -> None:
        for _, connection in self._idle:
            connection.close()
        self._idle.clear()

    async def _connection(self) -> Connection:
        while self._idle:
            since, connection = self._idle.pop()
            if time.monotonic() - since < MOST_IDLE_SECONDS and not connection.reader.at_eof():
                return connection
            connection.close()
        return Connection(*await asyncio.open_connection("127.0.0.1", self.port, limit=MOST_OF_A_HEAD))
