"""What the functions of the running stack may do, as AWS would see it after every transform."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.grants import granted, roles_of

PARLIAMENT = Path(__file__).resolve().parents[1] / ".local" / "tools" / "policy-linters" / "bin" / "parliament"


@pytest.fixture(scope="module")
def roles(stack: dict[str, Any], lambdas: Any) -> dict[str, str]:
    """The role of each function of the stack."""
    return roles_of(lambdas, stack["stackName"])


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
        logs = [grant for grant in granted(iam, role) if grant[0].startswith("logs:")]
        assert sorted(action for action, _ in logs) == ["logs:CreateLogStream", "logs:PutLogEvents"]
        assert {resource.partition(":log-group:")[2] for _, resource in logs} == {f"/aws/lambda/{function}:*"}


def test_nothing_is_allowed_on_everything(iam: Any, roles: dict[str, str]) -> None:
    for role in roles.values():
        for action, resource in granted(iam, role):
            assert "*" not in action
            # The local AWS knows no resource for a mail, nor for a batch of statements. On AWS it is the sender, and
            # another action on the table. Of the list of streams and of traces IAM itself knows none.
            assert resource != "*" or action in {
                "ses:SendEmail",
                "dynamodb:BatchExecuteStatement",
                "dynamodb:ListStreams",
                "xray:PutTraceSegments",
                "xray:PutTelemetryRecords",
            }


def test_only_what_signs_with_secrets_reads_them(iam: Any, roles: dict[str, str], stack: dict[str, Any]) -> None:
    table = f":table/{stack['webhookSecretsTable']}"
    allowed = {
        function.removeprefix(f"{stack['stackName']}-"): {
            action for action, resource in granted(iam, role) if resource.endswith(table)
        }
        for function, role in roles.items()
    }
    assert {function: actions for function, actions in allowed.items() if actions} == {
        "webhooks": {"dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "webhook-sender": {"dynamodb:GetItem"},
    }


def test_a_public_linter_finds_nothing_in_the_policies(iam: Any, roles: dict[str, str], tmp_path: Path) -> None:
    if not PARLIAMENT.is_file():
        pytest.skip("parliament is not installed: `make lint` installs it.")
    for role in roles.values():
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            (tmp_path / f"{role}-{name}.json").write_text(json.dumps(document))
    command = [str(PARLIAMENT), "--directory", str(tmp_path), "--json"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode in (0, 1), result.stderr
    findings = [json.loads(line) for line in result.stdout.splitlines()]
    # Both are allowed to the local AWS alone: see the test before.
    assert {(finding["issue"], str(finding["detail"])) for finding in findings} == {
        ("RESOURCE_STAR", "['ses:SendEmail']"),
        ("UNKNOWN_ACTION", "Unknown action dynamodb:BatchExecuteStatement"),
    }
