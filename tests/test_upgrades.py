"""What an upgrade must not do: replace a table or a bucket by an empty one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse
from stack import template, upgrades
from syrupy.assertion import SnapshotAssertion

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = yaml_parse((ROOT / "template.yaml").read_text())
KEPT = ("AWS::DynamoDB::Table", "AWS::S3::Bucket")

# A change of one of these makes CloudFormation replace the resource, says its documentation.
REPLACED_BY = {
    "AWS::DynamoDB::Table": ("TableName", "KeySchema", "LocalSecondaryIndexes", "ImportSourceSpecification"),
    "AWS::S3::Bucket": ("BucketName", "BucketNamePrefix", "ObjectLockEnabled"),
}


def kept() -> dict[str, dict[str, Any]]:
    """The resources that hold data, by name."""
    return {name: resource for type_name in KEPT for name, resource in template.resources(TEMPLATE, type_name)}


@pytest.mark.parametrize("name", kept())
def test_what_holds_data_stays_if_its_stack_or_its_entry_goes(name: str) -> None:
    resource = kept()[name]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_what_holds_data_has_the_names_and_keys_that_deployed_stacks_have(snapshot: SnapshotAssertion) -> None:
    """If this fails, an upgrade would replace the resource: keep name and keys, and add an index or another table."""
    assert snapshot == {
        name: {"Type": resource["Type"]}
        | {key: resource["Properties"][key] for key in REPLACED_BY[resource["Type"]] if key in resource["Properties"]}
        for name, resource in kept().items()
    }


def test_the_stack_policy_refuses_to_replace_or_delete_what_holds_data() -> None:
    statements = json.loads((ROOT / "infra" / "stack-policy.json").read_text())["Statement"]
    [denied] = [statement for statement in statements if statement["Effect"] == "Deny"]
    assert set(denied["Action"]) == {"Update:Replace", "Update:Delete"}
    assert tuple(denied["Condition"]["StringEquals"]["ResourceType"]) == KEPT


def test_an_upgrade_is_tried_unless_there_is_nothing_to_upgrade_from() -> None:
    assert upgrades.hindrance("HEAD") is None
    assert upgrades.hindrance("no-such-commit") == "this clone has no commit no-such-commit"
