"""What moto answers otherwise than AWS, so that our functions could not go on: answered as AWS does.

- Its list of an upload's parts has another root element than S3's, which the SDK for Rust does not take.
- It fails at a part of an upload that was aborted, instead of saying that there is no such upload.
- Its PartiQL knows no parameters in a new item, and fails instead of answering.
"""

from __future__ import annotations

import re
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.s3.exceptions import NoSuchUpload
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

INSERT = re.compile(r'INSERT INTO "([^"]+)" VALUE \{(.*)\}', re.DOTALL)
PARAMETER = re.compile(r"'([^']+)' ?: ?\?")

list_parts = S3Response.list_parts
upload_part = S3Backend.upload_part
batch_execute_statement = DynamoDBBackend.batch_execute_statement


def correct() -> None:
    def listing(self: S3Response) -> Any:
        status, headers, body = list_parts(self)
        return status, headers, body.replace("ListPartsResponse", "ListPartsResult")

    def uploading(self: S3Backend, bucket_name: str, multipart_id: str, *part: Any) -> Any:
        if multipart_id not in self.get_bucket(bucket_name).multiparts:
            raise NoSuchUpload(upload_id=multipart_id)
        return upload_part(self, bucket_name, multipart_id, *part)

    def executing(self: DynamoDBBackend, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [_executed(self, statement) for statement in statements]

    S3Response.list_parts = listing
    S3Backend.upload_part = uploading
    DynamoDBBackend.batch_execute_statement = executing


def _executed(backend: DynamoDBBackend, statement: dict[str, Any]) -> dict[str, Any]:
    """The answer to a statement: of one that inserts an item whose values are parameters, and of any other."""
    insert = INSERT.fullmatch(statement["Statement"])
    table = insert and backend.tables.get(insert[1])
    if insert is None or table is None:
        return batch_execute_statement(backend, [statement])[0]
    item = dict(zip(PARAMETER.findall(insert[2]), statement["Parameters"], strict=True))
    if backend.get_item(table.name, {name: item[name] for name in table.table_key_attrs}) is not None:
        return {"Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}}
    backend.put_item(table.name, item)
    return {"TableName": table.name}
