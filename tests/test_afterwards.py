"""What the whole session left behind: in the tables, in the bucket, in the logs, and with the policies."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from support.api import Caller
from support.leftovers import of_stack
from support.log_search import ADDRESS, Secrets, cells, lines
from support.mailbox import Mailbox
from support.table import ExportsTable, LedgerTable

TIMEOUT_SECONDS = 120

# Whom mails are from.
SENDER = "exports@payout-exports.example"

MESSAGE_ID = re.compile(r"[0-9a-f-]{36}@email\.amazonses\.com")

# What tests point functions at, so that their calls fail.
NOT_THERE = ("/no-such-table", ":nowhere")


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


@pytest.mark.last
def test_each_call_was_allowed(stack: dict[str, Any]) -> None:
    recorded = [json.loads(line) for line in Path(stack["callsFile"]).read_text().splitlines()]
    prefix = f":assumed-role/{stack['stackName']}-"
    calls = {
        (call["principal"].rpartition("/")[2], call["action"], call["resource"]): call["isAllowed"]
        for call in sorted(recorded, key=lambda call: call["isAllowed"])
        if prefix in call["principal"]
    }
    if not calls:
        pytest.skip("This local AWS does not ask the policies: start it with LOCAL_AWS_AUTH=true.")
    refused = {call for call, is_allowed in calls.items() if not is_allowed and not call[2].endswith(NOT_THERE)}
    assert not refused, "\n".join(map(" ".join, sorted(refused)))


@pytest.mark.last
def test_each_request_to_aws_is_as_its_services_model_says(stack: dict[str, Any]) -> None:
    """The local AWS accepts names, values and lengths that AWS would refuse."""
    recorded = [json.loads(line) for line in Path(stack["requestsFile"]).read_text().splitlines()]
    services = {entry["operation"].partition(" ")[0] for entry in recorded}
    assert {"dynamodb", "s3", "sesv2", "sqs"} <= services, "the functions' requests were not recorded"
    problems = sorted(entry["problem"] for entry in recorded if entry["problem"])
    assert not problems, "\n".join(problems)
