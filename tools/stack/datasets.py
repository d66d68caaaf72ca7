"""The datasets that `datasets/*.toml` declares, as far as the local stack needs to know them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import tomlkit

from .settings import ROOT

FOLDER = ROOT / "datasets"


@dataclass(frozen=True)
class Dataset:
    """A dataset's file."""

    slug: str
    roles: tuple[str, ...]
    # What a key needs instead of the dataset's own permissions.
    permission: str | None
    # Whether the stack itself makes the records.
    internal: bool


def all_datasets() -> list[Dataset]:
    """Every dataset, by its slug. The files were checked when the functions were compiled."""
    return [_read(path.stem, path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))]


def slugs_for(role: str) -> list[str]:
    """The datasets that callers of this role export, and whose records come from the platform."""
    return [dataset.slug for dataset in all_datasets() if role in dataset.roles and not dataset.internal]


def permissions_for(role: str, acts: Iterable[str]) -> list[str]:
    """What a key of this role needs for these acts, and for no other."""
    own = [f"{dataset.slug}:{act}" for dataset in _datasets_of(role) if not dataset.permission for act in acts]
    shared = {dataset.permission for dataset in _datasets_of(role) if dataset.permission}
    return own + (sorted(shared) if "create" in acts else [])


def _datasets_of(role: str) -> list[Dataset]:
    return [dataset for dataset in all_datasets() if role in dataset.roles]


def _read(slug: str, text: str) -> Dataset:
    table = tomlkit.parse(text).unwrap()
    return Dataset(slug, tuple(table["roles"]), table.get("permission"), table.get("internal", False))
