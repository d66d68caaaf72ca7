"""Lets MiniStack's API Gateway count requests by the key that an authorizer names, as AWS does.

MiniStack reads the key from the header `x-api-key`. On AWS, an API whose key source is AUTHORIZER takes it from the
`usageIdentifierKey` of the authorizer's answer, and does not look at the header.
"""

from __future__ import annotations

from typing import Any

from ministack.services import apigateway_v1

API_KEY_HEADER = "x-api-key"
# Carried in the authorizer's context, because MiniStack caches that and nothing else of the answer.
USAGE_KEY = "usageIdentifierKey"

invoke_authorizer = apigateway_v1._invoke_authorizer_lambda
authorize_request = apigateway_v1._authorize_request_v1


def install() -> None:
    apigateway_v1._invoke_authorizer_lambda = _invoke_authorizer
    apigateway_v1._authorize_request_v1 = _authorize_request


async def _invoke_authorizer(*arguments: Any) -> Any:
    """Puts the usage key into the context, which is cached for the same time."""
    result = await invoke_authorizer(*arguments)
    answer = (result or {}).get("body")
    if isinstance(answer, dict) and USAGE_KEY in answer:
        answer["context"] = {**(answer.get("context") or {}), USAGE_KEY: answer[USAGE_KEY]}
    return result


async def _authorize_request(
    api_id: str, stage_name: str, method: Any, verb: str, path: str, resource: Any, headers: dict[str, Any], *rest: Any
) -> Any:
    """The authorizer's verdict. The request's API key is what the authorizer named, whatever the caller sent."""
    error, context = await authorize_request(api_id, stage_name, method, verb, path, resource, headers, *rest)
    for name in [name for name in headers if name.lower() == API_KEY_HEADER]:
        del headers[name]
    if context and USAGE_KEY in context:
        headers[API_KEY_HEADER] = context[USAGE_KEY]
        context = {name: value for name, value in context.items() if name != USAGE_KEY}
    return error, context
