"""The local AWS as the harness itself uses it: a few calls, without an SDK, because there are many of them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import quote

from boto3.dynamodb.types import TypeDeserializer

from .http import Request, Response
from .upstream import Upstream

Item = dict[str, dict[str, Any]]

MOST_IN_A_BATCH = 25
_plain = TypeDeserializer()


@dataclass(frozen=True)
class StoredObject:
    """An object of a bucket."""

    key: str
    size: int


def plain(item: Item) -> dict[str, Any]:
    """An item without the names of its types."""
    return {name: _plain.deserialize(value) for name, value in item.items()}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Aws:
    """Calls to the local AWS that no fault strikes."""

    def __init__(self, upstream: Upstream, region: str) -> None:
        self.upstream = upstream
        self.authorization = (
            f"AWS4-HMAC-SHA256 Credential=test/20261120/{region}/{{}}/aws4_request, SignedHeaders=host, Signature=0"
        )

    async def dynamodb(self, operation: str, **arguments: Any) -> dict[str, Any]:
        return await self._json("dynamodb", f"DynamoDB_20120810.{operation}", arguments)

    async def streams(self, operation: str, **arguments: Any) -> dict[str, Any]:
        return await self._json("dynamodb", f"DynamoDBStreams_20120810.{operation}", arguments)

    async def scan(self, table: str, **options: Any) -> list[Item]:
        """Every item of a table."""
        items: list[Item] = []
        start: dict[str, Any] = {}
        while True:
            answer = await self.dynamodb("Scan", TableName=table, ConsistentRead=True, **options, **start)
            items += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return items
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    async def replace(self, table: str, key_names: tuple[str, ...], items: list[Item]) -> None:
        """Makes these the only items of a table."""

        def key(item: Item) -> Item:
            return {name: item[name] for name in key_names}

        names = {f"#{name}": name for name in key_names}
        there = await self.scan(table, ProjectionExpression=", ".join(names), ExpressionAttributeNames=names)
        wanted = {repr(sorted(key(item).items())) for item in items}
        writes = [
            {"DeleteRequest": {"Key": key(item)}} for item in there if repr(sorted(key(item).items())) not in wanted
        ] + [{"PutRequest": {"Item": item}} for item in items]
        for start in range(0, len(writes), MOST_IN_A_BATCH):
            batch = {table: writes[start : start + MOST_IN_A_BATCH]}
            await self.dynamodb("BatchWriteItem", RequestItems=batch)

    async def objects(self, bucket: str, prefix: str = "") -> list[StoredObject]:
        """The objects of a small bucket."""
        listed = (await self._s3("GET", f"/{bucket}?list-type=2&prefix={quote(prefix, safe='')}")).body.decode()
        found = re.findall(r"<Contents>.*?<Key>(.*?)</Key>.*?<Size>(\d+)</Size>.*?</Contents>", listed, re.DOTALL)
        return [StoredObject(unescape(key), int(size)) for key, size in found]

    async def uploads(self, bucket: str) -> list[tuple[str, str]]:
        """The key and the id of each upload that is under way."""
        listed = (await self._s3("GET", f"/{bucket}?uploads")).body.decode()
        found = re.findall(r"<Upload>(.*?)</Upload>", listed, re.DOTALL)
        return [
            (unescape(re.findall(r"<Key>(.*?)</Key>", one)[0]), re.findall(r"<UploadId>(.*?)</UploadId>", one)[0])
            for one in found
        ]

    async def get(self, bucket: str, key: str) -> bytes | None:
        answer = await self._s3("GET", f"/{bucket}/{quote(key)}", expected=(200, 404))
        return answer.body if answer.status == 200 else None

    async def put(self, bucket: str, key: str, content: bytes, **metadata: str) -> None:
        headers = {f"x-amz-meta-{name}": value for name, value in metadata.items()}
        await self._s3("PUT", f"/{bucket}/{quote(key)}", content, headers=headers)

    async def delete(self, bucket: str, key: str) -> None:
        await self._s3("DELETE", f"/{bucket}/{quote(key)}", expected=(200, 204))

    async def abort(self, bucket: str, key: str, upload_id: str) -> None:
        await self._s3("DELETE", f"/{bucket}/{quote(key)}?uploadId={upload_id}", expected=(200, 204))

    async def schedule(self, group: str, name: str) -> dict[str, Any] | None:
        """What the Scheduler knows of a schedule."""
        headers = {"authorization": self.authorization.format("scheduler")}
        answer = await self.upstream.send(Request("GET", f"/schedules/{name}?groupName={group}", headers, b""))
        assert answer.status in (200, 404), answer
        return json.loads(answer.body) if answer.status == 200 else None

    async def fetch(self, url: str) -> Response:
        """What a presigned URL leads to. Its host is a part of what was signed, wherever the local AWS is."""
        host, _, target = url.partition("://")[2].partition("/")
        return await self.upstream.send(Request("GET", f"/{target}", {"host": host}, b""))

    async def _s3(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        headers: dict[str, str] | None = None,
        expected: tuple[int, ...] = (200,),
    ) -> Response:
        all_headers = {"authorization": self.authorization.format("s3"), **(headers or {})}
        answer = await self.upstream.send(Request(method, target, all_headers, body))
        assert answer.status in expected, f"{method} {target}: {answer.status} {answer.body!r}"
        return answer

    async def _json(self, service: str, target: str, arguments: dict[str, Any]) -> dict[str, Any]:
        headers = {
            "authorization": self.authorization.format(service),
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": target,
        }
        answer = await self.upstream.send(Request("POST", "/", headers, json.dumps(arguments).encode()))
        assert answer.status == 200, f"{target}: {answer.status} {answer.body!r}"
        return json.loads(answer.body)
