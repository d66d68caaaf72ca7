"""What a request asks of AWS, in the words of a table of calls."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

from .http import Request

# The beginnings of partitions. Every other partition is of exports, or of records in the ledger.
KINDS = {
    "cc-domains",
    "deliveries",
    "downloads",
    "expiry",
    "idempotency",
    "link",
    "links",
    "lock",
    "message",
    "outbox",
    "schedule",
    "schedule-count",
    "secrets",
    "sending",
    "slots",
    "suppressed",
    "webhooks",
}
# What nearly every change of an export sets.
USUAL = {"leaseUntil", "dueAt", "dueShard", "dueKind", "statusSort", "requesterStatusSort"}
SERVICES = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs", "AWSEvents": "events"}


@dataclass(frozen=True)
class Call:
    """One request to a service: `dynamodb`, `TransactWriteItems`, `export+lock+outbox`."""

    service: str
    operation: str
    detail: str

    def __str__(self) -> str:
        return f"{self.operation} {self.detail}".strip()

    @property
    def is_write(self) -> bool:
        return not self.operation.startswith(("Get", "Query", "Scan", "Head", "List", "BatchGet"))


def call_of(request: Request) -> Call:
    """What a request asks for."""
    target = request.headers.get("x-amz-target")
    if target:
        prefix, _, operation = target.partition(".")
        service = SERVICES[prefix]
        detail = _dynamodb(operation, json.loads(request.body)) if service == "dynamodb" else ""
        return Call(service, operation, detail)
    if request.path.startswith("/v2/email/"):
        return Call("ses", "SendEmail", "")
    if request.path.startswith("/schedules/"):
        names = {"POST": "CreateSchedule", "PUT": "UpdateSchedule", "GET": "GetSchedule", "DELETE": "DeleteSchedule"}
        return Call("scheduler", names[request.method], "")
    return _s3(request)


def _dynamodb(operation: str, body: dict[str, Any]) -> str:
    match operation:
        case "TransactWriteItems":
            return "+".join(_transacted(part) for part in body["TransactItems"])
        case "UpdateItem":
            kind = _kind(body["Key"])
            # The columns of a record come in any order, and would make a call anew of it each time.
            return kind if kind == "record" else f"{kind} {_changed(body)}".strip()
        case "GetItem" | "DeleteItem":
            return _kind(body["Key"])
        case "PutItem":
            return _kind(body["Item"])
        case "Query":
            return body.get("IndexName") or _queried(body)
        case "BatchGetItem":
            return _kind(next(iter(body["RequestItems"].values()))["Keys"][0])
        case "BatchExecuteStatement":
            return "records"
    return ""


def _transacted(part: dict[str, Any]) -> str:
    ((_, action),) = part.items()
    return _kind(action.get("Item") or action["Key"])


def _kind(key: dict[str, dict[str, str]]) -> str:
    if "keyHash" in key:
        return "key"
    return _kind_of(key["partition"]["S"], key["sort"]["S"])


def _kind_of(partition: str, sort: str) -> str:
    first = partition.partition("#")[0]
    if first in KINDS and "#" in partition:
        return first
    if sort == "layout" or sort.startswith("occurred#"):
        return sort.partition("#")[0]
    if partition.endswith(("#CONTACTS", "#SUPPLIERS")):
        return partition.rpartition("#")[2].lower()
    return "export" if sort.startswith("exp_") else "record"


def _queried(body: dict[str, Any]) -> str:
    texts = (value.get("S", "") for value in body["ExpressionAttributeValues"].values())
    # Sort keys begin with an export's id; they and the partition come in any order.
    partitions = [text for text in texts if "#" in text and not text.startswith("exp_")]
    return _kind_of(partitions[0], "exp_") if partitions else ""


def _changed(body: dict[str, Any]) -> str:
    """The attributes that an update sets, without those that nearly all of them set."""
    names = body.get("ExpressionAttributeNames", {})
    changed = re.findall(r"([#\w.]+) = |\b(?:ADD|REMOVE) ([#\w]+)", body["UpdateExpression"])
    attributes = [names.get(name, name) for pair in changed for name in pair if name]
    return ",".join([name for name in attributes if name not in USUAL] or attributes)


def _s3(request: Request) -> Call:
    """Paths are `/bucket/key`."""
    key = unquote(request.path).strip("/").partition("/")[2]
    query = parse_qs(request.query, keep_blank_values=True)
    name = key.rpartition("/")[2].partition(".")[2]
    match request.method:
        case "GET" if not key:
            operation = "ListMultipartUploads" if "uploads" in query else "ListObjectsV2"
        case "GET":
            operation = "ListParts" if "uploadId" in query else "GetObject"
        case "HEAD":
            operation = "HeadObject"
        case "POST":
            operation = "CreateMultipartUpload" if "uploads" in query else "CompleteMultipartUpload"
        case "DELETE":
            operation = "AbortMultipartUpload" if "uploadId" in query else "DeleteObject"
        case "PUT" if "uploadId" in query:
            operation = "UploadPartCopy" if "x-amz-copy-source" in request.headers else "UploadPart"
        case _:
            operation = "CopyObject" if "x-amz-copy-source" in request.headers else "PutObject"
    return Call("s3", operation, name)
