"""One export from its request to its removal, with a server of its own for each service."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from bench.events import message_of, request
from stack import aws
from stack.expected import differences
from stack.identities import Identity
from stack.settings import DEMO_DATA, REGION, Failure, Stack

from .functions import Functions
from .mail_server import MailServer

PATH = "/v1/payments/funding-transfers/export"
COPY_TO = "finance@northwind.example"
# More messages than one export has.
MOST_MESSAGES = 20
SHOWN_DIFFERENCES = 5


class WholeExport:
    """An operator's export of all funding transfers."""

    def __init__(
        self, stack: Stack, outputs: Mapping[str, str], functions: Functions, mail_server: MailServer, user: Identity
    ) -> None:
        self.functions = functions
        self.outputs = outputs
        self.mail_server = mail_server
        self.user = user
        self.sqs = aws.client(stack, "sqs")
        self.s3 = aws.client(stack, "s3")
        self._context: dict[str, Any] = {}

    async def prove(self) -> dict[str, Any]:
        """Makes the export, reads its mail and its file, and deletes it. Returns it as the API showed it when READY."""
        self._context = await self._authorize()
        launched = await self._ask("trigger", "POST", PATH, {"cc": [COPY_TO]}, expected=201)
        await self._work_off_queue()
        export = await self._ask("detail", "GET", f"{PATH}/{launched['exportId']}")
        if export["status"] != "READY":
            raise Failure(f"The export ended {export['status']}: {export.get('failureReason', 'no reason given')}")
        content = await self._follow(self._link(export))
        data = DEMO_DATA / self.user.tenant / "funding-transfers.csv"
        found = chain(_false_claims(export, content), differences(content.decode("utf-8"), data))
        if problems := list(islice(found, SHOWN_DIFFERENCES)):
            raise Failure("The file is not what was loaded:\n  " + "\n  ".join(problems))
        await self._delete(export)
        return export

    async def _authorize(self) -> dict[str, Any]:
        """What the authorizer says of the user's key."""
        event = request("GET", PATH)
        event["headers"] |= {"dj-client": self.user.role, "dj-api-key": self.user.key}
        del event["requestContext"]["authorizer"]
        arn = f"arn:aws:execute-api:{REGION}:000000000000:localstack/api/GET{PATH}"
        answer = await self.functions.invoke(
            "authorizer", event | {"type": "REQUEST", "methodArn": arn, "queryStringParameters": {}}
        )
        [statement] = answer["policyDocument"]["Statement"]
        if statement["Effect"] != "Allow":
            raise Failure(f"The authorizer refuses {self.user.key}: {answer}")
        return answer["context"]

    async def _ask(
        self, function: str, method: str, path: str, body: Any = None, *, expected: int = 200
    ) -> dict[str, Any]:
        event = request(method, path, body)
        event["requestContext"]["authorizer"] = self._context
        answer = await self.functions.invoke(function, event)
        if answer["statusCode"] != expected:
            raise Failure(f"{method} {path} answered {answer['statusCode']}: {answer.get('body')}")
        return json.loads(answer["body"])

    async def _work_off_queue(self) -> None:
        """Gives each message to the generator, as Lambda does, until there is none."""
        queue = self.outputs["QueueUrl"]
        for _ in range(MOST_MESSAGES):
            received = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=1, WaitTimeSeconds=1)
            if not received.get("Messages"):
                return
            [message] = received["Messages"]
            event = message_of(message["Body"]) | {"messageId": message["MessageId"]}
            answer = await self.functions.invoke("generator", {"Records": [event]})
            if failed := (answer or {}).get("batchItemFailures"):
                raise Failure(f"The generator did not finish a message: {failed}; see its log.")
            self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        raise Failure(f"The queue still has messages after {MOST_MESSAGES} of them.")

    def _link(self, export: Mapping[str, Any]) -> str:
        """The link of the one mail about the export."""
        about = [mail for mail in self.mail_server.mails() if export["exportId"] in mail["body"]["text"]]
        if len(about) != 1:
            raise Failure(f"The mail server has {len(about)} mails about {export['exportId']}, not one.")
        recipients = [*about[0]["destination"]["to"], *about[0]["destination"]["cc"]]
        if sorted(recipients) != sorted(export["recipients"]):
            raise Failure(f"The mail went to {recipients}; the export says {export['recipients']}.")
        found = re.search(r"^\S+/download\?token=\S+$", about[0]["body"]["text"], re.MULTILINE)
        if found is None:
            raise Failure("The mail has no link on a line of its own.")
        return found[0]

    async def _follow(self, link: str) -> bytes:
        """The file behind a mailed link."""
        parts = urlsplit(link)
        path = parts.path[parts.path.index("/v1/") :]
        event = request("GET", path, None, dict(parse_qsl(parts.query)))
        del event["requestContext"]["authorizer"]
        answer = await self.functions.invoke("download", event)
        headers = {name.lower(): values[0] for name, values in (answer.get("multiValueHeaders") or {}).items()}
        headers |= {name.lower(): value for name, value in (answer.get("headers") or {}).items()}
        if answer["statusCode"] != httpx.codes.FOUND:
            raise Failure(f"The mailed link answers {answer['statusCode']}: {answer.get('body')}")
        return httpx.get(headers["location"], trust_env=False).raise_for_status().content

    async def _delete(self, export: Mapping[str, Any]) -> None:
        """Deletes the export, of whose file nothing must be left."""
        if not self._objects(export):
            raise Failure("The bucket does not have the file.")
        await self._ask("delete", "DELETE", f"/v1/exports/{export['exportId']}")
        if left := self._objects(export):
            raise Failure(f"The export is deleted, and the bucket still has {', '.join(left)}.")

    def _objects(self, export: Mapping[str, Any]) -> list[str]:
        """The keys of what the bucket has of an export."""
        listed = self.s3.list_objects_v2(Bucket=self.outputs["Bucket"]).get("Contents", [])
        return [found["Key"] for found in listed if export["exportId"] in found["Key"]]


def _false_claims(export: Mapping[str, Any], content: bytes) -> Iterator[str]:
    """A sentence for each thing that the export says wrongly of its file."""
    if export["fileSize"] != len(content):
        yield f"the export says its file has {export['fileSize']} bytes; {len(content)} were fetched"
    sha256 = hashlib.sha256(content).hexdigest()
    if export["manifest"]["sha256"] != sha256:
        yield f"the export says that its file's SHA-256 is {export['manifest']['sha256']}; it is {sha256}"
