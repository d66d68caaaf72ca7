"""The bucket with the files, for what no URL gives."""

from __future__ import annotations

import hashlib
import json
from typing import Any


class Bucket:
    def __init__(self, s3: Any, name: str) -> None:
        self.s3 = s3
        self.name = name

    def keys(self, prefix: str) -> list[str]:
        listed = self.s3.list_objects_v2(Bucket=self.name, Prefix=prefix)
        return [item["Key"] for item in listed.get("Contents", [])]

    def uploads(self, prefix: str) -> list[str]:
        """The keys of uploads that are under way."""
        listed = self.s3.list_multipart_uploads(Bucket=self.name, Prefix=prefix)
        return [item["Key"] for item in listed.get("Uploads", [])]

    def abandon_upload(self, prefix: str) -> None:
        """An upload that is under way, as a process that died leaves it."""
        self.s3.create_multipart_upload(Bucket=self.name, Key=f"{prefix}1.csv")
        assert self.uploads(prefix)

    def digest(self, key: str) -> str:
        """The SHA-256 of an object, however large."""
        digest = hashlib.sha256()
        for chunk in self.s3.get_object(Bucket=self.name, Key=key)["Body"].iter_chunks(1 << 20):
            digest.update(chunk)
        return digest.hexdigest()

    def size(self, key: str) -> int:
        return self.s3.head_object(Bucket=self.name, Key=key)["ContentLength"]

    def json(self, key: str) -> dict[str, Any]:
        found = self.s3.get_object(Bucket=self.name, Key=key)
        assert found["ContentType"] == "application/json"
        return json.loads(found["Body"].read())
