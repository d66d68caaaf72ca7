"""A mail service that takes its time, and notes how many mails are under way at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread

import httpx

NOT_PASSED_ON = {"connection", "content-length", "transfer-encoding"}


@dataclass
class SlowMail:
    """The mail service of the local AWS, behind a pause."""

    url: str = ""
    under_way: int = 0
    most_at_once: int = 0
    lock: Lock = field(default_factory=Lock)
    # Cleared, it keeps every mail until it is set again.
    is_open: Event = field(default_factory=Event)

    def begin(self) -> None:
        with self.lock:
            self.under_way += 1
            self.most_at_once = max(self.most_at_once, self.under_way)

    def end(self) -> None:
        with self.lock:
            self.under_way -= 1


@contextmanager
def slow_mail(endpoint_url: str, seconds: float) -> Iterator[SlowMail]:
    """A mail service that answers so many seconds later than the one at the endpoint."""
    slow = SlowMail()
    slow.is_open.set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON}
            slow.begin()
            time.sleep(seconds)
            slow.is_open.wait()
            # Before the answer: once it is there, the next export may begin.
            slow.end()
            answer = httpx.post(endpoint_url + self.path, headers=headers, content=body, timeout=30)
            self.send_response(answer.status_code)
            self.send_header("content-type", answer.headers.get("content-type", "application/json"))
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            """Says nothing: pytest's output is for results."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    slow.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield slow
    finally:
        slow.is_open.set()
        server.shutdown()
        server.server_close()
