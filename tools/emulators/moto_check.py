"""Whether a transaction that failed leaves nothing behind in moto: moto_process.py has replaced how it is undone."""

from __future__ import annotations

from typing import Any

from stack import aws
from stack.settings import Failure, Stack

TABLE = "transactions-that-fail"
KEY = {"partition": {"S": "a"}, "sort": {"S": "1"}}
OTHER = {"partition": {"S": "a"}, "sort": {"S": "2"}}


def check_transactions(stack: Stack) -> None:
    dynamodb, streams = aws.client(stack, "dynamodb"), aws.client(stack, "dynamodbstreams")
    stream = _table(dynamodb)
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "count": {"N": "1"}})
    try:
        dynamodb.transact_write_items(TransactItems=_operations())
    except dynamodb.exceptions.TransactionCanceledException as error:
        codes = [reason["Code"] for reason in error.response["CancellationReasons"]]
    else:
        codes = []
    found = [dynamodb.get_item(TableName=TABLE, Key=key).get("Item") for key in (KEY, OTHER)]
    dynamodb.put_item(TableName=TABLE, Item=OTHER)
    seen = [record["eventName"] for record in _records(streams, stream)]
    dynamodb.delete_table(TableName=TABLE)
    expected = (["None", "None", "ConditionalCheckFailed"], [{**KEY, "count": {"N": "1"}}, None], ["INSERT", "INSERT"])
    if (codes, found, seen) != expected:
        raise Failure(f"moto did not undo a transaction: {codes}, {found} and {seen} instead of {expected}.")


def _table(dynamodb: Any) -> str:
    """Makes the table. Returns its stream."""
    made = dynamodb.create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in KEY],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in zip(KEY, ("HASH", "RANGE"), strict=True)],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        BillingMode="PAY_PER_REQUEST",
    )
    return made["TableDescription"]["LatestStreamArn"]


def _operations() -> list[dict[str, Any]]:
    """A change and a new item, and a condition that does not hold."""
    update = {
        "TableName": TABLE,
        "Key": KEY,
        "UpdateExpression": "SET #count = :two",
        "ExpressionAttributeNames": {"#count": "count"},
        "ExpressionAttributeValues": {":two": {"N": "2"}},
    }
    check = {"TableName": TABLE, "Key": {**KEY, "sort": {"S": "3"}}, "ConditionExpression": "attribute_exists(sort)"}
    return [{"Update": update}, {"Put": {"TableName": TABLE, "Item": OTHER}}, {"ConditionCheck": check}]


def _records(streams: Any, arn: str) -> list[dict[str, Any]]:
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    start = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator = streams.get_shard_iterator(**start)["ShardIterator"]
    return streams.get_records(ShardIterator=iterator)["Records"]
