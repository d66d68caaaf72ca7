"""What exports leave behind, and whether a living export owns it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from support.datasets import LETTERS, TYPES
from support.table import ExportsTable

Item = Mapping[str, Any]

SLUGS = {export_type: dataset for dataset, export_type in TYPES.items()}
TYPE_OF_LETTER = {letter: TYPES[dataset] for dataset, letter in LETTERS.items()}
# What is kept beside an export, named by its id, for as long as the export is listed.
BESIDE = {"links", "sending", "downloads"}


@dataclass(frozen=True)
class Left:
    """All that a stack holds of exports."""

    items: list[dict[str, Any]]
    objects: list[str]
    uploads: list[str]
    # READY exports that a test gave another status, as `{partition} {sort}`: what they had, they still have.
    set_by_hand: frozenset[str] = frozenset()

    def orphans(self) -> list[str]:
        """One sentence for each thing without the export that should own it."""
        exports = {_name(item): item for item in self.items if _is_export(item)}
        exports |= {name: exports[name] | {"status": "READY"} for name in self.set_by_hand & set(exports)}
        found = [*self._items(exports), *self._files(exports)]
        return sorted(found)

    def _items(self, exports: Mapping[str, Item]) -> Iterable[str]:
        for item in self.items:
            kind, _, rest = item["partition"].partition("#")
            named = f"{item['partition']} {item['sort']}"
            match kind:
                case "lock":
                    owner = exports.get(f"{rest.rpartition('#')[0]} {item['exportId']}")
                    if owner is None or owner["status"] != "PENDING":
                        yield f"The lock {named} blocks for {item['exportId']}, which is not pending."
                case "expiry":
                    owner = exports.get(f"{rest} {item['sort']}")
                    if owner is None or owner["status"] != "READY":
                        yield f"The marker {named} is of an export that has no file."
                case "link":
                    owner = exports.get(f"{item['tenantId']}#{_type_of(item['exportId'])} {item['exportId']}")
                    # An export that ends while it is mailed keeps its link, which says so until it is forgotten.
                    if owner is None or ("file" not in owner and owner["status"] in ("PENDING", "READY")):
                        yield f"The link {named} leads to {item['exportId']}, which never had a file."
                case "slots":
                    for export_id in item.get("taken", {}):
                        owner = exports.get(f"{rest}#{_type_of(export_id)} {export_id}")
                        if owner and owner["status"] != "PENDING":
                            yield f"{named} keeps a slot for {export_id}, which has ended."
                case "outbox":
                    yield f"{named} was never told."
                case _ if kind in BESIDE:
                    if f"{rest} {item['sort'].partition('#')[0]}" not in exports:
                        yield f"{named} is of an export that does not exist."

    def _files(self, exports: Mapping[str, Item]) -> Iterable[str]:
        owners = {f"exports/{_tenant(name)}/{SLUGS[_type(name)]}/{name.split()[1]}/": name for name in exports}
        for key in self.objects:
            folder = key.rpartition("/")[0] + "/"
            owner = exports.get(owners.get(folder, ""))
            if owner is None:
                yield f"The object {key} is of no export."
            elif owner["status"] == "READY":
                file = owner["file"]["key"]
                if key not in (file, f"{file.removesuffix('.csv')}.manifest.json"):
                    yield f"The object {key} is not what its export offers."
            elif owner["status"] != "PENDING":
                yield f"The object {key} is of an export that is {owner['status']}."
        for key in self.uploads:
            owner = exports.get(owners.get(key.rpartition("/")[0] + "/", ""))
            if owner is None or owner["status"] != "PENDING":
                yield f"The upload of {key} is not of a pending export."


def of_stack(exports_table: ExportsTable, s3: Any, bucket: str) -> Left:
    """What a stack holds now. `s3` is boto3's client."""
    table = exports_table.table
    pages = table.meta.client.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True)
    items = [item for page in pages for item in page["Items"]]
    listed = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="exports/")
    objects = [item["Key"] for page in listed for item in page.get("Contents", [])]
    uploads = [item["Key"] for item in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])]
    return Left(items, objects, uploads, frozenset(exports_table.set_by_hand))


def _is_export(item: Item) -> bool:
    return item["sort"].startswith("exp_") and "status" in item and item["partition"].count("#") == 1


def _name(item: Item) -> str:
    return f"{item['partition']} {item['sort']}"


def _tenant(name: str) -> str:
    return name.split()[0].partition("#")[0]


def _type(name: str) -> str:
    return name.split()[0].partition("#")[2]


def _type_of(export_id: str) -> str:
    return TYPE_OF_LETTER[export_id[-1]]
