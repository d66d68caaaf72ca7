"""The checker of what is left behind finds each kind of it, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from support.leftovers import Left

EXPORT = "exp_01f"
FOLDER = f"exports/acme/funding-transfers/{EXPORT}/"


def left(status: str, *items: Mapping[str, Any], objects: tuple[str, ...] = (), uploads: tuple[str, ...] = ()) -> Left:
    """What belongs to one export, or should."""
    export = {"partition": "acme#FUNDING_TRANSFERS", "sort": EXPORT, "status": status}
    if status not in ("PENDING", "FAILED"):
        export["file"] = {"key": f"{FOLDER}1.csv"}
    return Left([export, *items], list(objects), list(uploads))


def lock(export_id: str = EXPORT) -> dict[str, Any]:
    return {"partition": "lock#acme#FUNDING_TRANSFERS#user-1", "sort": "lock", "exportId": export_id}


MARKER = {"partition": "expiry#acme#FUNDING_TRANSFERS", "sort": EXPORT, "tenantId": "acme"}
LINK = {"partition": "link#5f1d", "sort": "link", "tenantId": "acme", "exportId": EXPORT}
RECORD = {"partition": "links#acme#FUNDING_TRANSFERS", "sort": f"{EXPORT}#lnk_1"}
MAIL = {"partition": "sending#acme#FUNDING_TRANSFERS", "sort": f"{EXPORT}#lnk_1"}
SLOTS = {"partition": "slots#acme", "sort": "slots", "taken": {EXPORT: 1_780_000_000_000}}
UNTOLD = {"partition": "outbox#acme#FUNDING_TRANSFERS", "sort": "evt_1"}
FILES = (f"{FOLDER}1.csv", f"{FOLDER}1.manifest.json")


@pytest.mark.parametrize(
    "owned",
    [
        left("PENDING", lock(), objects=(f"{FOLDER}1.tail",), uploads=(f"{FOLDER}1.csv",)),
        left("READY", MARKER, LINK, RECORD, MAIL, objects=FILES),
        left("PENDING", SLOTS),
        left("EXPIRED", LINK, RECORD, MAIL),
        left("FAILED", LINK),
        left("CANCELLED", LINK),
        left("FAILED", SLOTS | {"taken": {}}),
    ],
)
def test_what_an_export_owns_is_no_orphan(owned: Left) -> None:
    assert owned.orphans() == []


@pytest.mark.parametrize(
    "orphaned",
    [
        left("READY", lock(), objects=FILES),
        left("PENDING", lock("exp_02f")),
        left("EXPIRED", MARKER),
        left("PENDING", LINK),
        left("READY", LINK | {"tenantId": "atlas"}, objects=FILES),
        left("READY", RECORD | {"sort": "exp_02f#lnk_1"}, objects=FILES),
        left("READY", MAIL | {"partition": "sending#atlas#FUNDING_TRANSFERS"}, objects=FILES),
        left("READY", UNTOLD, objects=FILES),
        left("READY", SLOTS, objects=FILES),
        left("READY", objects=(*FILES, f"{FOLDER}1.tail")),
        left("EXPIRED", objects=(FILES[1],)),
        left("FAILED", uploads=(FILES[0],)),
        left("READY", objects=FILES, uploads=(f"{FOLDER}2.csv",)),
        left("PENDING", objects=("exports/atlas/funding-transfers/exp_01f/1.csv",)),
    ],
)
def test_each_kind_of_orphan_is_found(orphaned: Left) -> None:
    assert len(orphaned.orphans()) == 1


def test_what_a_test_has_set_by_hand_is_no_orphan() -> None:
    ready = left("FAILED", MARKER, objects=FILES)
    ready.items[0]["file"] = {"key": FILES[0]}
    assert len(ready.orphans()) == 3
    assert replace(ready, set_by_hand=frozenset({f"acme#FUNDING_TRANSFERS {EXPORT}"})).orphans() == []
