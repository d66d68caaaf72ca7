"""A deployed stack's tables with their items, queues, buckets and mail identities, made once more elsewhere under their
names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stack import aws
from stack.settings import ARTIFACTS_BUCKET, SENDER_EMAIL, Failure, Stack

# Of a table's description, what its creation takes.
OF_A_TABLE = ("TableName", "AttributeDefinitions", "KeySchema")
OF_AN_INDEX = ("IndexName", "KeySchema", "Projection")
INDEXES = ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")
TIME_TO_LIVE = "timeToLive"
MOST_AT_ONCE = 25
# Of a queue's attributes, those that nobody set.
NOT_SET = ("ApproximateNumberOf", "CreatedTimestamp", "LastModifiedTimestamp", "QueueArn", "Policy")


def make(source: Stack, target: Stack) -> None:
    """Makes in the target what the source has. Queues and buckets begin empty."""
    _make_tables(aws.client(source, "dynamodb"), aws.client(target, "dynamodb"))
    _make_queues(aws.client(source, "sqs"), aws.client(target, "sqs"))
    _make_buckets(aws.client(source, "s3"), aws.client(target, "s3"))
    source_ses, target_ses = aws.client(source, "sesv2"), aws.client(target, "sesv2")
    target_ses.create_email_identity(EmailIdentity=SENDER_EMAIL)
    for name in source_ses.list_configuration_sets()["ConfigurationSets"]:
        target_ses.create_configuration_set(ConfigurationSetName=name)


def _make_tables(source: Any, target: Any) -> None:
    for name in source.list_tables()["TableNames"]:
        described = source.describe_table(TableName=name)["Table"]
        arguments = {key: described[key] for key in OF_A_TABLE}
        for kind in INDEXES:
            if described.get(kind):
                arguments[kind] = [{key: index[key] for key in OF_AN_INDEX} for index in described[kind]]
        if described.get("StreamSpecification", {}).get("StreamEnabled"):
            arguments["StreamSpecification"] = described["StreamSpecification"]
        target.create_table(**arguments, BillingMode="PAY_PER_REQUEST")
        # Every table of the template that has one has this attribute; in the others no item has it.
        time_to_live = {"Enabled": True, "AttributeName": TIME_TO_LIVE}
        target.update_time_to_live(TableName=name, TimeToLiveSpecification=time_to_live)
        for page in source.get_paginator("scan").paginate(TableName=name):
            _put(target, name, page["Items"])


def _put(dynamodb: Any, table: str, items: Sequence[Any]) -> None:
    """Puts items into a table, as many at once as DynamoDB takes."""
    for start in range(0, len(items), MOST_AT_ONCE):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + MOST_AT_ONCE]]
        if left := dynamodb.batch_write_item(RequestItems={table: puts})["UnprocessedItems"]:
            raise Failure(f"Some items of {table} were not taken: {left}")


def _make_queues(source: Any, target: Any) -> None:
    found = {}
    for url in source.list_queues().get("QueueUrls", []):
        attributes = source.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        found[url.rpartition("/")[2]] = {
            name: value for name, value in attributes.items() if not name.startswith(NOT_SET)
        }
    # Dead letters first: a queue names the queue that its own go to.
    for name in sorted(found, key=lambda name: "RedrivePolicy" in found[name]):
        target.create_queue(QueueName=name, Attributes=found[name])


def _make_buckets(source: Any, target: Any) -> None:
    for bucket in source.list_buckets()["Buckets"]:
        if bucket["Name"] != ARTIFACTS_BUCKET:
            target.create_bucket(Bucket=bucket["Name"])
