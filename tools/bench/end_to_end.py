"""From a request to READY, on the local stack with the release binaries."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import httpx
from stack import lifecycle
from stack.settings import Failure, Stack, free_port
from stack.steps import Steps

from .settings import RELEASE

PATH = "/v1/payments/funding-transfers/export"
POLL_SECONDS = 0.02
TIMEOUT_SECONDS = 120


def measure(runs: int, steps: Steps) -> dict[str, Any]:
    """The median of some exports of the demo's funding transfers, one after another."""
    with _stack(steps) as described, httpx.Client(trust_env=False, timeout=30) as http:
        operator = described["keys"]["operator"]
        headers = {"dj-client": operator["role"], "dj-api-key": operator["key"]}
        url = described["operatorApiUrl"] + PATH
        exports = [_export(http, url, headers) for _ in range(runs)]
    return {"seconds": round(median(seconds for seconds, _ in exports), 3), "rows": exports[0][1]}


def _export(http: httpx.Client, url: str, headers: dict[str, str]) -> tuple[float, int]:
    """Seconds and rows of one export."""
    began = time.monotonic()
    accepted = http.post(url, headers=headers, json={})
    if accepted.status_code != httpx.codes.CREATED:
        raise Failure(f"The local stack accepted no export: {accepted.status_code} {accepted.text}")
    export_url = f"{url}/{accepted.json()['exportId']}"
    while time.monotonic() - began < TIMEOUT_SECONDS:
        export = http.get(export_url, headers=headers).json()
        if export["status"] == "READY":
            return time.monotonic() - began, export["rowCount"]
        if export["status"] != "PENDING":
            raise Failure(f"The local stack's export ended {export['status']}.")
        time.sleep(POLL_SECONDS)
    raise Failure(f"The local stack's export was not READY after {TIMEOUT_SECONDS} seconds.")


@contextmanager
def _stack(steps: Steps) -> Iterator[dict[str, Any]]:
    """A stack of the benchmark's own, beside any that somebody uses."""
    stack = Stack(free_port())
    before = os.environ.get("FUNCTIONS_DIR")
    os.environ["FUNCTIONS_DIR"] = str(RELEASE)
    try:
        yield lifecycle.up(stack, steps, is_latest=False)
    finally:
        lifecycle.down(stack)
        if before is None:
            del os.environ["FUNCTIONS_DIR"]
        else:
            os.environ["FUNCTIONS_DIR"] = before
