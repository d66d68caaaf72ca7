"""Requests as the gateway passes them on, from the one user of all flows."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bench.events import request

from .aws import Item
from .process import Outcome
from .records import TENANT

USER = "usr-ana"
EMAIL = "ana.smith@acme.example"
CC = "finance.team@acme.example"
KEY = "key_of_ana_that_no_log_may_have"
ACTS = [f"{dataset}:{act}" for dataset in ("funding-transfers", "payouts-by-contact") for act in ("create", "read")]
PERMISSIONS = [*ACTS, "webhooks:manage", "schedules:manage"]
DATASET = "/v1/payments/funding-transfers"


def asked(
    method: str,
    path: str,
    body: Any = None,
    *,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A request of the user, whom the authorizer has let in."""
    event = request(method, path, body, query)
    for name, value in (headers or {}).items():
        event["headers"][name] = value
        event["multiValueHeaders"][name] = [value]
    event["requestContext"]["authorizer"] = {
        "tenantId": TENANT,
        "tenantName": "Acme",
        "userId": USER,
        "email": EMAIL,
        "role": "MERCHANT" if "/merchants/" in path else "OPERATOR",
        "permissions": " ".join(PERMISSIONS),
    }
    return event


def authorization() -> dict[str, Any]:
    """What the gateway asks the authorizer of a request with the user's key."""
    event = request("GET", f"{DATASET}/export", None, None)
    event["headers"] |= {"dj-client": "OPERATOR", "dj-api-key": KEY}
    del event["requestContext"]["authorizer"]
    arn = f"arn:aws:execute-api:us-east-1:000000000000:faults/api/GET{DATASET}/export"
    return event | {"type": "REQUEST", "methodArn": arn, "queryStringParameters": {}}


def key() -> Item:
    """The user's key."""
    texts = {
        "keyHash": hashlib.sha256(KEY.encode()).hexdigest(),
        "tenantId": TENANT,
        "tenantName": "Acme",
        "userId": USER,
        "email": EMAIL,
        "role": "OPERATOR",
        "createdAt": "2026-11-20T09:30:00Z",
    }
    permissions = [{"S": permission} for permission in PERMISSIONS]
    return {name: {"S": text} for name, text in texts.items()} | {
        "permissions": {"L": permissions},
        "disabled": {"BOOL": False},
    }


def answer_of(outcome: Outcome) -> tuple[int, Any]:
    """Status and body of an answer. A function that gave none is answered for by the gateway, with 502 or 504."""
    if not outcome.is_answered or "statusCode" not in (outcome.payload or {}):
        return (504 if outcome.how == "timed out" else 502), {"type": "gateway", "title": outcome.how, "status": 502}
    body = outcome.payload.get("body")
    try:
        return outcome.payload["statusCode"], json.loads(body) if body else None
    except ValueError:
        return outcome.payload["statusCode"], body
