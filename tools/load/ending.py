"""What is true once the users are gone: how each export ended, and whose the errors were."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from stack import aws
from stack.settings import STACK_NAME, Stack

from .tenants import DATASET

ENDED_WITHIN_SECONDS = 300
TYPE = DATASET.upper().replace("-", "_")


def statuses(stack: Stack, table: str, accepted: dict[str, str]) -> Counter[str]:
    """The status of each accepted export, as soon as all have ended or the time for it is over."""
    deadline = time.monotonic() + ENDED_WITHIN_SECONDS
    while True:
        found = _statuses(stack, table, accepted)
        if "PENDING" not in found or time.monotonic() > deadline:
            return found
        time.sleep(2)


def _statuses(stack: Stack, table: str, accepted: dict[str, str]) -> Counter[str]:
    pages = aws.client(stack, "dynamodb").get_paginator("query")
    found: dict[str, str] = {}
    for tenant in set(accepted.values()):
        for page in pages.paginate(
            TableName=table,
            KeyConditionExpression="#partition = :partition",
            ProjectionExpression="#sort, #status",
            ExpressionAttributeNames={"#partition": "partition", "#sort": "sort", "#status": "status"},
            ExpressionAttributeValues={":partition": {"S": f"{tenant}#{TYPE}"}},
        ):
            found |= {item["sort"]["S"]: item["status"]["S"] for item in page["Items"]}
    return Counter(found.get(export_id, "LOST") for export_id in accepted)


def errors_of_ours(stack: Stack, request_ids: Iterable[str], since: float) -> list[str]:
    """What functions logged of these requests, if they answered 5xx. The others were answered by the local gateway."""
    wanted = set(filter(None, request_ids))
    return [
        event["message"].strip()
        for event in _logged(stack, since, '"status":5')
        if any(request_id in event["message"] for request_id in wanted)
    ]


def logged_errors(stack: Stack, since: float) -> Counter[str]:
    """How often each function answered 5xx or died, by its log, whatever its callers were told."""
    marks = ('"status":5', "panicked at", "Task timed out", "Runtime exited")
    return Counter(event["function"] for mark in marks for event in _logged(stack, since, mark))


def _logged(stack: Stack, since: float, mark: str) -> Iterable[dict[str, Any]]:
    """The lines with this text in the functions' logs."""
    logs = aws.client(stack, "logs")
    groups = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"/aws/lambda/{STACK_NAME}-")
    for group in (group["logGroupName"] for page in groups for group in page["logGroups"]):
        events = logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=int(since * 1000))
        for event in (event for page in events for event in page["events"]):
            if mark in event["message"]:
                yield {"function": group.rpartition("/")[2], "message": event["message"]}
