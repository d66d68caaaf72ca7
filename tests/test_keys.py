"""Keys that take the place of others: both work for a while, and the old one ends by itself."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from support.api import Api, Caller
from support.command import Command
from support.keys import Keys
from support.merchant import MerchantApi, triple
from support.problems import problem
from support.schedules import Schedules


def rotate(command: Command, caller: Caller, *options: str) -> Caller:
    """The caller with the key that takes the place of the caller's own."""
    result = command.run("keys", "rotate", "--key-stdin", *options, stdin=caller.key)
    assert result.returncode == 0, result.stderr
    assert caller.key not in result.stderr
    return replace(caller, key=result.stdout.strip())


def test_both_keys_work_until_the_overlap_is_over(command: Command, api: Api, newcomer: Caller) -> None:
    new = rotate(command, newcomer, "--overlap", "24h")
    assert new.key.startswith("pex_") and new.key != newcomer.key
    shown = [api.get(caller, "/v1/me") for caller in (newcomer, new)]
    assert [answer.status_code for answer in shown] == [200, 200]
    assert shown[0].json() == shown[1].json(), "it is the same user, with the same permissions"


def test_the_old_key_ends_by_itself(command: Command, api: Api, newcomer: Caller) -> None:
    # It is not used before it ends, so that no answer of the authorizer is cached.
    new = rotate(command, newcomer, "--overlap", "2s")
    assert api.get(new, "/v1/me").status_code == 200
    time.sleep(2.1)
    problem(api.get(newcomer, "/v1/me"), 401, "UNAUTHORIZED")
    assert api.get(new, "/v1/me").status_code == 200


def test_a_leaked_key_ends_at_once(command: Command, api: Api, newcomer: Caller) -> None:
    new = rotate(command, newcomer, "--overlap", "0s")
    problem(api.get(newcomer, "/v1/me"), 401, "UNAUTHORIZED")
    assert api.get(new, "/v1/me").status_code == 200


def test_a_merchants_key_and_a_suppliers_stay_what_they_are(
    command: Command, api: Api, merchant_api: MerchantApi, keys: Keys, newcomer: Caller
) -> None:
    supplier = keys.supplier(newcomer.tenantId, "SUP-1")
    shown = api.get(rotate(command, supplier, "--overlap", "1h"), "/v1/me").json()
    assert (shown["role"], shown["supplierId"]) == ("SUPPLIER", "SUP-1")
    merchant = keys.merchant(newcomer.tenantId)
    new = rotate(command, merchant, "--overlap", "0s")
    triple(merchant_api.list(merchant), "UNAUTHORIZED")
    assert merchant_api.list(new).status_code == 200


def test_a_key_is_rotated_by_its_hash_and_twice_over(command: Command, api: Api, newcomer: Caller, keys: Keys) -> None:
    key_hash = keys.hash(newcomer)
    first, second = (
        command.run("keys", "rotate", "--key-hash", key_hash.upper(), "--overlap", overlap) for overlap in ("1h", "24h")
    )
    assert (first.returncode, second.returncode) == (0, 0), second.stderr
    ends = [result.stderr.split("works until ")[1].split(".")[0] for result in (first, second)]
    assert ends[1] == ends[0], "an end never moves to later"
    for result in (first, second):
        assert api.get(replace(newcomer, key=result.stdout.strip()), "/v1/me").status_code == 200


def test_a_key_that_has_ended_is_not_rotated_or_made_again(command: Command, newcomer: Caller, keys: Keys) -> None:
    rotate(command, newcomer, "--overlap", "0s")
    again = command.run("keys", "rotate", "--key-stdin", stdin=newcomer.key)
    assert (again.returncode, again.stdout) == (1, "")
    assert "has expired" in again.stderr
    who = ["--tenant", newcomer.tenantId, "--tenant-name", "Newcomer", "--user", newcomer.userId]
    made = command.run("keys", "create", *who, "--email", newcomer.email, "--role", "OPERATOR", "--key", newcomer.key)
    assert made.returncode == 1 and "was rotated" in made.stderr
    unknown = command.run("keys", "rotate", "--key-stdin", stdin="of nobody")
    assert unknown.returncode == 1 and "no key has the hash" in unknown.stderr
    disabled = keys.operator()
    keys.disable(disabled)
    refused = command.run("keys", "rotate", "--key-hash", keys.hash(disabled))
    assert refused.returncode == 1 and "is disabled" in refused.stderr


@pytest.mark.parametrize("overlap", ["24", "91d", "-1h", "soon"])
def test_an_overlap_is_a_time_of_ninety_days_at_most(command: Command, newcomer: Caller, overlap: str) -> None:
    result = command.run("keys", "rotate", "--key-stdin", f"--overlap={overlap}", stdin=newcomer.key)
    assert result.returncode == 2, result.stderr


def test_a_schedule_goes_on_with_the_new_key_and_stops_without_it(
    command: Command, newcomer: Caller, schedules: Schedules, keys: Keys
) -> None:
    schedule = schedules.made(newcomer)["scheduleId"]
    new = rotate(command, newcomer, "--overlap", "0s")
    schedules.miss(newcomer, schedule)
    schedules.call(newcomer, schedule)
    shown = schedules.get(new, schedule).json()
    assert shown["lastRun"] and not shown["paused"]
    keys.disable(new)
    schedules.api.wait(
        keys.another(newcomer, permissions=["funding-transfers:read"]),
        "funding-transfers",
        shown["lastRun"]["exportId"],
    )
    schedules.miss(newcomer, schedule)
    schedules.call(newcomer, schedule)
    reader = keys.another(newcomer, permissions=["funding-transfers:read"])
    stopped = schedules.get(reader, schedule).json()
    assert stopped["paused"] and stopped["lastRun"] == shown["lastRun"], "an expired key makes no exports"
