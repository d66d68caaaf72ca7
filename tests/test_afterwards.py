"""What the whole session left behind: in the tables, in the bucket, in the logs, and in what the policies allow."""

from __future__ import annotations

import json
import re
import time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from support.api import Caller
from support.grants import granted, roles_of
from support.leftovers import of_stack
from support.log_search import ADDRESS, Secrets, cells, lines
from support.mailbox import Mailbox
from support.table import ExportsTable, LedgerTable

TIMEOUT_SECONDS = 120

# Function, action and resource.
Call = tuple[str, str, str]

# Whom mails are from.
SENDER = "exports@payout-exports.example"

MESSAGE_ID = re.compile(r"[0-9a-f-]{36}@email\.amazonses\.com")

# What tests point functions at, so that their calls fail.
NOT_THERE = re.compile(r"no-such-|:nowhere$")

# What a test tries with a link to a file: the link is for reading, and asks in the name of whom it was made by.
TRIED = {("detail", "s3:PutObject"), ("download", "s3:PutObject")}

# What Lambda does for a function, with the function's role: no function makes these calls.
LAMBDAS_OWN = {
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}

# What the local AWS asks for in place of what AWS asks for.
ASKED_INSTEAD = {
    "dynamodb:PartiQLInsert": "dynamodb:BatchExecuteStatement",
    "dynamodb:PartiQLUpdate": "dynamodb:BatchExecuteStatement",
}

# What no call of a function shows, with a reason for each.
NEEDED_UNSEEN = {
    # EventBridge Scheduler asks whether the function may hand it the role; the local one does not.
    ("schedules", "iam:PassRole"),
    ("schedule-runner", "iam:PassRole"),
    # Without it S3 refuses to say that an object is not there; a local S3 says so anyway.
    ("loader", "s3:ListBucket"),
    # Lambda sends what the function failed to process, with the function's role.
    ("expirer", "sqs:SendMessage"),
}


@pytest.mark.last
def test_each_lock_link_and_object_is_of_an_export_that_lives(
    exports_table: ExportsTable, s3: Any, stack: dict[str, Any]
) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    # Exports, events and mails of the last tests may still be on their way.
    while (orphans := of_stack(exports_table, s3, stack["bucket"]).orphans()) and time.monotonic() < deadline:
        time.sleep(1)
    assert not orphans, "\n".join(orphans)


@pytest.mark.last
def test_no_key_token_address_or_cell_reached_a_log(
    logs: Any, callers: dict[str, Caller], mailbox: Mailbox, ledger_table: LedgerTable
) -> None:
    secrets = Secrets(
        texts={caller.key for caller in callers.values()} | set(cells(ledger_table.table)) | mailbox.tokens(),
        patterns=[
            ADDRESS,
            re.compile(r"key_[0-9a-f]{12}"),
            re.compile(r"whsec_\w+"),
            re.compile(r"X-Amz-Signature=\w+"),
        ],
    )
    logged = "\n".join(lines(logs))
    assert "INFO" in logged, "nothing was logged, so nothing was searched"
    # The local AWS's ids of mails have the form of addresses.
    logged = MESSAGE_ID.sub("", logged)
    found = secrets.found_in(logged, allowed={SENDER})
    assert not found, "\n".join(sorted(found))


@pytest.fixture(scope="module")
def calls(stack: dict[str, Any]) -> dict[Call, bool]:
    """The calls that the functions made, and whether their policies allowed them. The local AWS asks more than once."""
    prefix = f"/{stack['stackName']}-"
    allowed: dict[Call, bool] = {}
    with Path(stack["callsFile"]).open() as lines:
        for recorded in map(json.loads, lines):
            _, is_ours, function = recorded["principal"].rpartition(prefix)
            if is_ours:
                call = function, recorded["action"], recorded["resource"]
                allowed[call] = allowed.get(call, False) or recorded["isAllowed"]
    if not allowed:
        pytest.skip("This local AWS does not ask the policies: start it with LOCAL_AWS_AUTH=true.")
    return allowed


@pytest.mark.last
def test_each_call_was_allowed(calls: dict[Call, bool]) -> None:
    refused = {
        call
        for call, is_allowed in calls.items()
        if not is_allowed and call[:2] not in TRIED and not NOT_THERE.search(call[2])
    }
    assert not refused, "\n".join(map(" ".join, sorted(refused)))


@pytest.mark.last
def test_each_request_to_aws_is_as_its_services_model_says(stack: dict[str, Any]) -> None:
    """The local AWS accepts names, values and lengths that AWS would refuse."""
    recorded = [json.loads(line) for line in Path(stack["requestsFile"]).read_text().splitlines()]
    assert recorded, "no request was recorded, so none was compared"
    problems = sorted(entry["problem"] for entry in recorded if entry["problem"])
    assert not problems, "\n".join(problems)


@pytest.mark.last
@pytest.mark.usefixtures("whole_run")
def test_each_permission_was_needed(calls: dict[Call, bool], stack: dict[str, Any], iam: Any, lambdas: Any) -> None:
    used: dict[tuple[str, str], set[str]] = {}
    for (function, action, resource), is_allowed in calls.items():
        if is_allowed:
            used.setdefault((function, action), set()).add(resource)
    unused = [
        f"{function} {action} {resource}"
        for name, role in roles_of(lambdas, stack["stackName"]).items()
        for function in [name.removeprefix(f"{stack['stackName']}-")]
        for action, resource in granted(iam, role)
        if action not in LAMBDAS_OWN and (function, action) not in NEEDED_UNSEEN
        # Of some calls the local AWS does not say on what.
        if not any(
            on == "*" or fnmatchcase(on, resource) for on in used.get((function, ASKED_INSTEAD.get(action, action)), ())
        )
    ]
    assert not unused, "\n".join(sorted(unused))
