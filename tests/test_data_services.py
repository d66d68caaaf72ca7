"""A local AWS of which another server answers for some of the services: what goes there, and what comes back."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timezone
from typing import Any

import pytest
from emulators.data_services import MAILS_PATH, SEND_PATH, START_PATH, DataServices, in_front, signed_for
from emulators.event_sources import PAUSE_SECONDS, Queues, Streams, message_of, record_of
from faults.http import Request, Response

SIGNED = "AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
PRESIGNED = "/b/k?X-Amz-Credential=test%2F20261120%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0"


class Other:
    """A server that notes what it is asked, and answers with a status."""

    def __init__(self) -> None:
        self.status = 200
        self.requests: list[Request] = []

    async def send(self, request: Request) -> Response:
        self.requests.append(request)
        return Response(self.status, {"x-amzn-requestid": "1", "transfer-encoding": "chunked"}, b"theirs")


class Local:
    """A local AWS that notes the paths that it is asked for."""

    def __init__(self, *, is_started: bool = True) -> None:
        self.other = Other()
        self.told: list[Request] = []
        self.services = DataServices(0, self.told.append)
        self.services.upstream = self.other  # type: ignore[assignment]
        self.own: list[str] = []
        if is_started:
            self.ask("POST", START_PATH)

    def ask(self, method: str, target: str, service: str | None = None, body: bytes = b"") -> tuple[Any, bytes]:
        """The status with the headers, and the body, of an answer; nothing if it was the local AWS's own."""
        path, _, query = target.partition("?")
        headers = [(b"Authorization", SIGNED.format(service).encode())] if service else []
        scope = {"type": "http", "method": method, "raw_path": path.encode(), "query_string": query.encode()}
        sent: list[dict[str, Any]] = []

        async def own(scope: dict[str, Any], *_: Any) -> None:
            self.own.append(scope["raw_path"].decode())

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        asyncio.run(in_front(self.services, own)(scope | {"headers": headers}, receive, send))
        if not sent:
            return None, b""
        return (sent[0]["status"], dict(sent[0]["headers"])), sent[1]["body"]


@pytest.mark.parametrize(
    ("target", "headers", "service"),
    [
        ("/", {"authorization": SIGNED.format("sqs")}, "sqs"),
        (PRESIGNED, {}, "s3"),
        ("/restapis/1/api/_user_request_/v1/me", {"authorization": "Bearer key"}, None),
        ("/b/k?X-Amz-Credential=none", {}, None),
    ],
)
def test_a_request_is_for_the_service_that_it_is_signed_for(
    target: str, headers: dict[str, str], service: str | None
) -> None:
    assert signed_for(Request("GET", target, headers, b"")) == service


def test_data_services_are_the_other_servers_and_all_else_is_the_local_aws() -> None:
    local = Local()
    for service in ("dynamodb", "lambda", "s3", "events", "sqs", "ses", None):
        local.ask("POST", "/", service, b"{}")
    assert [signed_for(request) for request in local.other.requests] == ["dynamodb", "s3", "sqs", "ses"]
    assert len(local.own) == 3
    assert local.told == local.other.requests


def test_until_the_start_everything_is_the_local_aws() -> None:
    local = Local(is_started=False)
    local.ask("POST", "/", "sqs", b"{}")
    local.ask("GET", MAILS_PATH)
    assert (local.other.requests, local.own) == ([], ["/", MAILS_PATH])


def test_bodies_and_headers_pass_but_for_those_of_the_connection() -> None:
    local = Local()
    (status, headers), body = local.ask("PUT", "/b/k?partNumber=1", "s3", b"ours")
    assert (status, headers, body) == (200, {b"x-amzn-requestid": b"1", b"content-length": b"6"}, b"theirs")
    [request] = local.other.requests
    assert (request.method, request.target, request.body) == ("PUT", "/b/k?partNumber=1", b"ours")


def test_mails_are_shown_that_were_accepted() -> None:
    local = Local()
    local.ask("POST", SEND_PATH, "ses", _mail("ana@b.example"))
    local.other.status = 400
    local.ask("POST", SEND_PATH, "ses", _mail("ben@b.example"))
    [mails] = json.loads(local.ask("GET", MAILS_PATH)[1])["messages"].values()
    assert [(mail["To"], mail["BodyText"]) for mail in mails] == [(["ana@b.example"], "It is ready.")]


def _mail(to: str) -> bytes:
    simple = {"Subject": {"Data": "Yours"}, "Body": {"Text": {"Data": "It is ready."}}}
    sent = {"FromEmailAddress": "a@b.example", "Destination": {"ToAddresses": [to]}, "Content": {"Simple": simple}}
    return json.dumps(sent).encode()


def test_a_message_has_what_lambda_tells_of_it() -> None:
    received = {
        "MessageId": "m",
        "ReceiptHandle": "r",
        "Body": "{}",
        "MD5OfBody": "d",
        "Attributes": {
            "SentTimestamp": "1795000000123",
            "ApproximateFirstReceiveTimestamp": "1795000001000",
            "ApproximateReceiveCount": "2",
            "MessageGroupId": "g",
        },
    }
    message = message_of(received)
    assert (message["sent_at"], message["first_receive_at"]) == (1795000000.123, 1795000001)
    assert message["receive_count"] == 2
    assert (message["group_id"], message["dedup_id"], message["message_attributes"]) == ("g", None, {})


def test_a_record_can_be_sent_as_an_event() -> None:
    at = datetime.fromtimestamp(1795000000.5, timezone.utc)
    record = {"eventName": "REMOVE", "dynamodb": {"ApproximateCreationDateTime": at, "Keys": {"sort": {"S": "1"}}}}
    sent = json.loads(json.dumps(record_of(record)))
    assert sent["dynamodb"] == {"ApproximateCreationDateTime": 1795000000, "Keys": {"sort": {"S": "1"}}}
    assert "userIdentity" not in sent


def test_a_record_names_dynamodb_where_it_has_removed_what_was_due() -> None:
    record = {"dynamodb": {"ApproximateCreationDateTime": 1}, "userIdentity": {"Type": "Service", "PrincipalId": "d"}}
    assert record_of(record)["userIdentity"] == {"type": "Service", "principalId": "d"}


class Inbox:
    """A queue that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def receive_message(self, **_: Any) -> dict[str, Any]:
        self.asked += 1
        return {}


def test_an_empty_queue_is_left_in_peace_for_a_moment_or_until_something_is_sent() -> None:
    sqs, now = Inbox(), [100.0]
    queues = Queues(sqs)
    queues.pauses.clock = lambda: now[0]
    for _ in range(3):
        queues.receive("q", 10)
    assert sqs.asked == 1
    queues.pauses.end()
    queues.receive("q", 10)
    assert sqs.asked == 2
    now[0] += PAUSE_SECONDS
    queues.receive("q", 10)
    assert sqs.asked == 3


class OneTable:
    """A table whose stream has five records, two at a time."""

    def describe_table(self, TableName: str) -> dict[str, Any]:
        return {"Table": {"LatestStreamArn": TableName}}

    def describe_stream(self, StreamArn: str) -> dict[str, Any]:
        return {"StreamDescription": {"Shards": [{"ShardId": "s"}]}}

    def get_shard_iterator(self, **_: str) -> dict[str, str]:
        return {"ShardIterator": "0"}

    def get_records(self, ShardIterator: str) -> dict[str, Any]:
        at = int(ShardIterator)
        numbers = range(at, min(at + 2, 5))
        records = [{"eventID": number, "dynamodb": {"ApproximateCreationDateTime": 1}} for number in numbers]
        return {"Records": records, "NextShardIterator": str(numbers.stop if records else at)}


def test_a_stream_is_read_once_and_given_to_each_mapping_from_its_own_place() -> None:
    table = OneTable()
    streams = Streams(table, table)
    assert [streams.end("exports") for _ in range(4)] == [2, 4, 5, 5]
    assert [record["eventID"] for record in streams.since("exports", 0, 10)] == [0, 1, 2, 3, 4]
    assert [record["eventID"] for record in streams.since("exports", 3, 1)] == [3]
    assert streams.since("exports", 5, 10) == []
