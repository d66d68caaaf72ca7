"""The gateway's own answers, which the local AWS does not take from an OpenAPI file.

On AWS the import of `infra/*-api.yaml` brings them. Here each is put by the API call that does the same, from the same
file, and deployed again.
"""

from __future__ import annotations

from typing import Any

from samcli.yamlhelper import yaml_parse

from . import aws, template
from .settings import STACK_NAME, Stack

EXTENSION = "x-amazon-apigateway-gateway-responses"
STAGE = "api"


def apply_responses(stack: Stack) -> None:
    """Puts the gateway responses of every API of the stack."""
    gateway = aws.client(stack, "apigateway")
    ids = {api["name"]: api["id"] for api in gateway.get_rest_apis(limit=500)["items"]}
    for name, file in template.apis(STACK_NAME).items():
        api_id = ids[name]
        for response_type, response in yaml_parse(file.read_text())[EXTENSION].items():
            gateway.put_gateway_response(restApiId=api_id, responseType=response_type, **_arguments(response))
        gateway.create_deployment(restApiId=api_id, stageName=STAGE)


def _arguments(response: dict[str, Any]) -> dict[str, Any]:
    return {
        "statusCode": str(response["statusCode"]),
        "responseParameters": dict(response["responseParameters"]),
        "responseTemplates": dict(response["responseTemplates"]),
    }
