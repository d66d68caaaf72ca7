"""The errors that each service answers, in its own form."""

from __future__ import annotations

import json

from .calls import Call
from .http import Request, Response

THROTTLED = {
    "dynamodb": (400, "ProvisionedThroughputExceededException"),
    "sqs": (400, "RequestThrottled"),
    "s3": (503, "SlowDown"),
    "ses": (429, "TooManyRequestsException"),
    "events": (400, "ThrottlingException"),
    "scheduler": (429, "ThrottlingException"),
}
FAILED = {
    "dynamodb": (500, "InternalServerError"),
    "sqs": (500, "InternalFailure"),
    "s3": (500, "InternalError"),
    "ses": (500, "InternalServiceErrorException"),
    "events": (500, "InternalException"),
    "scheduler": (500, "InternalServerException"),
}
REFUSED = {
    "dynamodb": (400, "AccessDeniedException"),
    "sqs": (403, "AccessDenied"),
    "s3": (403, "AccessDenied"),
    "ses": (400, "MessageRejected"),
    "events": (400, "AccessDeniedException"),
    "scheduler": (400, "ValidationException"),
}
# What DynamoDB says of a write while a transaction changes the same item.
CONFLICTING = {"UpdateItem", "PutItem", "DeleteItem", "TransactWriteItems"}


def throttled(call: Call, request: Request) -> Response:
    return _refusal(call, request, *THROTTLED[call.service])


def failed(call: Call, request: Request) -> Response:
    return _refusal(call, request, *FAILED[call.service])


def refused(call: Call, request: Request) -> Response:
    return _refusal(call, request, *REFUSED[call.service])


def conflicting(call: Call, request: Request) -> Response:
    """Of a write to DynamoDB: another transaction has the item."""
    if call.operation != "TransactWriteItems":
        return _refusal(call, request, 400, "TransactionConflictException")
    others = len(json.loads(request.body)["TransactItems"]) - 1
    reasons = [{"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}]
    more = {"CancellationReasons": reasons + [{"Code": "None"}] * others}
    return _refusal(call, request, 400, "TransactionCanceledException", **more)


def _refusal(call: Call, request: Request, status: int, code: str, **more: object) -> Response:
    if call.service == "s3":
        text = f"<Error><Code>{code}</Code><Message>It is a test.</Message></Error>"
        body = b"" if request.method == "HEAD" else text.encode()
        return Response(status, {"content-type": "application/xml"}, body)
    headers = {"content-type": "application/x-amz-json-1.0", "x-amzn-errortype": code}
    if call.service == "sqs":
        headers["x-amzn-query-error"] = f"{code};{'Sender' if status < 500 else 'Receiver'}"
    document = {"__type": f"com.amazonaws#{code}", "message": "It is a test.", "Message": "It is a test.", **more}
    return Response(status, headers, json.dumps(document).encode())
