"""The template without its transforms, for a CloudFormation that does not know them."""

from __future__ import annotations

from typing import Any

from emulators.transforms import applied

ROLE = {"Type": "AWS::IAM::Role", "Properties": {"Description": "of ${Name}", "Path": {"Ref": "Name"}}}
LOG = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Ref": {"Fn::Sub": "${Name}Role"}}}}


def loop(*names: str) -> dict[str, Any]:
    body = {"${Name}Role": ROLE, "${Name}Logs": LOG}
    return {
        "Transform": ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"],
        "Parameters": {"Suffix": {"Type": "String", "Default": "x"}},
        "Resources": {"Fn::ForEach::EachFunction": ["Name", list(names), body]},
    }


def test_a_loop_makes_each_resource_for_each_name() -> None:
    written_out = applied(loop("List", "Detail"), {})
    assert "Transform" not in written_out
    assert written_out["Resources"].keys() == {"ListRole", "ListLogs", "DetailRole", "DetailLogs"}
    assert written_out["Resources"]["ListRole"]["Properties"] == {"Description": "of List", "Path": "List"}
    assert written_out["Resources"]["DetailLogs"]["Properties"] == {"LogGroupName": {"Ref": "DetailRole"}}


def test_other_references_and_substitutions_stay() -> None:
    template = loop()
    properties = {"QueueName": {"Fn::Sub": "${AWS::StackName}-${Suffix}"}, "KmsMasterKeyId": {"Ref": "Suffix"}}
    template["Resources"]["Queue"] = {"Type": "AWS::SQS::Queue", "Properties": properties}
    assert applied(template, {})["Resources"]["Queue"]["Properties"] == properties


def test_sams_resources_become_what_sam_makes_of_them() -> None:
    template = loop("List")
    template["Resources"]["ListFunction"] = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"Runtime": "provided.al2023", "Handler": "x", "CodeUri": "s3://b/k", "Role": "arn:role"},
    }
    made = applied(template, {})["Resources"]["ListFunction"]
    assert (made["Type"], made["Properties"]["Code"]) == ("AWS::Lambda::Function", {"S3Bucket": "b", "S3Key": "k"})
