"""The datasets that `datasets/*.toml` declares, as far as the local stack needs to know them."""

from __future__ import annotations

from dataclasses import dataclass

import tomlkit

from .settings import ROOT

FOLDER = ROOT / "datasets"


@dataclass(frozen=True)
class Dataset:
    """A dataset's file."""

    slug: str
    roles: tuple[str, ...]


def all_datasets() -> list[Dataset]:
    """Every dataset, by its slug. The files were checked when the functions were compiled."""
    return [_read(path.stem, path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))]


def slugs_for(role: str) -> list[str]:
    """The datasets that callers of this role export."""
    return [dataset.slug for dataset in all_datasets() if role in dataset.roles]


def _read(slug: str, text: str) -> Dataset:
    table = tomlkit.parse(text).unwrap()
    return Dataset(slug, tuple(table["roles"]))
