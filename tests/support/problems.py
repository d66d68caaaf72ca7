"""What an answer that says no must look like."""

from __future__ import annotations

from typing import Any

import httpx


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal of the operator or link API, from a function or the gateway."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:payout-exports:problem:{code.lower().replace('_', '-')}"
    assert body["title"] and body["detail"] and body["requestId"]
    return body


def refusals(answer: httpx.Response) -> list[tuple[str, str]]:
    """Pointer and code of everything that is wrong with a request, in order."""
    body = problem(answer, 400, "INVALID_REQUEST")
    assert all(error["detail"] for error in body["errors"])
    return sorted((error["pointer"], error["code"]) for error in body["errors"])
