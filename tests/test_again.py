"""Whatever the queues and streams bring comes twice, at once, out of order and late, and with it what is not ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from bench.events import message_of
from faults.aws import Item
from faults.case import Prepared, prepare
from faults.checker import violations
from faults.cloud import Cloud, Template
from faults.flows.base import Flow, look
from faults.flows.ends import DeadLetter, Expiry
from faults.flows.events import Publisher, WebhookSender
from faults.flows.exports import SmallExport
from faults.flows.feeds import Loader, Recorder
from faults.flows.mails import MailEvents
from faults.flows.schedules import ScheduleRunner
from faults.lane import Lane
from faults.run import emulated

FLOWS: list[type[Flow]] = [
    SmallExport,
    DeadLetter,
    Expiry,
    Publisher,
    Recorder,
    Loader,
    MailEvents,
    WebhookSender,
    ScheduleRunner,
]
CONSUMERS = ["generator", "dead-letter-handler", "webhook-sender", "loader", "recorder", "mail-events"]
# SQS takes neither an empty body nor characters that XML lacks.
FOREIGN = [
    " ",
    "no JSON",
    "null",
    "[]",
    "{}",
    "7",
    '"text"',
    '{"tenantId": "acme"}',
    '{"tenantId": "acme", "exportId": "none"}',
    '{"Records": null}',
    '{"Records": [{}]}',
    '{"detail": {"eventType": 7}}',
    '{"tenantId": 1, "exportId": [], "webhookId": {}, "deliveryId": null, "attempt": -1}',
    "[" * 2_000,
    "\U0001f4b8",
]


@dataclass
class Place:
    """A lane, and the loop that it lives in."""

    lane: Lane
    run: Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    loop = asyncio.new_event_loop()
    emulator = emulated()
    stack = loop.run_until_complete(emulator.__aenter__())
    lane = Lane(Cloud(Template(), stack, "again"), stack.folder / "lane")
    try:
        loop.run_until_complete(lane.start())
        yield Place(lane, loop.run_until_complete)
    finally:
        loop.run_until_complete(lane.stop())
        loop.run_until_complete(emulator.__aexit__(None, None, None))
        loop.close()


async def run(lane: Lane, prepared: Prepared) -> None:
    """A flow from its beginning until nothing is left to do."""
    await lane.restore(prepared.snapshot)
    await prepared.flow.act(lane)
    await lane.settle()


async def broken(lane: Lane, flow: Flow) -> list[Any]:
    """The promises that are broken now."""
    expected = replace(flow.expect(lane), within=float("inf"))
    seen = await look(lane, 0, [], "")
    return violations(seen, expected) + await flow.check(lane)


async def state(lane: Lane, flow: Flow) -> dict[str, Any]:
    """Everything there is, but for what moves with the clock."""
    tables = {table: sorted(map(_still, await lane.aws.scan(lane.cloud.name(table)))) for table in flow.tables}
    buckets = {bucket: await lane.aws.objects(lane.cloud.bucket(bucket)) for bucket in flow.buckets}
    return {
        **tables,
        **buckets,
        "audits": sorted(item["sort"]["S"] for item in await lane.audits()),
        "mails": len(lane.mails),
        "told": sorted({event["id"] for event in lane.told}),
        "posts": len(flow.receiver.ids) if isinstance(flow, WebhookSender) else 0,
    }


def _still(item: Item) -> str:
    clocks = {"dueAt", "expiresAt", "readyAt", "timeToLive", "blocksUntil", "forgottenAt", "leaseUntil"}
    return json.dumps({name: value for name, value in item.items() if name not in clocks}, sort_keys=True)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_what_comes_again_late_and_out_of_order_changes_nothing(place: Place, flow: type[Flow]) -> None:
    lane = place.lane

    async def again() -> None:
        prepared = await prepare(flow, lane)
        await run(lane, prepared)
        before = await state(lane, prepared.flow)
        delivered = list(lane.delivered)
        assert delivered or flow is ScheduleRunner
        for function, event in [*reversed(delivered), *delivered]:
            await lane.invoke(function, event)
        if flow is ScheduleRunner:
            await prepared.flow.act(lane)
        await lane.settle()
        assert await state(lane, prepared.flow) == before
        await prepared.flow.close()

    place.run(again())


@pytest.mark.parametrize("flow", [flow for flow in FLOWS if flow is not ScheduleRunner], ids=lambda flow: flow.name)
def test_what_comes_twice_at_the_same_time_keeps_every_promise(place: Place, flow: type[Flow]) -> None:
    lane = place.lane

    async def twice() -> None:
        prepared = await prepare(flow, lane)
        lane.is_doubled = True
        try:
            await run(lane, prepared)
        finally:
            lane.is_doubled = False
        assert await broken(lane, prepared.flow) == []
        await prepared.flow.close()

    place.run(twice())


@pytest.mark.parametrize("consumer", CONSUMERS)
def test_bodies_that_are_not_ours_end_where_they_belong(place: Place, consumer: str) -> None:
    lane = place.lane

    async def foreign() -> None:
        prepared = await prepare(Recorder, lane)
        await lane.restore(prepared.snapshot)
        before = await state(lane, prepared.flow)
        for body in FOREIGN:
            outcome = await lane.invoke(consumer, {"Records": [{**message_of(body), "messageId": "m"}]})
            assert outcome.is_answered, (body, outcome)
            failed = [failure["itemIdentifier"] for failure in outcome.payload["batchItemFailures"]]
            # What the mail service tells is looked at by a person if nobody can read it.
            assert failed == (["m"] if consumer == "mail-events" else []), body
        refused = [message.body for message in lane.messages if message.queue == "LedgerDeadLetterQueue"]
        # Platforms send to the recorder. What it refuses is in the queue for people.
        assert refused == (FOREIGN if consumer == "recorder" else [])
        assert await state(lane, prepared.flow) == before

    place.run(foreign())


def test_one_bad_message_does_not_fail_its_batch(place: Place) -> None:
    """A good message between two bad ones is done, of each function that takes several."""
    lane = place.lane
    flows: dict[str, type[Flow]] = {"recorder": Recorder, "mail-events": MailEvents, "dead-letter-handler": DeadLetter}

    async def batches() -> None:
        for function, flow in flows.items():
            prepared = await prepare(flow, lane)
            await lane.restore(prepared.snapshot)
            await prepared.flow.act(lane)
            good = [message.body for message in lane.messages]
            bodies = ["no JSON", *good, "{}"]
            lane.messages.clear()
            records = [{**message_of(body), "messageId": str(number)} for number, body in enumerate(bodies)]
            outcome = await lane.invoke(function, {"Records": records})
            assert outcome.is_answered, function
            failed = {failure["itemIdentifier"] for failure in outcome.payload["batchItemFailures"]}
            bad = {"0", str(len(bodies) - 1)}
            assert failed == (bad if function == "mail-events" else set()), function
            await lane.settle()
            assert await broken(lane, prepared.flow) == [], function

    place.run(batches())


def test_one_bad_record_of_a_stream_does_not_fail_its_batch(place: Place) -> None:
    lane = place.lane

    async def batches() -> None:
        for flow in (Publisher, Expiry):
            prepared = await prepare(flow, lane)
            await lane.restore(prepared.snapshot)
            await prepared.flow.act(lane)
            [(function, batch)] = await lane.read_stream()
            assert {function} == flow.attacked
            outcome = await lane.invoke(function, {"Records": [*_bad_records(batch[0]), *batch]})
            assert outcome.is_answered, outcome
            await lane.settle()
            assert await broken(lane, prepared.flow) == []

    place.run(batches())


def _bad_records(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Records of other items, of other changes, and without what they should have."""

    def changed(**dynamodb: Any) -> dict[str, Any]:
        return {**record, "dynamodb": {**record["dynamodb"], **dynamodb}}

    image = {"partition": {"S": "outbox#acme#FUNDING_TRANSFERS"}, "sort": {"S": "evt_1"}}
    return [
        {**record, "eventName": "MODIFY"},
        changed(NewImage=image, OldImage=image),
        changed(NewImage={}, OldImage={}),
        changed(
            NewImage={**image, "partition": {"S": "other#acme"}}, OldImage={**image, "partition": {"S": "other#acme"}}
        ),
        changed(NewImage={"partition": {"N": "1"}}, OldImage={"partition": {"N": "1"}}),
    ]
