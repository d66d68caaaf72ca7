"""A door in front of the local AWS, through which a function's calls go."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx

NOT_PASSED_ON = {"connection", "content-length", "transfer-encoding"}

# Passes a request on, and says what AWS answered.
PassOn = Callable[[], httpx.Response]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Says nothing: a caller that has gone away is what some tests are about."""


class Door:
    """Passes each call on to `endpoint_url`; `see` decides when, and is told the operation and the body."""

    def __init__(self, endpoint_url: str, see: Callable[[str, bytes, PassOn], httpx.Response]) -> None:
        self.see = see
        self.http = httpx.Client(base_url=endpoint_url, timeout=30)
        self.server = Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self) -> Door:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.http.close()


def _handler(door: Door) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            target = self.headers.get("x-amz-target", "").rpartition(".")[2]
            call = target or f"{self.command} {self.path.partition('?')[0]}"
            headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON}

            def send() -> httpx.Response:
                return door.http.request(self.command, self.path, headers=headers, content=body)

            answer = door.see(call, body, send)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in NOT_PASSED_ON:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = pass_on

        def log_message(self, *_: Any) -> None:
            """Says nothing: pytest's output is for results."""

    return Handler
