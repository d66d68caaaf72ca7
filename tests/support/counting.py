"""A door in front of the local AWS, which notes every call that a function makes through it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx

from support.functions import Functions

SERVICES = ("DYNAMODB", "SQS", "SESV2", "S3")
NAMES = {"POST /v2/email/outbound-emails": "SendEmail"}
NOT_PASSED_ON = {"connection", "content-length", "transfer-encoding"}


class Counter:
    """The calls that functions make, by name and in order."""

    def __init__(self, endpoint_url: str) -> None:
        self.calls: list[str] = []
        self.http = httpx.Client(base_url=endpoint_url, timeout=30)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.http.close()

    @contextmanager
    def watching(self, functions: Functions, *names: str) -> Iterator[None]:
        """Functions of the template make their calls through here, within."""
        url = f"http://127.0.0.1:{self.server.server_port}"
        endpoints = {f"AWS_ENDPOINT_URL_{service}": url for service in SERVICES}
        with ExitStack() as changes:
            for name in names:
                changes.enter_context(functions.changed(name, **endpoints))
            yield

    def of(self, answer: httpx.Response) -> tuple[int, list[str]]:
        """An answer's status, and the calls since the last question."""
        calls, self.calls = self.calls, []
        return answer.status_code, calls


def _handler(counter: Counter) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            call = f"{self.command} {self.path.partition('?')[0]}"
            target = self.headers.get("x-amz-target", "").rpartition(".")[2]
            counter.calls.append(target or NAMES.get(call, call))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON}
            answer = counter.http.request(self.command, self.path, headers=headers, content=body)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in NOT_PASSED_ON:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = pass_on

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    return Handler
