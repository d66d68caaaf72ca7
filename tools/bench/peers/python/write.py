"""Writing changes to the ledger with boto3's BatchWriteItem, one call after the other, without conditions or checks."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

BATCH = 25
SHARDS = 16


def item_of(change: dict[str, Any]) -> dict[str, dict[str, str]]:
    record = change["record"]
    record_id, scope = record["transferId"], f"{change['tenantId']}#{change['type']}"
    shard = int.from_bytes(hashlib.sha256(record_id.encode()).digest()[:4], "big") % SHARDS
    item = {name: {"S": value} for name, value in record.items()}
    item["partition"] = {"S": f"{scope}#{shard}"}
    item["sort"] = {"S": record_id}
    item["position"] = {"S": f"{record['createdAt'][:19]}Z#{record_id}"}
    item["amountValue"] = {"N": record["amount"]}
    item["version"] = {"N": str(change["version"])}
    if "supplierExternalId" in record:
        item["supplierPartition"] = {"S": f"{scope}#{record['supplierExternalId']}"}
    return item


def main() -> None:
    client = boto3.client("dynamodb", config=Config(retries={"mode": "standard"}))
    table = os.environ["LEDGER_TABLE"]
    batch: list[dict[str, Any]] = []
    with Path(sys.argv[1]).open(encoding="utf-8") as lines:
        for line in lines:
            for change in json.loads(line):
                batch.append({"PutRequest": {"Item": item_of(change)}})
                if len(batch) == BATCH:
                    write(client, table, batch)
                    batch = []
    write(client, table, batch)


def write(client: Any, table: str, requests: list[dict[str, Any]]) -> None:
    while requests:
        answer = client.batch_write_item(RequestItems={table: requests})
        requests = answer.get("UnprocessedItems", {}).get(table, [])


main()
