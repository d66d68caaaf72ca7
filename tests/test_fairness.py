"""One tenant cannot starve another: a noisy one is told to wait, and a quiet one does not notice."""

from __future__ import annotations

import hashlib
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import boto3
import httpx
import pytest
from support.api import Api, Caller
from support.keys import Keys
from support.problems import problem

DATASET = "funding-transfers"
LIST = f"/v1/payments/{DATASET}/export"
POLLERS = 8
# What a tenant may ask for at once, and in a second.
BURST, RATE = 200, 40
# How many rate keys the template makes.
RATE_KEYS = 48


@pytest.fixture(scope="module")
def gateway(stack: dict[str, Any], aws: boto3.Session) -> Any:
    return aws.client("apigateway", endpoint_url=stack["endpointUrl"])


def rate_key(tenant: str) -> int:
    return int.from_bytes(hashlib.sha256(tenant.encode()).digest()[:4]) % RATE_KEYS


def elsewhere(keys: Keys, caller: Caller) -> Caller:
    """An operator of another tenant, which is counted on another key."""
    while rate_key((other := keys.operator()).tenantId) == rate_key(caller.tenantId):
        pass
    return other


@contextmanager
def noise(api: Api, caller: Caller) -> Iterator[Counter[int]]:
    """Scripts that ask again at once, whatever the answer is, within. What they were answered, by status."""
    answers: Counter[int] = Counter()
    is_over = Event()

    def poll() -> None:
        with httpx.Client(base_url=api.base_url, headers=caller.headers, timeout=30) as http:
            while not is_over.is_set():
                answers[http.get(LIST).status_code] += 1

    threads = [Thread(target=poll, daemon=True) for _ in range(POLLERS)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def seconds_to_make(api: Api, caller: Caller) -> float:
    """How long an export takes from its launch to READY, for a caller who looks five times a second."""
    began = time.monotonic()
    answer = api.trigger(caller, DATASET)
    assert answer.status_code == 201, answer.text
    while True:
        shown = api.detail(caller, DATASET, answer.json()["exportId"])
        assert shown.status_code == 200, shown.text
        if shown.json()["status"] != "PENDING":
            assert shown.json()["status"] == "READY"
            return time.monotonic() - began
        time.sleep(0.2)


def test_every_tenant_is_counted_on_a_key_of_the_plan(gateway: Any, stack: dict[str, Any]) -> None:
    [plan] = [
        plan for plan in gateway.get_usage_plans()["items"] if plan["name"] == f"{stack['stackName']}-tenant-rate"
    ]
    apis = {stack[name].split("/restapis/")[1].split("/")[0] for name in ("operatorApiUrl", "merchantApiUrl")}
    assert {(stage["apiId"], stage["stage"]) for stage in plan["apiStages"]} == {(api, "api") for api in apis}
    in_plan = {key["id"] for key in gateway.get_usage_plan_keys(usagePlanId=plan["id"], limit=500)["items"]}
    made = gateway.get_api_keys(includeValues=True, limit=500)["items"]
    ours = [key for key in made if key["name"].startswith(f"{stack['stackName']}-rate-")]
    assert {key["id"] for key in ours} == in_plan
    assert sorted(key["value"][-2:] for key in ours) == [f"{number:02}" for number in range(RATE_KEYS)]


def test_a_callers_own_header_is_not_looked_at(api: Api, gateway: Any, newcomer: Caller) -> None:
    [other, *_] = gateway.get_api_keys(includeValues=True, limit=500)["items"]
    for value in ("", "x", other["value"]):
        assert api.get(newcomer, "/v1/me", headers={"x-api-key": value}).status_code == 200


def test_a_tenant_over_its_rate_is_told_to_wait_a_second_and_may_go_on_then(api: Api, newcomer: Caller) -> None:
    with noise(api, newcomer) as answers:
        deadline = time.monotonic() + 30
        while not answers[429] and time.monotonic() < deadline:
            time.sleep(0.1)
        refused = api.get(newcomer, LIST)
        while refused.status_code != 429:
            refused = api.get(newcomer, LIST)
    problem(refused, 429, "TOO_MANY_REQUESTS")
    assert refused.headers["retry-after"] == "1"
    time.sleep(int(refused.headers["retry-after"]))
    assert api.get(newcomer, LIST).status_code == 200
    assert set(answers) == {200, 429}


def test_a_quiet_tenant_does_not_notice_a_noisy_one(api: Api, keys: Keys, callers: dict[str, Caller]) -> None:
    # Its export of ten thousand transfers takes some seconds.
    quiet = callers["operator2"]
    noisy = elsewhere(keys, quiet)
    alone = statistics.median(seconds_to_make(api, quiet) for _ in range(3))
    others = [keys.operator(noisy.tenantId) for _ in range(30)]
    began = time.monotonic()
    with noise(api, noisy) as answers:
        accepted = [api.trigger(user, DATASET).status_code for user in others].count(201)
        # From here on the burst of the rate is used up.
        while not answers[429]:
            time.sleep(0.1)
        beside = statistics.median(seconds_to_make(api, quiet) for _ in range(3))
    seconds = time.monotonic() - began
    assert accepted > 0
    # A request is counted when it comes, and its answer some time later.
    assert accepted + answers[200] <= BURST + RATE * (seconds + 1)
    assert beside <= 2 * alone
