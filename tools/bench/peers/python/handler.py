"""Shows an export, as a function does that is written with boto3; with the Lambda Runtime API's loop around it."""

from __future__ import annotations

import http.client
import json
import os
from decimal import Decimal
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer

EXPORTS_TABLE = os.environ["EXPORTS_TABLE"]
DYNAMODB = boto3.client("dynamodb")
DESERIALIZE = TypeDeserializer().deserialize
NAMES = ("status", "createdAt", "rowsWritten", "filters", "expiresAt")
RUNTIME = "/2018-06-01/runtime/invocation"


def handler(event: dict[str, Any]) -> dict[str, Any]:
    """Answers `GET /v1/payments/{dataset}/export/{exportId}`."""
    caller = event["requestContext"]["authorizer"]
    dataset, _, export_id = event["path"].removeprefix("/v1/payments/").split("/")
    partition = f"{caller['tenantId']}#{dataset.upper().replace('-', '_')}"
    key = {"partition": {"S": partition}, "sort": {"S": export_id}}
    item = DYNAMODB.get_item(TableName=EXPORTS_TABLE, Key=key, ConsistentRead=True).get("Item")
    if item is None:
        return answer(404, {"code": "NOT_FOUND"})
    shown = {name: DESERIALIZE(item[name]) for name in NAMES if name in item}
    return answer(200, {"exportId": export_id, **shown})


def answer(status: int, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(body, default=number),
    }


def number(value: Decimal) -> int:
    return int(value)


def main() -> None:
    runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        runtime.request("GET", f"{RUNTIME}/next")
        response = runtime.getresponse()
        event = json.load(response)
        request_id = response.headers["lambda-runtime-aws-request-id"]
        runtime.request("POST", f"{RUNTIME}/{request_id}/response", json.dumps(handler(event)))
        runtime.getresponse().read()


if __name__ == "__main__":
    main()
