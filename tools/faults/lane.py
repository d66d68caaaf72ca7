"""A place for one flow at a time: the functions' processes, and around them what AWS does when a call has failed.

AWS delivers messages again, reads streams, calls what is called each minute, and removes what is too old. Here nobody
waits for the clock: to let time pass, what the tables know of times is moved into the past.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.events import message_of
from stack.settings import REGION

from .aws import Aws, Item
from .calls import Call
from .cloud import Cloud
from .faults import Fault
from .http import Request, Response
from .mail import Mail, mail_of
from .process import Outcome, Process
from .records import TENANT
from .upstream import Upstream

MINUTE = 60
AUDITS = f"{TENANT}#AUDIT_EVENTS#0"
# Which function takes a queue's messages. Messages of the other queues are for people.
CONSUMERS = {
    "ExportsQueue": "generator",
    "DeadLetterQueue": "dead-letter-handler",
    "InboxQueue": "loader",
    "LedgerQueue": "recorder",
    "MailEventsQueue": "mail-events",
    "WebhookQueue": "webhook-sender",
}
DEAD_LETTERS = {
    "ExportsQueue": "DeadLetterQueue",
    "InboxQueue": "InboxDeadLetterQueue",
    "LedgerQueue": "LedgerDeadLetterQueue",
    "MailEventsQueue": "MailEventsDeadLetterQueue",
    "WebhookQueue": "WebhookDeadLetterQueue",
}
# Who listens to the stream of exports: to which changes of which items.
LISTENERS = (("publisher", "INSERT", "outbox#"), ("expirer", "REMOVE", "expiry#"))
SECONDS = ("blocksUntil", "dueAt", "expiresAt", "forgottenAt", "readyAt", "timeToLive")
MILLISECONDS = ("leaseUntil",)
TEXTS = ("nextAttemptAt",)
MOVING = {"ExportsTable", "WebhooksTable"}
# What the reconciler works on. An export's expiry comes later than any case lasts.
RECONCILED = {"PENDING", "CLEAN_UP", "EVENT"}
# A batch of a stream is tried again more often than this; one fault never lasts so long.
STREAM_TRIES = 3
MOST_STEPS = 60
# The timeout of functions during an outage, which some wait for until their end.
OUTAGE_SECONDS = 15.0
MOST_IN_A_TRANSACTION = 100


# A fault that belongs to a flow, for a call of a function.
Script = Callable[[str, Call], Fault | None]


def no_script(function: str, call: Call) -> None:
    """Lets every call pass."""


class NeverSettlesError(Exception):
    """Work goes on and on."""


@dataclass
class Message:
    """A message that a queue has accepted."""

    queue: str
    body: str
    due: float
    receives: int = 0


@dataclass(frozen=True)
class Snapshot:
    """The state that a flow begins with. What it does not change is put in place once."""

    fixed: Mapping[str, list[Item]]
    tables: Mapping[str, list[Item]]
    objects: Mapping[tuple[str, str], bytes]
    messages: tuple[Message, ...]
    mails: tuple[Mail, ...]
    told: tuple[dict[str, Any], ...]
    at: float


@dataclass
class Attack:
    """One fault at one call of the attacked functions. Without a fault it only lists the calls."""

    functions: frozenset[str]
    function: str = ""
    call: str = ""
    service: str = ""
    occurrence: int = 0
    fault: Fault | None = None
    has_struck: bool = False
    # Whether the invocation is over that it struck.
    is_over: bool = False
    calls: list[tuple[str, Call, int]] = field(default_factory=list)
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def attempts(self) -> int:
        return self.fault.attempts if self.fault else 3

    def strikes(self, function: str, call: Call) -> Fault | None:
        if function not in self.functions:
            return None
        if self.fault and self.fault.lasts and self.has_struck:
            return self.fault if call.service == self.service and not self.is_over else None
        key = (function, str(call))
        self._counts[key] += 1
        self.calls.append((function, call, self._counts[key]))
        if self.has_struck or (*key, self._counts[key]) != (self.function, self.call, self.occurrence):
            return None
        self.has_struck = True
        self.service = call.service
        return self.fault


class Lane:
    """A set of resources, and the processes that work with them."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self.cloud = cloud
        self.folder = folder
        self.upstream = Upstream(cloud.stack.port)
        self.aws = Aws(self.upstream, REGION)
        self.attack = Attack(frozenset())
        self.clock = 0.0
        self.messages: list[Message] = []
        self.mails: list[Mail] = []
        self.told: list[dict[str, Any]] = []
        self.dead: list[Message] = []
        # What a flow itself does to calls.
        self.script: Script = no_script
        self.timeouts: dict[str, float] = {}
        # The tables whose times move.
        self.moving: tuple[str, ...] = ("ExportsTable",)
        self.environments: dict[str, dict[str, str]] = {}
        # After how many seconds nothing was pending any more.
        self.ended_after: float | None = None
        # Everything that was delivered: a function, and the event that it got.
        self.delivered: list[tuple[str, Any]] = []
        # Whether everything is delivered to two processes at the same time.
        self.is_doubled = False
        self._ticked_at = 0.0
        self._processes: dict[tuple[str, int], Process] = {}
        self._stream_arn = ""
        self._iterator = ""
        self._restored: Snapshot | None = None

    async def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._stream_arn = await asyncio.to_thread(self.cloud.create)

    async def stop(self) -> None:
        for process in self._processes.values():
            await process.stop()
        self.upstream.close()

    async def end(self, functions: Iterable[str]) -> None:
        """Ends the processes of functions. Their next invocations are cold starts."""
        for (function, _), process in self._processes.items():
            if function in functions:
                await process.stop()

    # What flows do

    async def invoke(self, function: str, event: Any) -> Outcome:
        """One invocation of a function."""
        is_attacked = function in self.attack.functions
        timeout: float = self.timeouts.get(function) or self.cloud.template.functions[function].timeout_seconds
        if is_attacked and self.attack.fault and self.attack.fault.lasts:
            timeout = min(timeout, OUTAGE_SECONDS)
        outcome = await self._process(function, self.attack.attempts if is_attacked else 3).invoke(event, timeout)
        self.attack.is_over = self.attack.has_struck
        return outcome

    async def deliver(self, function: str, event: Any) -> Outcome:
        """One invocation with what a queue or a stream has, or two at the same time."""
        self.delivered.append((function, event))
        if not self.is_doubled:
            return await self.invoke(function, event)
        timeout = self.cloud.template.functions[function].timeout_seconds
        one, other = (self._process(function, attempts).invoke(event, timeout) for attempts in (3, 4))
        return (await asyncio.gather(one, other))[0]

    def send(self, queue: str, body: Any) -> None:
        """A message that others send."""
        self.messages.append(Message(queue, json.dumps(body), self.clock))

    async def settle(self) -> None:
        """Delivers messages and stream records, and lets time pass, until nothing is left to do."""
        began = self.clock
        for _ in range(MOST_STEPS):
            if await self.deliver_messages() or await self.deliver_stream():
                continue
            items = await self._items()
            if self.ended_after is None and not any(item.get("status") == {"S": "PENDING"} for item in items):
                self.ended_after = self.clock - began
            next_at = self._next_at(items)
            if next_at is None:
                return
            await self.pass_time(next_at - self.clock)
            if self.clock > self._ticked_at and self.clock % MINUTE == 0:
                await self.tick()
        raise NeverSettlesError(f"after {self.clock:.0f} seconds there is still something to do")

    async def tick(self) -> None:
        """The minute's call of the reconciler."""
        self._ticked_at = self.clock
        await self.invoke("reconciler", {"source": "aws.events", "detail": {}})

    async def pass_time(self, seconds: float) -> None:
        """Lets time pass: moves every time in the tables so far into the past, and removes what is too old."""
        # Times are whole seconds, and what is due in this second is due.
        seconds = math.ceil(seconds)
        self.clock += seconds
        for table in self.moving:
            await self._move(table, seconds)

    async def _move(self, table: str, seconds: int) -> None:
        now = time.time()
        expired, updates = [], []
        for item in await self.aws.scan(self.cloud.name(table)):
            key = {name: item[name] for name in ("partition", "sort")}
            times = _moved(item, -seconds)
            if "timeToLive" in times and int(times["timeToLive"]["N"]) <= now:
                expired.append(key)
            elif times:
                updates.append(self._update(table, key, times))
        for start in range(0, len(updates), MOST_IN_A_TRANSACTION):
            some = updates[start : start + MOST_IN_A_TRANSACTION]
            await self.aws.dynamodb("TransactWriteItems", TransactItems=some)
        for key in expired:
            await self.aws.dynamodb("DeleteItem", TableName=self.cloud.name(table), Key=key)

    async def deliver_stream(self) -> bool:
        """Hands what has changed in the table of exports to those who listen. Says whether there was anything."""
        batches = await self.read_stream()
        for function, batch in batches:
            await self._deliver_batch(function, batch)
        return bool(batches)

    async def read_stream(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """What the stream has for each of those who listen."""
        answer = await self.aws.streams("GetRecords", ShardIterator=self._iterator)
        self._iterator = answer["NextShardIterator"]
        batches: dict[str, list[dict[str, Any]]] = {}
        for record in answer["Records"]:
            partition = record["dynamodb"]["Keys"]["partition"]["S"]
            for function, event_name, prefix in LISTENERS:
                if record["eventName"] == event_name and partition.startswith(prefix):
                    batches.setdefault(function, []).append({**record, "eventSourceARN": self._stream_arn})
        return list(batches.items())

    # States

    async def snapshot(self, fixed: Iterable[str], tables: Iterable[str], buckets: Iterable[str]) -> Snapshot:
        objects = {
            (bucket, stored.key): await self.aws.get(self.cloud.bucket(bucket), stored.key) or b""
            for bucket in buckets
            for stored in await self.aws.objects(self.cloud.bucket(bucket))
        }
        return Snapshot(
            fixed={table: await self.aws.scan(self.cloud.name(table)) for table in fixed},
            tables={table: await self.aws.scan(self.cloud.name(table)) for table in tables},
            objects=objects,
            messages=tuple(replace(message, due=message.due - self.clock) for message in self.messages),
            mails=tuple(self.mails),
            told=tuple(self.told),
            at=time.time(),
        )

    async def restore(self, snapshot: Snapshot) -> None:
        """Makes everything as it was, with times as far away as they were."""
        if self._restored is not snapshot:
            for table, items in snapshot.fixed.items():
                await self.replace(table, items)
            self._restored = snapshot
        audits = [item for item in snapshot.fixed.get("LedgerTable", []) if item["partition"]["S"] == AUDITS]
        await self._remove_audits(audits)
        age = math.floor(time.time() - snapshot.at)
        for table, items in snapshot.tables.items():
            await self.replace(table, [{**item, **_moved(item, age)} for item in items])
        self.moving = tuple(table for table in snapshot.tables if table in MOVING)
        await self.clear_buckets(snapshot.objects)
        self.clear()
        self.messages = [replace(message) for message in snapshot.messages]
        self.mails, self.told = list(snapshot.mails), list(snapshot.told)
        await self.watch()

    def clear(self) -> None:
        """Forgets what has happened."""
        self.clock = self._ticked_at = 0.0
        self.ended_after = None
        self.script, self.timeouts = no_script, {}
        self.messages, self.mails, self.told, self.dead, self.delivered = [], [], [], [], []

    async def watch(self) -> None:
        """Reads the stream from now on."""
        answer = await self.aws.streams(
            "GetShardIterator",
            StreamArn=self._stream_arn,
            ShardId="shardId-00000000000000000000-00000000",
            ShardIteratorType="LATEST",
        )
        self._iterator = answer["ShardIterator"]

    async def replace(self, table: str, items: list[Item]) -> None:
        """Makes these the only items of a table."""
        await self.aws.replace(self.cloud.name(table), self.cloud.key_names(table), items)

    async def items_of(self, table: str, prefix: str) -> list[Item]:
        """The items of a small table whose partitions begin like this."""
        items = await self.aws.scan(self.cloud.name(table))
        return [item for item in items if item["partition"]["S"].startswith(prefix)]

    async def is_known_to_scheduler(self, schedule_id: str) -> bool:
        """Whether the Scheduler calls for a schedule."""
        return await self.aws.schedule(self.cloud.name("ScheduleGroup"), schedule_id) is not None

    async def audits(self) -> list[Item]:
        """The records of the audit trail."""
        answer = await self.aws.dynamodb(
            "Query",
            TableName=self.cloud.name("LedgerTable"),
            KeyConditionExpression="#partition = :partition",
            ExpressionAttributeNames={"#partition": "partition"},
            ExpressionAttributeValues={":partition": {"S": AUDITS}},
        )
        return answer["Items"]

    async def _remove_audits(self, but: list[Item]) -> None:
        kept = [item["sort"] for item in but]
        for item in await self.audits():
            if item["sort"] not in kept:
                key = {name: item[name] for name in ("partition", "sort")}
                await self.aws.dynamodb("DeleteItem", TableName=self.cloud.name("LedgerTable"), Key=key)

    async def clear_buckets(self, but: Mapping[tuple[str, str], bytes] | None = None) -> None:
        """Removes all objects and uploads but these objects, which it puts there."""
        for resource in ("ExportsBucket", "InboxBucket"):
            bucket = self.cloud.bucket(resource)
            wanted = {key: content for (name, key), content in (but or {}).items() if name == resource}
            there = {stored.key: stored.size for stored in await self.aws.objects(bucket)}
            for key in there.keys() - wanted.keys():
                await self.aws.delete(bucket, key)
            for key, content in wanted.items():
                if there.get(key) != len(content):
                    await self.aws.put(bucket, key, content)
            for key, upload_id in await self.aws.uploads(bucket):
                await self.aws.abort(bucket, key, upload_id)

    # What AWS does

    async def deliver_messages(self) -> bool:
        due = [message for message in self.messages if message.due <= self.clock]
        for message in due:
            self.messages.remove(message)
            await self._deliver(message)
        return bool(due)

    async def _deliver(self, message: Message) -> None:
        consumer = CONSUMERS.get(message.queue)
        if consumer is None:
            self.dead.append(message)
            return
        message.receives += 1
        outcome = await self.deliver(consumer, {"Records": [message_of(message.body)]})
        if outcome.is_answered and not (outcome.payload or {}).get("batchItemFailures"):
            return
        queue = self.cloud.template.queues[message.queue]
        if queue.most_receives and message.receives >= queue.most_receives:
            self.messages.append(Message(DEAD_LETTERS[message.queue], message.body, self.clock))
        else:
            message.due = self.clock + queue.visibility_seconds
            self.messages.append(message)

    async def _deliver_batch(self, function: str, batch: list[dict[str, Any]]) -> None:
        for _ in range(STREAM_TRIES):
            if (await self.deliver(function, {"Records": batch})).is_answered:
                return

    def _next_at(self, items: list[Item]) -> float | None:
        """When something is to be done next: a message is delivered, or the reconciler finds something."""
        times = [message.due for message in self.messages]
        due = [
            self.clock + int(item["dueAt"]["N"]) - time.time()
            for item in items
            if item.get("dueShard", {}).get("S", "").partition("#")[0] in RECONCILED
        ]
        if due:
            after = max(min(due), self._ticked_at + 1)
            times.append(math.ceil(after / MINUTE) * MINUTE)
        return min(times, default=None)

    def _observe(self, call: Call, request: Request, response: Response) -> None:
        """Notes what AWS has accepted."""
        if not response.is_success:
            return
        match call.operation:
            case "SendMessage":
                body = json.loads(request.body)
                queue = body["QueueUrl"].rpartition("/")[2].removesuffix(f"-{self.cloud.lane}")
                due = self.clock + body.get("DelaySeconds", 0)
                self.messages.append(Message(queue, body["MessageBody"], due))
            case "SendEmail":
                self.mails.append(mail_of(request, response))
            case "PutEvents":
                entries = zip(json.loads(request.body)["Entries"], json.loads(response.body)["Entries"], strict=True)
                self.told += [json.loads(entry["Detail"]) for entry, answer in entries if "ErrorCode" not in answer]

    async def _items(self) -> list[Item]:
        return await self.aws.scan(self.cloud.name("ExportsTable"))

    def _update(self, table: str, key: Item, times: Item) -> dict[str, Any]:
        names = {f"#{name}": name for name in times}
        return {
            "Update": {
                "TableName": self.cloud.name(table),
                "Key": key,
                "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in times),
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": {f":{name}": value for name, value in times.items()},
            }
        }

    def _process(self, function: str, attempts: int) -> Process:
        process = self._processes.get((function, attempts))
        if process is None:
            environment = self.cloud.environment(function, attempts, **self.environments.get(function, {}))
            binary = self.cloud.template.functions[function].binary
            log = self.folder / f"{function}.log"
            process = Process(binary, environment, self.upstream, self._observe, log)
            process.attack = self._attack_of(function)
            self._processes[function, attempts] = process
        return process

    def log_marks(self) -> dict[Path, int]:
        """How long each function's log is."""
        return {path: path.stat().st_size for path in self.folder.glob("*.log")}

    def logged_since(self, marks: Mapping[Path, int]) -> str:
        texts = []
        for path in self.folder.glob("*.log"):
            with path.open("rb") as log:
                log.seek(marks.get(path, 0))
                texts.append(log.read().decode(errors="replace"))
        return "".join(texts)

    def _attack_of(self, function: str) -> Any:
        return lambda call: self.attack.strikes(function, call) or self.script(function, call)


def _moved(item: Item, seconds: int) -> Item:
    """The times of an item, so much later."""
    moved = {name: str(int(item[name]["N"]) + seconds) for name in SECONDS if "N" in item.get(name, {})}
    moved |= {name: str(int(item[name]["N"]) + seconds * 1000) for name in MILLISECONDS if "N" in item.get(name, {})}
    later = {name: _later(item[name]["S"], seconds) for name in TEXTS if "S" in item.get(name, {})}
    return {name: {"N": number} for name, number in moved.items()} | {name: {"S": text} for name, text in later.items()}


def _later(text: str, seconds: int) -> str:
    """A time as our items have it, to the millisecond."""
    moved = datetime.fromisoformat(text[:23].rstrip("Z").ljust(19, "0")) + timedelta(seconds=seconds)
    return moved.isoformat(timespec="milliseconds") + "Z"
