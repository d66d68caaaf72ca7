"""What the functions' roles allow, as AWS would see it after every transform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def roles_of(lambdas: Any, stack_name: str) -> dict[str, str]:
    """The role of each function of a stack, by the function's name."""
    pages = lambdas.get_paginator("list_functions").paginate()
    functions = (function for page in pages for function in page["Functions"])
    return {
        function["FunctionName"]: function["Role"].rpartition("/")[2]
        for function in functions
        if function["FunctionName"].startswith(f"{stack_name}-")
    }


def granted(iam: Any, role: str) -> Iterator[tuple[str, str]]:
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
