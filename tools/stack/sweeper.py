"""Plays DynamoDB's TTL: deletes due items with DeleteItem, which, unlike the local AWS's own TTL, feeds the stream."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from . import aws, processes
from .settings import Stack

PAUSE_SECONDS = 1.0
# A scan blocks the local AWS: at most this share of the time goes into scans.
BUSY_SHARE = 0.2
IS_DUE = "attribute_exists(timeToLive) AND timeToLive <= :now"


def start(stack: Stack, table: str) -> None:
    """Starts sweeping in the background, in place of a sweeper that ran before."""
    stop(stack)
    arguments = [str(stack.port), table]
    processes.start("stack.sweeper", arguments, _environment(stack), stack.folder / "sweeper.pid", _log_file(stack))


def stop(stack: Stack) -> bool:
    """Ends the sweeping. Says whether there was any."""
    return processes.stop(stack.folder / "sweeper.pid")


def _environment(stack: Stack) -> dict[str, str]:
    return stack.environment() | {"PYTHONUNBUFFERED": "1"}


def _log_file(stack: Stack) -> Path:
    return stack.folder / "sweeper.log"


def sweep(dynamodb: Any, table: str, now: int) -> int:
    """Deletes the items that are due. Returns how many there were."""
    values = {":now": {"N": str(now)}}
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression=IS_DUE,
        ExpressionAttributeValues=values,
        ProjectionExpression="#partition, #sort",
        ExpressionAttributeNames={"#partition": "partition", "#sort": "sort"},
    )
    keys = [item for page in pages for item in page["Items"]]
    for key in keys:
        with suppress(dynamodb.exceptions.ConditionalCheckFailedException):
            dynamodb.delete_item(TableName=table, Key=key, ConditionExpression=IS_DUE, ExpressionAttributeValues=values)
    return len(keys)


def main() -> None:
    port, table = sys.argv[1:]
    dynamodb = aws.client(Stack(int(port)), "dynamodb")
    while True:
        began = time.monotonic()
        try:
            swept = sweep(dynamodb, table, int(time.time()))
            if swept:
                print(f"{swept} due items deleted")
        except (BotoCoreError, ClientError) as error:
            print(f"sweep failed, trying again: {error}")
        took = time.monotonic() - began
        time.sleep(max(PAUSE_SECONDS, took / BUSY_SHARE - took))


if __name__ == "__main__":
    main()
