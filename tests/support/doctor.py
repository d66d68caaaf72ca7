"""`payout-exports doctor`, and faults for it to find."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3

from support.command import Command

# Check and resource: what one finding is about.
Place = tuple[str, str | None]


@dataclass
class Examination:
    """What one call of the command said."""

    code: int
    findings: list[dict[str, Any]]
    output: str

    def places(self, verdict: str) -> set[Place]:
        return {(found["check"], found.get("resource")) for found in self.findings if found["verdict"] == verdict}

    def of(self, check: str, resource: str | None = None) -> dict[str, Any]:
        """The one finding of this check, of this resource."""
        (finding,) = (found for found in self.findings if (found["check"], found.get("resource")) == (check, resource))
        return finding


def examine(command: Command, stack_name: str) -> Examination:
    result = command.run("doctor", "--stack", stack_name, "--output", "json")
    assert result.returncode in {0, 1}, result.stderr
    return Examination(result.returncode, json.loads(result.stdout)["findings"], result.stdout)


class Deployed:
    """What a stack of the local AWS consists of, and what can be done to it."""

    def __init__(self, stack: dict[str, Any], aws: boto3.Session) -> None:
        self.name = stack["stackName"]
        self.client = lambda service: aws.client(service, endpoint_url=stack["endpointUrl"])
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
        self.resources = {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages
            for resource in page["StackResourceSummaries"]
        }

    def set_time_to_live(self, table: str, *, is_on: bool) -> None:
        self.client("dynamodb").update_time_to_live(
            TableName=self.resources[table],
            TimeToLiveSpecification={"AttributeName": "timeToLive", "Enabled": is_on},
        )

    @contextmanager
    def removing_what_expires(self, *tables: str) -> Iterator[None]:
        """The local AWS's CloudFormation leaves out the time to live that the template sets; within, it is on."""
        for table in tables:
            self.set_time_to_live(table, is_on=True)
        try:
            yield
        finally:
            for table in tables:
                self.set_time_to_live(table, is_on=False)

    @contextmanager
    def keeping_what_expires(self, table: str) -> Iterator[None]:
        self.set_time_to_live(table, is_on=False)
        try:
            yield
        finally:
            self.set_time_to_live(table, is_on=True)

    @contextmanager
    def mapping_off(self, mapping: str) -> Iterator[None]:
        lambdas, number = self.client("lambda"), self.resources[mapping]
        lambdas.update_event_source_mapping(UUID=number, Enabled=False)
        try:
            yield
        finally:
            lambdas.update_event_source_mapping(UUID=number, Enabled=True)

    @contextmanager
    def rule_off(self, rule: str, bus: str = "default") -> Iterator[None]:
        events, name = self.client("events"), self.resources[rule]
        events.disable_rule(Name=name, EventBusName=bus)
        try:
            yield
        finally:
            events.enable_rule(Name=name, EventBusName=bus)

    @contextmanager
    def open_to_the_public(self, bucket: str) -> Iterator[None]:
        s3, name = self.client("s3"), self.resources[bucket]
        closed = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
        s3.delete_public_access_block(Bucket=name)
        try:
            yield
        finally:
            s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=closed)

    @contextmanager
    def message_in(self, queue: str) -> Iterator[None]:
        sqs, url = self.client("sqs"), self.resources[queue]
        sqs.send_message(QueueUrl=url, MessageBody="{}")
        try:
            yield
        finally:
            (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    @contextmanager
    def switched_off(self, function: str) -> Iterator[None]:
        lambdas, name = self.client("lambda"), self.resources[function]
        lambdas.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
        try:
            yield
        finally:
            lambdas.delete_function_concurrency(FunctionName=name)


@contextmanager
def other_stack(cloudformation: Any, name: str, resources: dict[str, Any]) -> Iterator[None]:
    """A small stack of its own."""
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    try:
        deadline = time.monotonic() + 20
        while status_of(cloudformation, name) != "CREATE_COMPLETE":
            assert time.monotonic() < deadline, status_of(cloudformation, name)
            time.sleep(0.05)
        yield
    finally:
        cloudformation.delete_stack(StackName=name)


def status_of(cloudformation: Any, name: str) -> str:
    return cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
