"""Schedules as their owners and EventBridge Scheduler use them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
from botocore.exceptions import ClientError

from support.api import Api, Caller
from support.functions import Functions
from support.table import ExportsTable

PATH = "/v1/schedules"
DAILY = {"every": "DAY", "at": "00:00", "timeZone": "UTC"}


class Schedules:
    def __init__(self, api: Api, functions: Functions, table: ExportsTable, scheduler: Any, group: str) -> None:
        self.api = api
        self.functions = functions
        self.table = table
        self.scheduler = scheduler
        self.group = group

    def create(self, caller: Caller, **fields: Any) -> httpx.Response:
        body = {"name": "Morning file", "dataset": "funding-transfers", "when": DAILY, **fields}
        return self.api.post(caller, PATH, json={name: value for name, value in body.items() if value is not None})

    def made(self, caller: Caller, **fields: Any) -> dict[str, Any]:
        """A schedule that was accepted."""
        answer = self.create(caller, **fields)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def get(self, caller: Caller, schedule_id: str) -> httpx.Response:
        return self.api.get(caller, f"{PATH}/{schedule_id}")

    def list(self, caller: Caller) -> list[str]:
        answer = self.api.get(caller, PATH)
        assert answer.status_code == 200, answer.text
        return [item["scheduleId"] for item in answer.json()["items"]]

    def change(self, caller: Caller, schedule_id: str, **fields: Any) -> httpx.Response:
        return self.api.request("PATCH", caller, f"{PATH}/{schedule_id}", json=fields)

    def delete(self, caller: Caller, schedule_id: str) -> httpx.Response:
        return self.api.request("DELETE", caller, f"{PATH}/{schedule_id}")

    def miss(self, caller: Caller, schedule_id: str, *, days: int = 1) -> None:
        """Moves the clock for a daily schedule in UTC: so many days are not exported yet."""
        self._set(caller, schedule_id, nextFrom=to_text(today() - timedelta(days=days)))

    def let_sweep_look(self, caller: Caller, schedule_id: str) -> None:
        self._set(caller, schedule_id, dueShard="SCHEDULE#00", dueAt=0)

    def call(self, caller: Caller, schedule_id: str) -> None:
        """What the Scheduler does at the schedule's time."""
        known = self.known(schedule_id)
        first = {"tenantId": caller.tenantId, "scheduleId": schedule_id, "version": 1}
        event = json.loads(known["Target"]["Input"]) if known else first
        self.functions.invoke("schedule-runner", {**event, "scheduledAt": to_text(datetime.now(timezone.utc))})

    def sweep(self) -> None:
        """What happens every five minutes."""
        self.functions.invoke("schedule-runner", {"source": "aws.events"})

    def known(self, schedule_id: str) -> dict[str, Any] | None:
        """What the Scheduler knows of a schedule."""
        try:
            return self.scheduler.get_schedule(Name=schedule_id, GroupName=self.group)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ResourceNotFoundException", error
            return None

    def forget(self, schedule_id: str) -> None:
        self.scheduler.delete_schedule(Name=schedule_id, GroupName=self.group)

    def _set(self, caller: Caller, schedule_id: str, **attributes: Any) -> None:
        self.table.table.update_item(
            Key={"partition": f"schedule#{caller.tenantId}", "sort": schedule_id},
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
            ConditionExpression="attribute_exists(sort)",
            ExpressionAttributeNames={f"#{name}": name for name in attributes},
            ExpressionAttributeValues={f":{name}": value for name, value in attributes.items()},
        )


def to_text(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def today() -> datetime:
    """Midnight in UTC."""
    return datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
