"""What the functions of the running stack may do, as AWS would see it after every transform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest


@pytest.fixture(scope="module")
def iam(stack: dict[str, Any], aws: boto3.Session) -> Any:
    return aws.client("iam", endpoint_url=stack["endpointUrl"])


@pytest.fixture(scope="module")
def roles(stack: dict[str, Any], lambdas: Any) -> dict[str, str]:
    """The role of each function of the stack."""
    pages = lambdas.get_paginator("list_functions").paginate()
    functions = (function for page in pages for function in page["Functions"])
    return {
        function["FunctionName"]: function["Role"].rpartition("/")[2]
        for function in functions
        if function["FunctionName"].startswith(f"{stack['stackName']}-")
    }


def test_no_two_functions_share_a_role(roles: dict[str, str]) -> None:
    assert roles
    assert len(set(roles.values())) == len(roles)


def test_no_role_has_a_policy_that_aws_wrote(iam: Any, roles: dict[str, str]) -> None:
    for role in roles.values():
        assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []


def test_only_lambda_takes_a_role(iam: Any, roles: dict[str, str]) -> None:
    for role in roles.values():
        (statement,) = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
        assert statement["Action"] == "sts:AssumeRole"


def test_a_function_writes_to_its_own_log_and_no_other(iam: Any, roles: dict[str, str]) -> None:
    for function, role in roles.items():
        logs = [grant for grant in _grants(iam, role) if grant[0].startswith("logs:")]
        assert sorted(action for action, _ in logs) == ["logs:CreateLogStream", "logs:PutLogEvents"]
        assert {resource.partition(":log-group:")[2] for _, resource in logs} == {f"/aws/lambda/{function}:*"}


def test_nothing_is_allowed_on_everything(iam: Any, roles: dict[str, str]) -> None:
    for role in roles.values():
        for action, resource in _grants(iam, role):
            assert "*" not in action
            # The local AWS knows no resource for a mail, nor for a batch of statements. On AWS it is the sender, and
            # another action on the table.
            assert resource != "*" or action in {"ses:SendEmail", "dynamodb:BatchExecuteStatement"}


def test_only_what_signs_with_secrets_reads_them(iam: Any, roles: dict[str, str], stack: dict[str, Any]) -> None:
    table = f":table/{stack['webhookSecretsTable']}"
    granted = {
        function.removeprefix(f"{stack['stackName']}-"): {
            action for action, resource in _grants(iam, role) if resource.endswith(table)
        }
        for function, role in roles.items()
    }
    assert {function: actions for function, actions in granted.items() if actions} == {
        "webhooks": {"dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "webhook-sender": {"dynamodb:GetItem"},
    }


def _grants(iam: Any, role: str) -> Iterator[tuple[str, str]]:
    """Each action and resource that the role's policies allow."""
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for statement in document["Statement"]:
            assert statement["Effect"] == "Allow"
            for action in _listed(statement["Action"]):
                for resource in _listed(statement["Resource"]):
                    yield action, resource


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
