"""A schedule that nobody but the Scheduler calls."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

from support.api import Api, Caller
from support.schedules import Schedules
from support.waiting import until


def test_the_scheduler_calls_by_itself(schedules: Schedules, newcomer: Caller, api: Api) -> None:
    """The local AWS reads the times of all zones as UTC, and looks every ten seconds."""
    soon = datetime.now(timezone.utc) + timedelta(seconds=75)
    when = {"every": "DAY", "at": f"{soon:%H:%M}", "timeZone": "UTC"}
    schedule_id = schedules.made(newcomer, when=when)["scheduleId"]

    def exports() -> list[dict[str, Any]]:
        return api.get(newcomer, "/v1/payments/funding-transfers/export").json()["items"]

    until(lambda: bool(exports()))
    [export] = exports()
    assert export["scheduleId"] == schedule_id
    created = datetime.fromisoformat(export["createdAt"].replace("Z", "+00:00"))
    assert created >= soon.replace(second=0, microsecond=0)
    assert time.time() - created.timestamp() < 60, "and not the sweep"
