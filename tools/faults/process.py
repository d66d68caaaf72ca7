"""A function's own binary, in the place of Lambda: its runtime API, and the door through which it calls AWS."""

from __future__ import annotations

import asyncio
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack.settings import REGION

from .calls import Call, call_of
from .faults import Fault, Struck
from .http import MOST_OF_A_HEAD, Connection, Request, Response
from .upstream import Upstream

RUNTIME = "/2018-06-01/runtime/"
# How long after an invocation its connections may still be closing.
LONGEST_HOLD_SECONDS = 2.0


@dataclass(frozen=True)
class Outcome:
    """How an invocation ended: `answered`, `failed`, `died` or `timed out`."""

    how: str
    payload: Any = None

    @property
    def is_answered(self) -> bool:
        return self.how == "answered"


def lambda_environment(function_name: str, memory_mb: int) -> dict[str, str]:
    """What a process finds in its environment on Lambda, with the local AWS's credentials."""
    return {
        "PATH": os.environ["PATH"],
        "AWS_LAMBDA_FUNCTION_NAME": function_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "localhost,127.0.0.1",
    }


# Which fault strikes a call of a function, if any.
Attack = Callable[[Call], Fault | None]
# Is told of each call that AWS has carried out.
Observer = Callable[[Call, Request, Response], None]


class Process:
    """One process of a function. It is started when it is first needed, and again after it has died."""

    def __init__(
        self, binary: Path, environment: Mapping[str, str], upstream: Upstream, observe: Observer, log: Path
    ) -> None:
        self.binary = binary
        self.environment = environment
        self.upstream = upstream
        self.observe = observe
        self.log = log
        self.attack: Attack = lambda call: None
        # Requests whose caller has given them up.
        self.overdue: list[tuple[Call, Request]] = []
        self._held = 0
        self._process: asyncio.subprocess.Process | None = None
        self._server: asyncio.Server | None = None
        self._events: asyncio.Queue[tuple[str, Any, float]] = asyncio.Queue()
        self._answer: asyncio.Future[Outcome] | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def invoke(self, event: Any, timeout_seconds: float) -> Outcome:
        """One invocation. What its caller has given up of it arrives afterwards."""
        if self._process is None or self._process.returncode is not None:
            await self._start()
        assert self._process is not None
        self._answer = asyncio.get_running_loop().create_future()
        deadline = time.time() + timeout_seconds
        self._events.put_nowait((str(uuid.uuid4()), event, deadline))
        ended = asyncio.ensure_future(self._process.wait())
        await asyncio.wait({self._answer, ended}, timeout=timeout_seconds, return_when=asyncio.FIRST_COMPLETED)
        if self._answer.done():
            outcome = self._answer.result()
        else:
            outcome = Outcome("died" if ended.done() else "timed out")
            self.kill()
        ended.cancel()
        if not outcome.is_answered and outcome.how != "failed":
            await self.stop()
        for call, request in await self._given_up():
            await self.pass_on(call, request)
        return outcome

    async def pass_on(self, call: Call, request: Request) -> Response:
        response = await self.upstream.send(request)
        self.observe(call, request, response)
        return response

    @contextmanager
    def holding(self) -> Iterator[None]:
        """A call is held back, within."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1

    def carry_out_later(self, call: Call, request: Request) -> None:
        self.overdue.append((call, request))

    def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def stop(self) -> None:
        """Ends the process, and every connection of it."""
        self.kill()
        if self._process is not None:
            await self._process.wait()
            self._process = None
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in list(self._connections):
            task.cancel()

    async def _start(self) -> None:
        await self.stop()
        self._events = asyncio.Queue()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=MOST_OF_A_HEAD)
        port = self._server.sockets[0].getsockname()[1]
        environment = {
            **self.environment,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        }
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(self.binary), env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        connection = Connection(reader, writer)
        try:
            while (request := await connection.read_request()) is not None:
                if request.path.startswith(RUNTIME):
                    await self._runtime(request, connection)
                else:
                    await self._aws(request, connection)
                if writer.is_closing():
                    return
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # Its process has gone away.
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _runtime(self, request: Request, connection: Connection) -> None:
        name = request.path.rpartition("/")[2]
        if name == "next":
            request_id, event, deadline = await self._events.get()
            headers = {
                "content-type": "application/json",
                "lambda-runtime-aws-request-id": request_id,
                "lambda-runtime-deadline-ms": str(int(deadline * 1000)),
                "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:000000000000:function:faults",
                "lambda-runtime-trace-id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
            }
            await connection.send_response(Response(200, headers, json.dumps(event).encode()))
            return
        await connection.send_response(Response(202, {}, b""))
        if self._answer is not None and not self._answer.done():
            payload = json.loads(request.body) if request.body else None
            self._answer.set_result(Outcome("answered" if name == "response" else "failed", payload))

    async def _aws(self, request: Request, connection: Connection) -> None:
        call = call_of(request)
        fault = self.attack(call)
        if fault is None:
            await connection.send_response(await self.pass_on(call, request), request.method)
        else:
            await fault.strike(Struck(call, request, connection, self))

    async def _given_up(self) -> list[tuple[Call, Request]]:
        """What is overdue, once nothing is held back any more."""
        until = time.monotonic() + LONGEST_HOLD_SECONDS
        while self._held and time.monotonic() < until:
            await asyncio.sleep(0.005)
        overdue, self.overdue = self.overdue, []
        return overdue
