"""One invocation of a function's own binary outside of the local AWS: a few lines of Python play S3 and DynamoDB.

The local AWS keeps files and records in memory and takes milliseconds for each: too long for files of many rows.
"""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

KIB = 1024
# A deadline far enough away that no test reaches it.
LEFT_MS = 3_600_000


@dataclass
class GeneratedFile:
    """A file whose bytes are made when they are read: a header, then rows of the same length."""

    header: bytes
    row: Callable[[int], bytes]
    rows: int
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.width = len(self.row(0))
        self.size = len(self.header) + self.rows * self.width

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`."""
        below = len(self.header)
        first = max(0, start - below) // self.width
        last = min(self.rows, max(0, end - below) // self.width + 1)
        rows = b"".join(map(self.row, range(first, last)))
        offset = below + first * self.width
        if start < below:
            return (self.header + rows)[start:end]
        return rows[start - offset : end - offset]


@dataclass
class PlainAws:
    """The services that one invocation calls."""

    file: GeneratedFile
    file_key: str
    # Each answer with bytes of the file whose number this divides breaks off in its middle.
    break_every: int | None = None
    reads: int = 0
    broken: int = 0
    documents: dict[str, bytes] = field(default_factory=dict)
    written: int = 0
    answers: queue.Queue[Any] = field(default_factory=queue.Queue)
    events: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)

    def result(self) -> dict[str, Any]:
        return json.loads(self.documents[f"{self.file_key}.result.json"])


@contextmanager
def serving(aws: PlainAws) -> Iterator[str]:
    """The address of the services."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        is_broken = False
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            if self.path.endswith("/invocation/next"):
                event = aws.events.get()
                deadline = str(int(time.time() * 1000) + LEFT_MS)
                headers = {"Lambda-Runtime-Aws-Request-Id": "one", "Lambda-Runtime-Deadline-Ms": deadline}
                self.answer(json.dumps(event).encode(), **headers)
            elif self.is_file():
                start, last = map(int, re.findall(r"\d+", self.headers["range"]))
                aws.reads += 1
                self.is_broken = aws.break_every is not None and aws.reads % aws.break_every == 0
                self.answer(aws.file.read(start, last + 1), status=206)
            elif (document := aws.documents.get(self.key())) is not None:
                self.answer(document, ETag='"document"')
            else:
                self.answer(b"<Error><Code>NoSuchKey</Code></Error>", status=404)

        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(aws.file.size))
            self.send_header("ETag", '"file"')
            self.end_headers()

        def do_PUT(self) -> None:
            body = self.body()
            if "x-amz-copy-source" in self.headers:
                name = "CopyPartResult" if "partNumber=" in self.path else "CopyObjectResult"
                self.answer(f'<{name}><ETag>"copy"</ETag></{name}>'.encode())
            else:
                aws.documents[self.key()] = body
                self.answer(b"", ETag='"document"')

        def do_DELETE(self) -> None:
            aws.documents.pop(self.key(), None)
            self.answer(b"", status=204)

        def do_POST(self) -> None:
            body = self.body()
            if self.path.startswith("/2018-06-01/"):
                aws.answers.put(json.loads(body))
                self.answer(b"", status=202)
            elif "x-amz-target" in self.headers:
                self.answer(json.dumps(self.dynamodb(json.loads(body))).encode())
            elif self.path.endswith("?uploads"):
                self.answer(b"<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>")
            else:
                self.answer(b"<CompleteMultipartUploadResult/>")

        def dynamodb(self, request: dict[str, Any]) -> dict[str, Any]:
            operation = self.headers["x-amz-target"].rpartition(".")[2]
            if operation == "BatchExecuteStatement":
                aws.written += len(request["Statements"])
                return {"Responses": [{} for _ in request["Statements"]]}
            answers = {
                "Query": {"Count": 1, "ScannedCount": 1},
                "GetItem": {"Item": {"shards": {"N": "16"}}},
                # Of a supplier, for the directory.
                "UpdateItem": {},
            }
            return answers[operation]

        def body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("content-length", 0)))

        def key(self) -> str:
            return self.path.partition("?")[0].split("/", 2)[2]

        def is_file(self) -> bool:
            return self.key() == aws.file_key

        def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.is_broken:
                body, self.close_connection = body[: len(body) // 2], True
                aws.broken += 1
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing: pytest's output is for results."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """The function is killed at the end, and its connections with it."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def invoke(binary: Path, aws: PlainAws, event: dict[str, Any], variables: dict[str, str]) -> float:
    """Runs one invocation of a function's binary, and says its peak of memory in MiB."""
    with serving(aws) as address:
        environment = {
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": f"http://{address}",
            "AWS_LAMBDA_RUNTIME_API": address,
            "AWS_LAMBDA_FUNCTION_NAME": binary.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            **variables,
        }
        aws.events.put(event)
        with subprocess.Popen([binary], env=environment, stdout=subprocess.DEVNULL) as process:
            try:
                answer = aws.answers.get(timeout=600)
                assert not answer.get("batchItemFailures"), answer
                status = Path(f"/proc/{process.pid}/status").read_text()
                return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / KIB
            finally:
                process.kill()
