"""The functions, called directly with the events that AWS would send them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from boto3.dynamodb.types import TypeSerializer

# What everything calls.
ALIAS = "live"


class Functions:
    def __init__(self, lambdas: Any, stack_name: str) -> None:
        self.lambdas = lambdas
        self.stack_name = stack_name

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        """The answer of a function of the template to an event."""
        answer = self.lambdas.invoke(FunctionName=self._name(name), Qualifier=ALIAS, Payload=json.dumps(event))
        payload = answer["Payload"].read()
        assert "FunctionError" not in answer, payload
        return json.loads(payload or b"null")

    def work(self, name: str, tenant: str, export_id: str) -> Any:
        return self.invoke(name, sqs_event(tenant, export_id))

    @contextmanager
    def changed(self, name: str, timeout: int | None = None, **variables: str) -> Iterator[None]:
        """A function with other environment variables, and another timeout in seconds, within: a version of its own."""
        function = self._name(name)
        before = self.lambdas.get_function_configuration(FunctionName=function, Qualifier=ALIAS)
        before_variables = before["Environment"]["Variables"]
        self._configure(function, {**before_variables, **variables}, timeout or before["Timeout"])
        version = self.lambdas.publish_version(FunctionName=function)["Version"]
        self.lambdas.update_alias(FunctionName=function, Name=ALIAS, FunctionVersion=version)
        try:
            yield
        finally:
            self.lambdas.update_alias(FunctionName=function, Name=ALIAS, FunctionVersion=before["Version"])
            self._configure(function, before_variables, before["Timeout"])
            self.lambdas.delete_function(FunctionName=function, Qualifier=version)

    def _configure(self, function: str, variables: Mapping[str, str], timeout: int) -> None:
        self.lambdas.update_function_configuration(
            FunctionName=function, Environment={"Variables": variables}, Timeout=timeout
        )
        self.lambdas.get_waiter("function_updated_v2").wait(FunctionName=function, WaiterConfig={"Delay": 1})

    def _name(self, name: str) -> str:
        return f"{self.stack_name}-{name}"


def sqs_event(tenant: str, export_id: str) -> dict[str, Any]:
    body = json.dumps({"tenantId": tenant, "exportId": export_id})
    return {"Records": [{"messageId": "again", "body": body, "eventSource": "aws:sqs"}]}


def removal(item: Mapping[str, Any]) -> dict[str, Any]:
    """The stream's record of an item's removal."""
    image = {name: TypeSerializer().serialize(value) for name, value in item.items()}
    keys = {name: image[name] for name in ("partition", "sort")}
    change = {
        "ApproximateCreationDateTime": 1_795_000_000,
        "Keys": keys,
        "OldImage": image,
        "SequenceNumber": "1",
        "SizeBytes": 1,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    record = {
        "awsRegion": "us-east-1",
        "dynamodb": change,
        "eventID": "1",
        "eventName": "REMOVE",
        "eventSource": "aws:dynamodb",
        "eventVersion": "1.1",
    }
    return {"Records": [record]}
