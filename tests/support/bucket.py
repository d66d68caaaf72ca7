"""The bucket with the files, for what no URL gives."""

from __future__ import annotations

import json
from typing import Any


class Bucket:
    def __init__(self, s3: Any, name: str) -> None:
        self.s3 = s3
        self.name = name

    def keys(self, prefix: str) -> list[str]:
        listed = self.s3.list_objects_v2(Bucket=self.name, Prefix=prefix)
        return [item["Key"] for item in listed.get("Contents", [])]

    def size(self, key: str) -> int:
        return self.s3.head_object(Bucket=self.name, Key=key)["ContentLength"]

    def json(self, key: str) -> dict[str, Any]:
        found = self.s3.get_object(Bucket=self.name, Key=key)
        assert found["ContentType"] == "application/json"
        return json.loads(found["Body"].read())
