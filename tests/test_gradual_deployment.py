"""A new version of a function takes over little by little: what SAM makes of it. No emulator here has CodeDeploy."""

from __future__ import annotations

import copy
import json
import re
from functools import cache
from typing import Any

import pytest
from emulators.transforms import applied
from stack import template

TEMPLATE = template.read(template.TEMPLATE)
FUNCTION, ALIAS, GROUP = "AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::CodeDeploy::DeploymentGroup"
# What calls functions, and the property that says which.
CALLERS = {"AWS::Lambda::Permission": "FunctionName", "AWS::Lambda::EventSourceMapping": "FunctionName"}


@cache
def resources(gradual: str) -> dict[str, Any]:
    packaged = copy.deepcopy(TEMPLATE)
    for resource, binary in template.functions(packaged):
        resource["Properties"]["CodeUri"] = f"s3://artifacts/{binary}.zip"
    return applied(packaged, {"SenderEmail": "exports@example.com", "GradualDeployment": gradual})["Resources"]


def of_type(type_name: str, gradual: str = "on") -> dict[str, Any]:
    return {name: resource for name, resource in resources(gradual).items() if resource["Type"] == type_name}


FUNCTIONS = [name for name in of_type(FUNCTION) if name.endswith("Function")]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_error_of_a_new_version_takes_that_version_back(function: str) -> None:
    group = resources("on")[f"{function}DeploymentGroup"]["Properties"]
    alarm = f"{function.removesuffix('Function')}Errors"
    assert group["AlarmConfiguration"] == {"Enabled": True, "Alarms": [{"Name": {"Ref": alarm}}]}
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    assert "Canary10Percent5Minutes" in json.dumps(group["DeploymentConfigName"])
    assert group["ServiceRoleArn"] == {"Fn::GetAtt": ["DeploymentRole", "Arn"]}
    alias = resources("on")[f"{function}Aliaslive"]
    update = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert update["DeploymentGroupName"] == {"Ref": f"{function}DeploymentGroup"}

    watched = {entry["Name"]: entry["Value"] for entry in resources("on")[alarm]["Properties"]["Dimensions"]}
    name = resources("on")[function]["Properties"]["FunctionName"]["Fn::Sub"]
    assert _text(watched["FunctionName"]) == name
    assert _text(watched["Resource"]) == f"{name}:{alias['Properties']['Name']}"


def test_without_it_a_new_version_gets_all_calls_at_once() -> None:
    assert of_type(GROUP, "off") == {}
    assert len(of_type(ALIAS, "off")) == len(FUNCTIONS)
    assert all("UpdatePolicy" not in alias for alias in of_type(ALIAS, "off").values())


def test_everything_calls_the_alias() -> None:
    aliases = {json.dumps({"Ref": name}) for name in of_type(ALIAS)}
    for type_name, calls in CALLERS.items():
        for name, resource in of_type(type_name).items():
            assert json.dumps(resource["Properties"][calls]) in aliases, name
    for name, rule in of_type("AWS::Events::Rule").items():
        for target in rule["Properties"]["Targets"]:
            assert json.dumps(target["Arn"]) in aliases or "Queue" in json.dumps(target["Arn"]), name
    integrations = [
        integration
        for path in template.included_files()
        for integration in re.findall(r"functions/(\S+)/invocations", path.read_text())
    ]
    assert integrations
    assert [called for called in integrations if not called.endswith(":live")] == []


def test_a_changed_setting_makes_a_new_version_too() -> None:
    for resource, _ in template.functions(TEMPLATE):
        assert "AutoPublishAlias" not in resource["Properties"]
    settings = TEMPLATE["Globals"]["Function"]
    assert (settings["AutoPublishAlias"], settings["AutoPublishAliasAllProperties"]) == ("live", True)


def _text(value: Any) -> str:
    """A name with the stack's name in it, of whatever form."""
    match value:
        case {"Fn::Sub": [pattern, {"Suffix": {"Fn::FindInMap": [table, row, column]}}]}:
            suffix = TEMPLATE["Mappings"][table][row][column]
            return pattern.replace("${Suffix}", suffix)
        case {"Fn::Sub": str(pattern)}:
            return pattern
    raise AssertionError(value)
