"""The export as boto3 and the csv module make it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.config import Config

COLUMNS = (
    "transferId",
    "createdAt",
    "status",
    "amount",
    "currency",
    "sourceBalanceAccountType",
    "targetBalanceAccountType",
    "supplierExternalId",
    "supplierName",
    "reference",
    "relatedEntityType",
    "relatedEntityId",
    "failureReason",
)
# What third parties can write, so that a spreadsheet could be made to run it.
FREE_TEXT = ("supplierExternalId", "supplierName", "reference", "failureReason")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PART_SIZE = 8 * 1024 * 1024


class Upload:
    """An upload in parts."""

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client = client
        self._target = {"Bucket": bucket, "Key": key}
        self._target["UploadId"] = client.create_multipart_upload(**self._target)["UploadId"]
        self._buffer = bytearray()
        self._parts: list[dict[str, Any]] = []

    def write(self, text: bytes) -> None:
        self._buffer += text
        while len(self._buffer) >= PART_SIZE:
            self._upload_part(bytes(self._buffer[:PART_SIZE]))
            del self._buffer[:PART_SIZE]

    def finish(self) -> None:
        self._upload_part(bytes(self._buffer))
        self._client.complete_multipart_upload(**self._target, MultipartUpload={"Parts": self._parts})

    def _upload_part(self, part: bytes) -> None:
        number = len(self._parts) + 1
        answer = self._client.upload_part(**self._target, PartNumber=number, Body=part)
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"], "ChecksumCRC32": answer["ChecksumCRC32"]})


def pages() -> Iterator[dict[str, Any]]:
    query = boto3.client("dynamodb").get_paginator("query")
    yield from query.paginate(
        TableName=os.environ["LEDGER_TABLE"],
        KeyConditionExpression="#partition = :partition",
        ProjectionExpression=", ".join(f"#{name}" for name in COLUMNS),
        # Some of the columns' names are words that DynamoDB keeps for itself.
        ExpressionAttributeNames={"#partition": "partition", **{f"#{name}": name for name in COLUMNS}},
        ExpressionAttributeValues={":partition": {"S": os.environ["PARTITION"]}},
    )


def row(item: dict[str, dict[str, str]]) -> list[str]:
    values = {name: attribute["S"] for name, attribute in item.items()}
    values["createdAt"] = f"{values['createdAt'][:19]}Z"
    for name in FREE_TEXT:
        value = values.get(name, "")
        if value.startswith(FORMULA_STARTS):
            values[name] = f"'{value}"
    return [values.get(name, "") for name in COLUMNS]


def main() -> None:
    s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
    upload = Upload(s3, os.environ["EXPORTS_BUCKET"], os.environ["EXPORT_KEY"])
    digest = hashlib.sha256()
    rows = 0
    text = io.StringIO(newline="")
    file = csv.writer(text, delimiter=";", lineterminator="\n")
    file.writerow(COLUMNS)
    for page in pages():
        file.writerows(map(row, page["Items"]))
        rows += len(page["Items"])
        content = text.getvalue().encode()
        digest.update(content)
        upload.write(content)
        text.seek(0)
        text.truncate()
    upload.finish()
    print(json.dumps({"rows": rows, "sha256": digest.hexdigest()}))


if __name__ == "__main__":
    main()
