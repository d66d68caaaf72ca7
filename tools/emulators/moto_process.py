"""moto's server in its own virtual environment, with what it needs to serve some ten thousand items.

What moto answers is its own, but for what moto_answers.py corrects. What is replaced:

- It keeps each object that it ever made, for a page that shows them. Here it forgets them.
- It copies whole tables before each transaction. Here only the items are kept that the transaction names. And a
  transaction that failed puts them back into the same table: moto would put the copy in the table's place, and whoever
  reads the old table's stream would learn of nothing any more.
- It sorts a whole table for each query. Here it sorts the partition that is asked for, of the table or of an index.
- It looks for each value of an item under every name that it could have. Here texts and numbers are written at once.
- Its threads change the same tables and queues at once. Here DynamoDB serves one request at a time, and SQS does too.
- It removes nothing when its time to live is over. Here that is removed within a second, as DynamoDB does it: the
  stream's record names DynamoDB as who did.

It may have no more memory than `MOST_MEMORY_BYTES` says.
"""

from __future__ import annotations

import copy
import logging
import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import nullcontext
from threading import Lock, Thread
from typing import Any

from moto.core.common_models import BaseModel
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto_answers import correct
from werkzeug.serving import run_simple

SWEEP_PAUSE_SECONDS = 1.0
TTL_IDENTITY = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}

transact_write_items = DynamoDBBackend.transact_write_items
query = Table.query
serialize_structure = BaseJSONSerializer._serialize_type_structure

PLAIN_VALUES = {"S", "N", "BOOL"}
Items = dict[DynamoType, dict[DynamoType, Item]]
Place = tuple[Table, DynamoType, "DynamoType | None"]
# Of a table's items, which have which value of an attribute that an index begins with. Until something is written.
groups: dict[tuple[str, str], dict[DynamoType, Items]] = {}
READS = {"BatchGetItem", "DescribeTable", "GetItem", "Query", "Scan", "TransactGetItems"}


def forget_objects() -> None:
    BaseModel.__new__ = staticmethod(lambda cls, *_, **__: object.__new__(cls))


def keep_named_items() -> None:
    def transacting(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        before = [(place, copy.deepcopy(place[0].get_item(*place[1:]))) for place in _places(self, transact_items)]
        shards = {table.name: table.stream_shard for (table, _, _), _ in before if table.stream_shard}
        lengths = {name: len(shard.items) for name, shard in shards.items()}
        try:
            transact_write_items(self, transact_items)
        except Exception:
            for (table, hash_key, range_key), item in before:
                _put_back(table, hash_key, range_key, item)
            for name, shard in shards.items():
                del shard.items[lengths[name] :]
            raise

    DynamoDBBackend.transact_write_items = transacting
    # What moto copies before a transaction, and puts in the tables' place after one that failed.
    Table.__deepcopy__ = lambda self, _: self


def _places(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> Iterator[Place]:
    """Where the items of a transaction are. moto itself refuses what names none."""
    for entry in transact_items:
        for operation in entry.values():
            table = backend.tables.get(operation.get("TableName"))
            key = operation.get("Key") or operation.get("Item") or {}
            if table is not None and set(table.table_key_attrs) <= key.keys():
                range_key = DynamoType(key[table.range_key_attr]) if table.range_key_attr else None
                yield table, DynamoType(key[table.hash_key_attr]), range_key


def _put_back(table: Table, hash_key: DynamoType, range_key: DynamoType | None, item: Item | None) -> None:
    items, key = (table.items, hash_key) if range_key is None else (table.items[hash_key], range_key)
    if item is None:
        items.pop(key, None)
    else:
        items[key] = item


def sort_partitions_only() -> None:
    def querying(self: Table, hash_key: DynamoType | None, *arguments: Any, **named: Any) -> Any:
        # The seventh of the arguments that follow, or named.
        index_name = arguments[6] if len(arguments) > 6 else named.get("index_name")
        attribute = self.hash_key_attr
        if index_name and any(index.name == index_name for index in self.all_indexes()):
            attribute = self.get_index(index_name).schema_key_attrs[0]
        if hash_key is None or not self.has_range_key:
            return query(self, hash_key, *arguments, **named)
        partition = copy.copy(self)
        partition.items = _items_of(self, attribute, hash_key)
        return query(partition, hash_key, *arguments, **named)

    Table.query = querying


def _items_of(table: Table, attribute: str, value: DynamoType) -> Items:
    """The items that have this value, by their keys."""
    if attribute == table.hash_key_attr:
        return {value: table.items.get(value, {})}
    if (table.name, attribute) not in groups:
        groups[table.name, attribute] = _grouped(table, attribute)
    return groups[table.name, attribute].get(value, {})


def _grouped(table: Table, attribute: str) -> dict[DynamoType, Items]:
    found: dict[DynamoType, Items] = defaultdict(lambda: defaultdict(dict))
    for hash_key, held in table.items.items():
        for range_key, item in held.items():
            if attribute in item.attrs:
                found[item.attrs[attribute]][hash_key][range_key] = item
    return found


def write_plain_values() -> None:
    def writing(self: BaseJSONSerializer, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue" and isinstance(value, dict) and value.keys() <= PLAIN_VALUES:
            self._default_serialize(serialized, value, shape, key)
        else:
            serialize_structure(self, serialized, value, shape, key)

    BaseJSONSerializer._serialize_type_structure = writing


class Application(DomainDispatcherApplication):
    """All services; of some, one request at a time."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self.tables = Lock()
        self.locks = {"dynamodb": self.tables, "dynamodbstreams": self.tables, "sqs": Lock()}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        application = self.get_application(environ)
        with self.locks.get(application.service, nullcontext()):
            operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
            if application.service == "dynamodb" and operation not in READS:
                groups.clear()
            return application(environ, start_response)


def sweep(tables: Lock) -> None:
    """Removes what is due, for ever."""
    while True:
        time.sleep(SWEEP_PAUSE_SECONDS)
        now = int(time.time())
        for backend in list(dynamodb_backends.values()):
            for table in [table for region in list(backend.values()) for table in list(region.tables.values())]:
                if table.ttl.get("TimeToLiveStatus") == "ENABLED":
                    with tables:
                        _remove_due(table, table.ttl["AttributeName"], now)


def _remove_due(table: Table, attribute: str, now: int) -> None:
    due = [
        item
        for held in table.items.values()
        for item in (held.values() if table.has_range_key else (held,))
        if attribute in item.attrs and item.attrs[attribute].is_number() and item.attrs[attribute].cast_value <= now
    ]
    if due:
        groups.clear()
    for item in due:
        table.delete_item(item.hash_key, item.range_key)
        if table.stream_shard:
            table.stream_shard.items[-1].record["userIdentity"] = TTL_IDENTITY


def main() -> None:
    most = int(os.environ["MOST_MEMORY_BYTES"])
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    # It would write a line for each request.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    forget_objects()
    keep_named_items()
    sort_partitions_only()
    write_plain_values()
    correct()
    application = Application()
    Thread(target=sweep, args=(application.tables,), daemon=True).start()
    run_simple("127.0.0.1", int(sys.argv[1]), application, threaded=True)


if __name__ == "__main__":
    main()
