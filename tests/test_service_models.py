"""Requests that AWS's own service models do not allow are noticed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from emulators.service_models import operation_of, problems
from faults.http import Request

SIGNED = "AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
PART = b"<CompleteMultipartUpload><Part><ETag>x</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>"


def request(
    service: str, method: str = "POST", target: str = "/", body: bytes | dict[str, Any] = b"", **headers: str
) -> Request:
    signed = {"authorization": SIGNED.format(service)} | {
        name.replace("_", "-"): text for name, text in headers.items()
    }
    return Request(method, target, signed, body if isinstance(body, bytes) else json.dumps(body).encode())


def dynamodb(operation: str, **arguments: Any) -> Request:
    return request("dynamodb", body=arguments, x_amz_target=f"DynamoDB_20120810.{operation}")


def mail(**content: Any) -> Request:
    simple = {"Subject": {"Data": "Your export"}, "Body": {"Text": {"Data": "It is ready."}}} | content
    body = {"FromEmailAddress": "exports@example.com", "Content": {"Simple": simple}}
    return request("ses", target="/v2/email/outbound-emails", body=body)


def form(service: str, version: str, action: str, fields: str) -> Request:
    return request(service, body=f"Action={action}&Version={version}&{fields}".encode())


@pytest.mark.parametrize(
    ("sent", "operation"),
    [
        (dynamodb("GetItem", TableName="exports", Key={"partition": {"S": "acme"}}), "dynamodb GetItem"),
        (mail(), "sesv2 SendEmail"),
        (form("cloudformation", "2010-05-15", "DescribeStacks", "StackName=shop"), "cloudformation DescribeStacks"),
        (request("s3", "PUT", "/exports/a/b.csv?x-id=PutObject", b"rows"), "s3 PutObject"),
        (request("s3", "PUT", "/exports/a/b.csv?partNumber=1&uploadId=u", b"rows"), "s3 UploadPart"),
        (request("s3", "POST", "/exports/a/b.csv?uploads", x_amz_meta_rows="1"), "s3 CreateMultipartUpload"),
        (request("s3", "POST", "/exports/a/b.csv?uploadId=u", PART), "s3 CompleteMultipartUpload"),
        (request("s3", "PUT", "/exports/c.csv", x_amz_copy_source="exports/b.csv"), "s3 CopyObject"),
        (request("s3", "GET", "/exports?list-type=2&prefix=a"), "s3 ListObjectsV2"),
        (request("s3", "GET", "/exports/?uploads&prefix=a"), "s3 ListMultipartUploads"),
        (request("s3", "GET", "/exports/a?uploadId=u"), "s3 ListParts"),
        (request("s3", "DELETE", "/exports/a?uploadId=u"), "s3 AbortMultipartUpload"),
    ],
)
def test_a_request_as_the_model_has_it_is_recognised(sent: Request, operation: str) -> None:
    assert operation_of(sent) == operation
    assert problems(sent) == []


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        (dynamodb("GetItem", TableName="exports"), "the request lacks Key"),
        (dynamodb("GetItem", TableName="", Key={}), "TableName has 0 characters, and needs 1"),
        (dynamodb("GetItem", TableName="exports", Key={}, Keys={}), "the request has Keys, which is not in the model"),
        (dynamodb("GetItem", TableName="exports", Key={"a": {"S": "", "N": "1"}}), "Key.a has 2 members, not one"),
        (dynamodb("Query", TableName="exports", Limit=0), "Limit has 0, and needs 1"),
        (dynamodb("Query", TableName="exports", Limit="5"), "Limit is no whole number"),
        (dynamodb("Query", TableName="exports", Select="EVERYTHING"), "Select is 'EVERYTHING', which is not among"),
        (dynamodb("Query", TableName="exports", ConsistentRead="yes"), "ConsistentRead is neither true nor false"),
        (dynamodb("TransactWriteItems", TransactItems=[]), "TransactItems has 0 entries, and needs 1"),
        (dynamodb("TransactWriteItems", TransactItems=[{}] * 101), "TransactItems has 101 entries, and may have 100"),
        (dynamodb("QueryAll"), "dynamodb has no operation for POST /"),
        (mail(Body={"Text": {}}), "Content.Simple.Body.Text lacks Data"),
        (request("s3", "GET", "/exports/a?versionid=1"), "the parameter versionid is not in the model"),
        (request("s3", "GET", "/exports/a", x_amz_rows="1"), "the header x-amz-rows is not in the model"),
        (request("s3", "PUT", "/exports/a", x_amz_acl="everyone"), "ACL is 'everyone', which is not among"),
        (request("sqs", body={"QueueUrl": "q"}, x_amz_target="AmazonSQS.SendMessage"), "lacks MessageBody"),
        (request("sqs", body=b"{", x_amz_target="AmazonSQS.SendMessage"), "sqs cannot read the body of POST /"),
        (request("s3", "POST", "/exports/a?uploadId=u", b"<Complete"), "s3 cannot read the body of POST"),
        (form("sns", "2010-03-31", "ListEverything", ""), "sns has no operation for POST /"),
        (form("sns", "2010-03-31", "GetTopicAttributes", "Name=a"), "the request has Name, which is not in the model"),
        (
            form("cloudformation", "2010-05-15", "CreateStack", "StackName=a&Capabilities.member.1=ALL"),
            "Capabilities[0] is 'ALL', which is not among",
        ),
        (Request("GET", "/exports/a", {}, b""), "the request is not signed"),
    ],
)
def test_what_the_model_does_not_allow_is_named(sent: Request, problem: str) -> None:
    found = problems(sent)
    assert any(problem in one for one in found), found
