"""What can happen to a call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import refusals
from .calls import Call
from .http import Connection, Request, Response

if TYPE_CHECKING:
    from .process import Process

# Longer than any SDK waits for an answer.
LONGEST_WAIT_SECONDS = 70
GARBAGE = b"<<{[ this is no answer ]}>>"


@dataclass(frozen=True)
class Struck:
    """A call at which a fault strikes."""

    call: Call
    request: Request
    # To the function.
    connection: Connection
    process: Process

    async def pass_on(self) -> Response:
        return await self.process.pass_on(self.call, self.request)

    async def answer(self, response: Response) -> None:
        await self.connection.send_response(response, self.request.method)


@dataclass(frozen=True)
class Fault:
    """A way in which a call fails."""

    name: str
    strike: Callable[[Struck], Awaitable[None]]
    # Whether the SDK repeats the call. If it does not, the call has failed for the function.
    sdk_retries: bool = False
    # Whether the SDK waits for its whole timeout.
    is_slow: bool = False
    # Whether it strikes the service's later calls, too, until the invocation is over.
    lasts: bool = False
    can_strike: Callable[[Call], bool] = lambda call: True

    @property
    def attempts(self) -> int:
        """For `AWS_MAX_ATTEMPTS`."""
        return 3 if self.sdk_retries else 1


def _refusing(refusal: Callable[[Call, Request], Response]) -> Callable[[Struck], Awaitable[None]]:
    async def strike(struck: Struck) -> None:
        await struck.answer(refusal(struck.call, struck.request))

    return strike


async def _reset(struck: Struck) -> None:
    struck.connection.reset()


async def _lost(struck: Struck) -> None:
    await struck.pass_on()
    struck.connection.reset()


async def _late(struck: Struck) -> None:
    """The call is carried out; its caller gives up before the answer comes."""
    await struck.pass_on()
    await _caller_gives_up(struck)


async def _overdue(struck: Struck) -> None:
    """The call's caller gives up, and it is carried out afterwards."""
    with struck.process.holding():
        await _caller_gives_up(struck)
        struck.process.carry_out_later(struck.call, struck.request)


async def _caller_gives_up(struck: Struck) -> None:
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(struck.connection.other_end_to_close(), LONGEST_WAIT_SECONDS)
    struck.connection.close()


async def _garbled(struck: Struck) -> None:
    """The call is carried out, and its answer is nothing that anybody could read, nor does its head help."""
    answer = await struck.pass_on()
    head = {name: value for name, value in answer.headers.items() if name in ("content-type", "date")}
    await struck.answer(Response(answer.status if answer.body else 200, head, GARBAGE))


async def _truncated(struck: Struck) -> None:
    """The call is carried out, and half of its answer comes."""
    answer = await struck.pass_on()
    if answer.body:
        half = len(answer.body) // 2
        await struck.connection.send_response(answer, struck.request.method, most=half)
    struck.connection.close()


async def _killed_before(struck: Struck) -> None:
    struck.process.kill()


async def _killed_after(struck: Struck) -> None:
    await struck.pass_on()
    struck.process.kill()


def _can_conflict(call: Call) -> bool:
    return call.service == "dynamodb" and call.operation in refusals.CONFLICTING


async def _held(struck: Struck) -> None:
    """The call never reaches AWS, and its caller waits until it gives up."""
    await _caller_gives_up(struck)


HELD = Fault("held", _held)
FAULTS = (
    Fault("throttled", _refusing(refusals.throttled)),
    Fault("failed (500)", _refusing(refusals.failed)),
    Fault("refused (4xx)", _refusing(refusals.refused)),
    Fault("conflicting", _refusing(refusals.conflicting), can_strike=_can_conflict),
    Fault("reset", _reset),
    Fault("answer lost", _lost),
    Fault("answer late", _late, is_slow=True),
    Fault("overdue", _overdue, is_slow=True),
    Fault("garbled", _garbled),
    Fault("truncated", _truncated),
    Fault("killed before", _killed_before, sdk_retries=True),
    Fault("killed after", _killed_after, sdk_retries=True),
    Fault("outage", _refusing(refusals.failed), is_slow=True, lasts=True),
    # The SDK repeats these.
    Fault("throttled once", _refusing(refusals.throttled), sdk_retries=True),
    Fault("reset once", _reset, sdk_retries=True),
    Fault("answer lost once", _lost, sdk_retries=True),
    Fault("truncated once", _truncated, sdk_retries=True),
    Fault("overdue once", _overdue, sdk_retries=True, is_slow=True),
)
