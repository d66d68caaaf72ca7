"""A schedule's run."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ..aws import plain
from ..checker import Violation
from ..lane import Lane
from ..records import TENANT
from ..requests import asked
from ..seen import Expected
from .base import SECRETS, Flow

# How often Lambda tries a call of the Scheduler.
TRIES = 3
SWEEP_SECONDS = 301


class ScheduleRunner(Flow):
    """The Scheduler calls at the schedule's time, and the sweep makes what that did not."""

    name = "schedule runner"
    attacked = frozenset({"schedule-runner"})
    expected = Expected(secrets=SECRETS)
    schedule_id = ""

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        self.schedule_id = await create(self, lane)
        # Yesterday is not exported yet.
        await lane.aws.dynamodb(
            "UpdateItem",
            TableName=lane.cloud.name("ExportsTable"),
            Key={"partition": {"S": f"schedule#{TENANT}"}, "sort": {"S": self.schedule_id}},
            UpdateExpression="SET nextFrom = :from",
            ExpressionAttributeValues={":from": {"S": _text(_today() - timedelta(days=1))}},
        )

    async def act(self, lane: Lane) -> None:
        call = {
            "tenantId": TENANT,
            "scheduleId": self.schedule_id,
            "version": 1,
            "scheduledAt": _text(datetime.now(timezone.utc)),
        }
        for _ in range(TRIES):
            if (await lane.invoke("schedule-runner", call)).is_answered:
                break
        # Whatever the call did, the sweep looks at the schedule once more.
        await self._let_sweep_look(lane)
        await lane.invoke("schedule-runner", {"source": "aws.events"})

    async def _let_sweep_look(self, lane: Lane) -> None:
        await lane.aws.dynamodb(
            "UpdateItem",
            TableName=lane.cloud.name("ExportsTable"),
            Key={"partition": {"S": f"schedule#{TENANT}"}, "sort": {"S": self.schedule_id}},
            UpdateExpression="SET dueShard = :shard, dueAt = :at",
            ExpressionAttributeValues={":shard": {"S": "SCHEDULE#00"}, ":at": {"N": "1"}},
        )

    async def check(self, lane: Lane) -> list[Violation]:
        [schedule] = [plain(item) for item in await lane.items_of("ExportsTable", "schedule#")]
        next_from = schedule["nextFrom"]
        if next_from == _text(_today()):
            return []
        return [Violation(12, f"the next period begins at {next_from}")]


class Schedules(Flow):
    """A schedule is made and another one deleted, each until there is an answer. The sweep does what is left to do."""

    name = "schedules"
    attacked = frozenset({"schedules"})
    is_followed = False
    expected = Expected(exports=(0, 0), secrets=SECRETS)
    schedule_id = ""

    async def prepare(self, lane: Lane) -> None:
        await super().prepare(lane)
        self.schedule_id = await create(self, lane)

    async def act(self, lane: Lane) -> None:
        await create(self, lane)
        status, _ = await self.insist(lane, "schedules", asked("DELETE", f"/v1/schedules/{self.schedule_id}"))
        # It is gone already if the answer to the first request was lost.
        assert status in (204, 404), self.answers
        await lane.pass_time(SWEEP_SECONDS)
        await lane.invoke("schedule-runner", {"source": "aws.events"})
        # The Scheduler may not know yet that it is gone. Then it calls, and learns of it.
        call = {"tenantId": TENANT, "scheduleId": self.schedule_id, "version": 1, "scheduledAt": _text(_today())}
        await lane.invoke("schedule-runner", call)

    async def check(self, lane: Lane) -> list[Violation]:
        schedules = [item["sort"]["S"] for item in await lane.items_of("ExportsTable", "schedule#")]
        [count] = [plain(item) for item in await lane.items_of("ExportsTable", "schedule-count#")]
        found = []
        if self.schedule_id in schedules or not schedules:
            found.append(Violation(12, f"there are {len(schedules)} schedules"))
        if int(count["count"]) != len(schedules):
            found.append(Violation(12, f"{count['count']} schedules are counted, and there are {len(schedules)}"))
        unknown = [one for one in schedules if not await lane.is_known_to_scheduler(one)]
        if unknown:
            found.append(Violation(12, f"the Scheduler does not know {len(unknown)} of {len(schedules)} schedules"))
        if await lane.is_known_to_scheduler(self.schedule_id):
            found.append(Violation(12, "the Scheduler still calls for a deleted schedule"))
        return found


async def create(flow: Flow, lane: Lane) -> str:
    """A new schedule's id."""
    when = {"every": "DAY", "at": "00:00", "timeZone": "UTC"}
    body = {"name": "Morning file", "dataset": "funding-transfers", "when": when}
    status, shown = await flow.insist(lane, "schedules", asked("POST", "/v1/schedules", body))
    assert status == 201, (status, shown)
    return shown["scheduleId"]


def _today() -> datetime:
    return datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)


def _text(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
