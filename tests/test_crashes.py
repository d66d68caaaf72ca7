"""A part of `make faults`: calls of a launch and of a small export fail in the ways that leave the most to repair."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from faults.case import Result
from faults.faults import Fault, Struck
from faults.flows.base import Flow
from faults.flows.events import WebhookSender
from faults.flows.exports import SmallExport
from faults.flows.feeds import LoaderAgain
from faults.flows.launches import Trigger
from faults.http import Response
from faults.lane import Lane
from faults.run import Plan, run

HARD = frozenset({"failed (500)", "answer lost", "answer lost once", "killed before", "killed after"})


def tried(plan: Plan) -> Sequence[Result]:
    return asyncio.run(run(plan)).results


@pytest.mark.parametrize(("flow", "least_calls"), [(Trigger, 2), (SmallExport, 10)], ids=["trigger", "small export"])
def test_every_promise_is_kept_whichever_call_fails(flow: type[Flow], least_calls: int) -> None:
    results = tried(Plan([flow], busy_lanes=3, waiting_lanes=0, faults=HARD))
    assert len(results) >= least_calls * len(HARD)
    assert [result.case.name for result in results if not result.was_tried] == []
    assert [(result.case.name, result.violations) for result in results if result.violations] == []


def test_a_removal_that_is_carried_out_late_leaves_the_result_of_the_next_file() -> None:
    calls = "DeleteObject csv.result.json"
    [result] = tried(
        Plan([LoaderAgain], busy_lanes=1, waiting_lanes=0, faults=frozenset({"overdue once"}), calls=calls)
    )
    assert result.was_tried and result.violations == []


def test_a_claim_whose_answer_was_lost_is_still_the_claim_of_a_delivery() -> None:
    faults = frozenset({"answer lost once", "truncated once"})
    results = tried(Plan([WebhookSender], busy_lanes=3, waiting_lanes=0, faults=faults, calls="UpdateItem deliveries"))
    assert len(results) >= 8 and all(result.was_tried for result in results)
    assert [(result.case.name, result.violations) for result in results if result.violations] == []


async def _lie(struck: Struck) -> None:
    """The function is told that AWS has done what it never heard of."""
    await struck.answer(Response(200, {"content-type": "application/x-amz-json-1.0"}, b"{}"))


class Lied(SmallExport):
    """No end of an export is recorded, although the generator believes it."""

    name = "lied"

    async def act(self, lane: Lane) -> None:
        if lane.attack.fault is not None:
            lane.script = lambda _, call: Fault("lie", _lie) if "sending+message" in str(call) else None


def test_an_export_that_never_ends_is_found() -> None:
    results = tried(Plan([Lied], busy_lanes=1, waiting_lanes=0, faults=frozenset({"reset once"}), calls="SendEmail"))
    assert [[violation.invariant for violation in result.violations] for result in results] == [[1]]
