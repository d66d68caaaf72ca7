"""The runbook: an entry for each alarm, and commands that do what they say."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from samcli.yamlhelper import yaml_parse
from support.api import Api, Caller
from support.aws_command import AwsCommand, on_path
from support.keys import Keys
from support.mailbox import Mailbox
from support.template import written_out

ROOT = Path(__file__).resolve().parents[1]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
DATASET = "funding-transfers"
ALARMS = {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"}
STACK = "${AWS::StackName}-"
LINK = "${RunbookUrl}#"
# A part of the runbook is a heading and what follows it; before the first one is what all commands need.
PART = re.compile(r"^#{2,3} (.+)\n", re.MULTILINE)
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)

Run = Callable[..., str]


def parts() -> dict[str, str]:
    heads = PART.split(RUNBOOK)
    return {"": heads[0], **dict(zip(heads[1::2], heads[2::2], strict=True))}


def commands(part: str) -> str:
    return "".join(BLOCK.findall(parts()[part]))


def entries() -> list[str]:
    """The headings between `## Alarms` and the next one of that level."""
    return re.findall(r"^### (.+)$", re.split(r"^## .+$", RUNBOOK, flags=re.MULTILINE)[2], re.MULTILINE)


def sub(text: dict[str, Any]) -> str:
    match text["Fn::Sub"]:
        case [pattern, {"Suffix": suffix}]:
            return pattern.replace("${Suffix}", suffix)
        case pattern:
            return pattern


def test_each_alarm_that_tells_people_links_its_entry_and_each_entry_is_of_one() -> None:
    alarms = [
        resource["Properties"]
        for resource in written_out(yaml_parse((ROOT / "template.yaml").read_text()))
        if resource["Type"] in ALARMS and "AlarmActions" in resource["Properties"]
    ]
    names = [sub(alarm["AlarmName"]).removeprefix(STACK) for alarm in alarms]
    assert sorted(names) == sorted(entries())
    for name, alarm in zip(names, alarms, strict=True):
        assert sub(alarm["AlarmDescription"]).endswith(f" {LINK}{name}")
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]


def test_each_dead_letter_queue_has_an_alarm() -> None:
    template = yaml_parse((ROOT / "template.yaml").read_text())["Resources"]
    [loop] = [body for name, body in template.items() if name == "Fn::ForEach::EachDeadLetterQueue"]
    queues = {name for name in template if name.endswith(("DeadLetterQueue", "FailuresQueue")) and "::" not in name}
    assert set(loop[1]) == queues


def test_the_alarms_are_deployed(stack: dict[str, Any], aws: boto3.Session) -> None:
    cloudwatch = aws.client("cloudwatch", endpoint_url=stack["endpointUrl"])
    alarms = cloudwatch.describe_alarms(AlarmNamePrefix=f"{stack['stackName']}-")["MetricAlarms"]
    # The local AWS has none that are calculated.
    assert {alarm["AlarmName"].removeprefix(f"{stack['stackName']}-") for alarm in alarms} == set(entries()) - {
        "failure-rate",
        "mail-bounced",
        "fast-burn",
        "slow-burn",
    }
    assert all(alarm["AlarmActions"] for alarm in alarms)
    body = cloudwatch.get_dashboard(DashboardName=stack["stackName"])["DashboardBody"]
    assert "${" not in body and len(json.loads(body)["widgets"]) == 12


def test_every_command_is_run_by_a_test() -> None:
    source = Path(__file__).read_text()
    with_commands = {name for name, text in parts().items() if name and BLOCK.search(text)}
    assert [name for name in with_commands - set(entries()) if f'"{name}"' not in source] == []


@pytest.fixture(scope="module")
def aws_command(stack: dict[str, Any], aws: boto3.Session) -> AwsCommand:
    return AwsCommand(aws, stack["endpointUrl"])


@pytest.fixture
def run(stack: dict[str, Any], aws_command: AwsCommand, tmp_path: Path) -> Iterator[Run]:
    """Runs parts of the runbook behind what all of them need, and returns what they print."""
    binaries = ROOT / "target" / "debug"

    def run(*names: str, **variables: str) -> str:
        environment = {
            "PATH": f"{tmp_path}:{binaries}:{os.environ['PATH']}",
            "STACK": stack["stackName"],
            "AWS_ENDPOINT_URL": stack["endpointUrl"],
            "AWS_REGION": stack["region"],
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            **variables,
        }
        script = "set -euo pipefail\n" + commands("") + "".join(map(commands, names))
        result = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    with on_path(aws_command, tmp_path):
        yield run


def of(caller: Caller, export_id: str) -> dict[str, str]:
    return {"TENANT": caller.tenantId, "EXPORT_TYPE": "FUNDING_TRANSFERS", "EXPORT_ID": export_id}


def test_every_entry_looks_where_it_says(api: Api, newcomer: Caller, run: Run, aws_command: AwsCommand) -> None:
    export = api.make(newcomer, DATASET)
    looks = [entry for entry in entries() if BLOCK.search(parts()[entry])]
    printed = run("Look at it", *looks, "Replay dead letters", **of(newcomer, export["exportId"]))
    assert '"status": "READY"' in printed
    assert '"outcome":"READY"' in printed
    # The local AWS cannot move messages; the command's parameters are good.
    assert aws_command.called[-1] == ("sqs", "start-message-move-task")


def test_an_operator_sees_why_a_deployment_went_back(newcomer: Caller, run: Run, aws_command: AwsCommand) -> None:
    run("A deployment that went back", FUNCTION="me", **of(newcomer, "exp_none"))
    assert aws_command.called[-2:] == [("cloudformation", "describe-stack-events"), ("logs", "filter-log-events")]


def test_an_operator_expires_an_export_and_its_link(
    api: Api, http: httpx.Client, newcomer: Caller, mailbox: Mailbox, run: Run, functions: Any
) -> None:
    export = api.make(newcomer, DATASET)
    [mail] = mailbox.wait(export["exportId"])
    run("Expire an export now", OPERATOR="usr-on-call", **of(newcomer, export["exportId"]))
    assert http.get(mail.link).status_code == 410
    shown = api.get(newcomer, f"/v1/payments/{DATASET}/export/{export['exportId']}").json()
    assert shown["status"] == "EXPIRED"
    functions.invoke("reconciler", {})
    stored = run("Look at it", **of(newcomer, export["exportId"]))
    assert '"status": "EXPIRED"' in stored


def test_an_operator_revokes_every_link_of_an_export(
    api: Api, http: httpx.Client, newcomer: Caller, mailbox: Mailbox, run: Run
) -> None:
    export = api.make(newcomer, DATASET)
    other = api.make(newcomer, DATASET)
    assert api.post(newcomer, f"/v1/exports/{export['exportId']}/resend-email").status_code == 200
    mails = mailbox.wait(export["exportId"], 2)
    [kept] = mailbox.wait(other["exportId"])
    run("Revoke the links of an export", **of(newcomer, export["exportId"]))
    assert {http.get(mail.link).status_code for mail in mails} == {410}
    assert http.get(kept.link).status_code == 302
    # What is revoked stays so from then on.
    run("Revoke the links of an export", **of(newcomer, export["exportId"]))


def test_an_operator_finds_all_that_one_person_received(api: Api, newcomer: Caller, run: Run) -> None:
    found = api.make(newcomer, DATASET, {"cc": ["finance@example.com"]})
    api.make(newcomer, DATASET)
    printed = run("Find all that one person received", PERSON="finance@example.com", **of(newcomer, found["exportId"]))
    [row] = printed.splitlines()
    assert row.split("\t")[1].startswith(f"{found['exportId']}#lnk_")


def test_an_operator_disables_a_key(api: Api, keys: Keys, run: Run) -> None:
    newcomer = keys.operator()
    run("Disable a key", API_KEY=newcomer.key, **of(newcomer, "exp_none"))
    # The authorizer has not seen it before, so no answer is cached.
    assert api.get(newcomer, "/v1/me").status_code == 401


def test_a_table_is_restored_beside_the_one_in_use(
    api: Api, newcomer: Caller, run: Run, stack: dict[str, Any], aws: boto3.Session
) -> None:
    export = api.make(newcomer, DATASET)
    run("Restore the tables to a point in time", **of(newcomer, export["exportId"]))
    dynamodb = aws.client("dynamodb", endpoint_url=stack["endpointUrl"])
    restored = f"{stack['exportsTable']}-restored"
    try:
        described = dynamodb.describe_table(TableName=restored)["Table"]
        assert described["KeySchema"] == dynamodb.describe_table(TableName=stack["exportsTable"])["Table"]["KeySchema"]
    finally:
        dynamodb.delete_table(TableName=restored)


def test_a_queue_is_emptied(run: Run, newcomer: Caller, sqs: Any, stack: dict[str, Any]) -> None:
    queue = stack["mailEventsDeadLetterQueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody=f"of {newcomer.tenantId}")
    run("Empty a queue", DEAD_LETTERS="MailEventsDeadLetterQueue", **of(newcomer, "exp_none"))
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
