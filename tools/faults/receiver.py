"""A tenant's endpoint."""

from __future__ import annotations

import asyncio

from .http import Connection, Response


class Receiver:
    """Answers the first posts with these statuses, and then 200. Notes the event of each."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self._statuses: list[int] = []
        self._server: asyncio.Server | None = None

    async def open(self) -> str:
        """Begins to listen. Returns the endpoint's URL."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/hook"

    def begin(self, statuses: list[int]) -> None:
        self.ids, self._statuses = [], statuses

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer)
        try:
            while (request := await connection.read_request()) is not None:
                self.ids.append(request.headers.get("webhook-id", ""))
                status = self._statuses.pop(0) if self._statuses else 200
                await connection.send_response(Response(status, {}, b"ok"))
        except (ConnectionError, asyncio.IncompleteReadError):
            # The sender was killed.
            pass
        finally:
            writer.close()
