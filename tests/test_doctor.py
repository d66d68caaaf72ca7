"""`payout-exports doctor`: faults are put into the running stack, found, and put right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import httpx
import pytest
from support.api import Caller
from support.command import Command
from support.doctor import Deployed, Examination, examine, other_stack
from support.door import Door, PassOn
from support.sender import Sender

# Here the sweeper does what time to live would do.
LEFT_OFF = ("timeToLive", "ExportsTable")

FAULTS = {
    ("concurrency", "MeFunction"),
    ("deadLetters", "InboxDeadLetterQueue"),
    ("eventSources", "ExpirerFunctionRemovals"),
    ("mailIdentity", None),
    ("publicAccess", "InboxBucket"),
    ("rules", "ReconcilerFunctionEveryMinute"),
    ("rules", "WebhookRule"),
    ("timeToLive", "WebhooksTable"),
}

Examinations = tuple[Examination, Examination, Examination]


@pytest.fixture(scope="module")
def deployed(stack: dict[str, Any], aws: boto3.Session) -> Deployed:
    return Deployed(stack, aws)


@pytest.fixture(scope="module")
def examinations(deployed: Deployed, stack: dict[str, Any], sender: Sender, command: Command) -> Examinations:
    """Before the faults, with all of them, and after they were put right."""
    with deployed.removing_what_expires("LedgerTable", "WebhooksTable"):
        before = examine(command, deployed.name)
        with ExitStack() as faults:
            for fault in (
                deployed.switched_off("MeFunction"),
                deployed.message_in("InboxDeadLetterQueue"),
                deployed.mapping_off("ExpirerFunctionRemovals"),
                sender.unverified(),
                deployed.open_to_the_public("InboxBucket"),
                deployed.rule_off("ReconcilerFunctionEveryMinute"),
                deployed.rule_off("WebhookRule", stack["eventBusName"]),
                deployed.keeping_what_expires("WebhooksTable"),
            ):
                faults.enter_context(fault)
            during = examine(command, deployed.name)
        after = examine(command, deployed.name)
    return before, during, after


def test_each_fault_is_found_and_nothing_else(examinations: Examinations) -> None:
    before, during, after = examinations
    assert LEFT_OFF in before.places("wrong")
    assert not FAULTS & before.places("wrong")
    assert during.places("wrong") - before.places("wrong") == FAULTS
    assert after.places("wrong") == before.places("wrong")
    # The time to live that is off here.
    assert [examination.code for examination in examinations] == [1, 1, 1]
    assert ("history", None) in before.places("good")
    assert not any(examination.places("notSeen") for examination in examinations)


def test_a_finding_says_what_to_do(examinations: Examinations, deployed: Deployed) -> None:
    _, during, _ = examinations
    advice = {place: during.of(*place)["advice"] for place in FAULTS}
    names = deployed.resources
    assert names["ReconcilerFunctionEveryMinute"] in advice["rules", "ReconcilerFunctionEveryMinute"]
    assert names["WebhookRule"] in advice["rules", "WebhookRule"]
    assert names["ExpirerFunctionRemovals"] in advice["eventSources", "ExpirerFunctionRemovals"]
    assert names["InboxBucket"] in advice["publicAccess", "InboxBucket"]
    assert names["WebhooksTable"] in advice["timeToLive", "WebhooksTable"]
    assert "Move the messages back to InboxQueue" in advice["deadLetters", "InboxDeadLetterQueue"]
    assert during.of("deadLetters", "InboxDeadLetterQueue")["sentence"] == "Messages in InboxDeadLetterQueue: 1."


def test_nobodys_address_and_no_key_is_shown(examinations: Examinations, callers: dict[str, Caller]) -> None:
    for examination in examinations:
        assert "@" not in examination.output
        for caller in callers.values():
            assert caller.key not in examination.output
            assert caller.tenantId not in examination.output


def test_a_stack_without_keys_and_without_subscribers(command: Command, deployed: Deployed) -> None:
    resources = {
        "ApiKeysTable": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "keyHash", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "keyHash", "KeyType": "HASH"}],
            },
        },
        "AlarmTopic": {"Type": "AWS::SNS::Topic"},
    }
    with other_stack(deployed.client("cloudformation"), "payout-exports-without-keys", resources):
        examination = examine(command, "payout-exports-without-keys")
    assert examination.code == 1
    keys = examination.of("keys", "ApiKeysTable")
    assert keys["verdict"] == "wrong"
    assert "payout-exports keys create" in keys["advice"]
    assert examination.of("alarms", "AlarmTopic")["sentence"] == "Nobody hears what is sent to AlarmTopic."
    assert ("stack", "ExportsTable") in examination.places("wrong")


@pytest.fixture
def strict_aws(stack: dict[str, Any], command: Command) -> Iterator[Command]:
    """The command where SES is in its sandbox, and where Lambda and S3 refuse what they are asked."""
    account = {"ProductionAccessEnabled": False, "SendingEnabled": True, "EnforcementStatus": "HEALTHY"}
    quota = {"SendQuota": {"Max24HourSend": 200.0, "SentLast24Hours": 190.0, "MaxSendRate": 1.0}}
    caller = "User: arn:aws:iam::123456789012:user/ana is not authorized"

    def see(call: str, _: bytes, pass_on: PassOn) -> httpx.Response:
        if call == "GET /v2/email/account":
            return httpx.Response(200, json=account | quota)
        if "/event-source-mappings/" in call or call.rstrip("/").endswith("/account-settings"):
            return httpx.Response(403, json={"Message": caller}, headers={"x-amzn-errortype": "AccessDeniedException"})
        if call.startswith(f"GET /{stack['bucket']}"):
            error = f"<Error><Code>AccessDenied</Code><Message>{caller}</Message></Error>"
            return httpx.Response(403, text=error)
        return pass_on()

    with Door(stack["endpointUrl"], see) as door:
        strict = Command(stack)
        strict.environment = command.environment | {"AWS_ENDPOINT_URL": door.url}
        yield strict


def test_what_is_refused_is_said_and_hinders_no_other_check(strict_aws: Command, deployed: Deployed) -> None:
    examination = examine(strict_aws, deployed.name)
    assert examination.code == 1
    assert "sandbox" in examination.of("mailAccount")["sentence"]
    assert "190 of 200 mails" in examination.of("mailQuota")["sentence"]
    mapping = examination.of("eventSources", "ExpirerFunctionRemovals")
    assert (mapping["verdict"], "lambda:GetEventSourceMapping" in mapping["sentence"]) == ("notSeen", True)
    assert "lambda:GetAccountSettings" in examination.of("concurrency")["sentence"]
    bucket = examination.of("publicAccess", "ExportsBucket")
    assert (bucket["verdict"], "s3:GetBucketPublicAccessBlock" in bucket["sentence"]) == ("notSeen", True)
    assert examination.of("keys", "ApiKeysTable")["verdict"] == "good"
    assert examination.of("rules")["verdict"] == "good"
    # Nor does it repeat who was refused.
    assert "123456789012" not in examination.output


def test_a_person_reads_sentences(strict_aws: Command, deployed: Deployed) -> None:
    told = strict_aws.run("doctor", "--stack", deployed.name).stdout
    assert "WRONG     SES is in its sandbox in us-east-1: mails reach verified addresses only.\n" in told
    assert "NOT SEEN  ExportsBucket could not be looked at: the credentials lack the permission" in told
    assert "Could not be looked at: " in told.splitlines()[-1]


@pytest.mark.parametrize("arguments", [(), ("--stack", "no-such-stack")])
def test_without_a_stack_nothing_can_be_said(command: Command, arguments: tuple[str, ...]) -> None:
    result = command.run("doctor", *arguments)
    assert (result.returncode, result.stdout) == (2, "")


def test_programs_read_whether_all_is_well(command: Command, deployed: Deployed) -> None:
    result = command.run("doctor", "--stack", deployed.name, "--output", "json")
    described = json.loads(result.stdout)
    assert (described["stack"], described["region"], described["isWell"]) == (deployed.name, "us-east-1", False)
