"""What each function is sent to do: the events that it gets from AWS, about the server's one export."""

from __future__ import annotations

import json
from typing import Any

from stack.settings import REGION, Failure

TENANT = "bench"
EXPORT_ID = "exp_01k9zzzzzzzzzzzzzzzzzzzzzzf"
SCHEDULE_ID = "sch_01k9zzzzzzzzzzzzzzzzzzzzzz"
DATASET_PATH = "/v1/payments/funding-transfers/export"
ACCOUNT = "000000000000"
TOKEN = "t" * 43


def event_of(function: str) -> dict[str, Any]:
    """An event that makes the function do its usual work."""
    try:
        return EVENTS[function]
    except KeyError:
        raise Failure(f"tools/bench/events.py has no event for the function {function}.") from None


def request(method: str, path: str, body: Any = None, query: dict[str, str] | None = None) -> dict[str, Any]:
    """A request as a REST API passes it on, from a caller whom the authorizer has let in."""
    headers = {"accept": "application/json", "content-type": "application/json", "host": "api.example"}
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": query and {name: [value] for name, value in query.items()},
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "bench",
            "httpMethod": method,
            "identity": {"sourceIp": "127.0.0.1", "userAgent": "bench"},
            "path": f"/api{path}",
            "protocol": "HTTP/1.1",
            "requestId": "00000000-0000-4000-8000-000000000002",
            "requestTimeEpoch": 1_780_000_000_000,
            "resourceId": "bench",
            "resourcePath": path,
            "stage": "api",
            "authorizer": {
                "tenantId": TENANT,
                "tenantName": "Bench",
                "userId": "ana",
                "email": "ana@bench.example",
                "role": "MERCHANT" if "/merchants/" in path else "OPERATOR",
                "permissions": " ".join(
                    [
                        f"{dataset}:{act}"
                        for dataset in ("funding-transfers", "payouts-by-contact")
                        for act in ("create", "read")
                    ]
                    + ["webhooks:manage"]
                ),
            },
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def message_of(body: str) -> dict[str, Any]:
    """A message as an event has it."""
    return {
        "messageId": "00000000-0000-4000-8000-000000000003",
        "receiptHandle": "bench",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:exports",
        "awsRegion": REGION,
    }


def _message() -> dict[str, Any]:
    """A message that names the export."""
    return {"Records": [message_of(json.dumps({"tenantId": TENANT, "exportId": EXPORT_ID}))]}


def _removed_marker() -> dict[str, Any]:
    """The removal of the export's expiry marker."""
    keys = {"partition": {"S": f"expiry#{TENANT}#FUNDING_TRANSFERS"}, "sort": {"S": EXPORT_ID}}
    image = keys | {"tenantId": {"S": TENANT}, "timeToLive": {"N": "1780000000"}}
    return {
        "Records": [
            {
                "eventID": "1",
                "eventName": "REMOVE",
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "eventSourceARN": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/exports/stream/bench",
                "awsRegion": REGION,
                "dynamodb": {
                    "ApproximateCreationDateTime": 1_780_000_000,
                    "Keys": keys,
                    "OldImage": image,
                    "SequenceNumber": "1",
                    "SizeBytes": 100,
                    "StreamViewType": "NEW_AND_OLD_IMAGES",
                },
            }
        ]
    }


def _recorded_event() -> dict[str, Any]:
    """An event that was put into the outbox."""
    keys = {"partition": {"S": f"outbox#{TENANT}#FUNDING_TRANSFERS"}, "sort": {"S": "evt_01k9zzzzzzzzzzzzzzzzzzzzzz"}}
    data = {"exportId": EXPORT_ID, "exportType": "FUNDING_TRANSFERS", "status": "READY", "requesterId": "ana"}
    event = {
        "id": keys["sort"],
        "type": {"S": "export.ready"},
        "timestamp": {"S": "2026-11-20T09:30:00Z"},
        "tenantId": {"S": TENANT},
        "data": {"M": {name: {"S": value} for name, value in data.items()}},
    }
    image = keys | {"event": {"M": event}, "dueShard": {"S": "EVENT#00"}, "dueAt": {"N": "1780000000"}}
    record = _removed_marker()["Records"][0] | {"eventName": "INSERT"}
    record["dynamodb"] |= {"Keys": keys, "NewImage": image}
    del record["dynamodb"]["OldImage"]
    return {"Records": [record]}


def _authorization() -> dict[str, Any]:
    """What a REST API asks its authorizer."""
    method_arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:bench/api/GET{DATASET_PATH}"
    asked = request("GET", DATASET_PATH)
    asked["headers"] |= {"dj-client": "OPERATOR", "dj-api-key": "bench"}
    del asked["requestContext"]["authorizer"]
    return asked | {"type": "REQUEST", "methodArn": method_arn, "queryStringParameters": {}}


def _schedule() -> dict[str, Any]:
    """The minute's tick."""
    return {
        "version": "0",
        "id": "00000000-0000-4000-8000-000000000004",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": "2026-11-20T09:30:00Z",
        "region": REGION,
        "resources": [],
        "detail": {},
    }


def _change() -> dict[str, Any]:
    """A message with one change of a record."""
    change = {"tenantId": TENANT, "type": "FUNDING_TRANSFERS", "version": 1, "id": "trf_1", "deleted": True}
    return {"Records": [message_of(json.dumps(change))]}


def _export_event() -> dict[str, Any]:
    """A message with an event of an export, of a tenant without endpoints."""
    data = {"exportId": EXPORT_ID, "exportType": "FUNDING_TRANSFERS", "status": "READY", "requesterId": "ana"}
    detail = {
        "id": "evt_01k9zzzzzzzzzzzzzzzzzzzzzz",
        "type": "export.ready",
        "timestamp": "2026-11-20T09:30:00Z",
        "tenantId": TENANT,
        "data": data,
    }
    envelope = {"version": "0", "source": "payout-exports", "detail-type": "export.ready", "detail": detail}
    return {"Records": [message_of(json.dumps(envelope))]}


def _delivery() -> dict[str, Any]:
    """What SES tells of a mail that nobody has recorded, long ago."""
    at = "2026-11-20T09:30:05.000Z"
    mail = {"messageId": "bench", "timestamp": at, "destination": ["ana@bench.example"]}
    delivery = {"timestamp": at, "recipients": ["ana@bench.example"]}
    event = {"source": "aws.ses", "detail": {"eventType": "Delivery", "mail": mail, "delivery": delivery}}
    return {"Records": [message_of(json.dumps(event))]}


def dropped(key: str) -> dict[str, Any]:
    """A message of the bucket about a file."""
    record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "inbox"}, "object": {"key": key}}}
    return {"Records": [message_of(json.dumps({"Records": [record]}))]}


EVENTS: dict[str, dict[str, Any]] = {
    "authorizer": _authorization(),
    "trigger": request("POST", DATASET_PATH, {}),
    "list": request("GET", DATASET_PATH),
    "records": request("GET", DATASET_PATH.removesuffix("/export")),
    "suppliers": request("GET", "/v1/suppliers"),
    "estimate": request("POST", f"{DATASET_PATH}/estimate", {}),
    "detail": request("GET", f"{DATASET_PATH}/{EXPORT_ID}"),
    "resend": request("POST", f"/v1/exports/{EXPORT_ID}/resend-email", {}),
    "schedules": request("GET", "/v1/schedules"),
    # For a schedule that does not exist.
    "schedule-runner": {
        "tenantId": TENANT,
        "scheduleId": SCHEDULE_ID,
        "version": 1,
        "scheduledAt": "2026-11-20T09:30:00Z",
    },
    "cancel": request("POST", f"/v1/exports/{EXPORT_ID}/cancel"),
    "delete": request("DELETE", f"/v1/exports/{EXPORT_ID}"),
    "links": request("GET", f"/v1/exports/{EXPORT_ID}/links"),
    "me": request("GET", "/v1/me"),
    "download": request("GET", f"/v1/exports/{EXPORT_ID}/download", query={"token": TOKEN}),
    "console": request("GET", "/console"),
    "merchant": request("POST", "/v1/merchants/find-export", {"export_id": EXPORT_ID[:-1] + "c"}),
    "generator": _message(),
    "dead-letter-handler": _message(),
    "mail-events": _delivery(),
    "expirer": _removed_marker(),
    "publisher": _recorded_event(),
    "reconciler": _schedule(),
    "recorder": _change(),
    # Of a tenant that has none: the server knows exports and records.
    "webhooks": request("GET", "/v1/webhooks/whk_01k9zzzzzzzzzzzzzzzzzzzzzz"),
    "webhook-sender": _export_event(),
    # About a file that is no longer there.
    "loader": dropped(f"inbox/{TENANT}/funding-transfers/none.csv"),
}
