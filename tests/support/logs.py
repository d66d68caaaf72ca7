"""The lines of the functions' logs, read as the JSON objects that they are."""

from __future__ import annotations

import json
import time
from typing import Any


class Logs:
    def __init__(self, client: Any, stack_name: str) -> None:
        self.client = client
        self.stack_name = stack_name
        # The session's other tests have logged, too.
        self.since = int(time.time() * 1000) - 1_000

    def of(self, *functions: str) -> list[dict[str, Any]]:
        """What these functions have logged since this was made, their metrics among it."""
        found = []
        for function in functions:
            pages = self.client.get_paginator("filter_log_events").paginate(
                logGroupName=f"/aws/lambda/{self.stack_name}-{function}", startTime=self.since
            )
            texts = [event["message"] for page in pages for event in page["events"]]
            found += [json.loads(line) for text in texts for line in text.splitlines() if line.startswith("{")]
        return found


def metrics_of(line: dict[str, Any]) -> dict[str, Any]:
    """The values of the metrics that a line has, by name. Empty if it is a line of another kind."""
    directives = line.get("_aws", {}).get("CloudWatchMetrics", [])
    return {metric["Name"]: line[metric["Name"]] for directive in directives for metric in directive["Metrics"]}
