"""The demo's records, which `payout-exports generate` makes: two marketplaces' and two merchants', all made up.

The marketplaces have suppliers of the same external ids (`SUP-1001` …) under other names, and the merchants have
contacts of the same external ids (`C-100` …) under other contact ids, so that tests can tell whether tenants are kept
apart.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import build, datasets
from .settings import DEMO_DATA, Failure

STAMP = DEMO_DATA / ".made-by"
# Enough transfers for several pages and parts; the importer's limits are tested elsewhere.
MORE = {("northwind-market", "funding-transfers"): 10_240, ("harbour-goods", "funding-transfers"): 300}


@dataclass(frozen=True)
class Tenant:
    """A tenant whose records the seed gives."""

    id: str
    role: str
    seed: int
    label: str
    records: int


TENANTS = (
    Tenant("northwind-market", "OPERATOR", seed=1, label="northwind", records=600),
    Tenant("harbour-goods", "OPERATOR", seed=2, label="harbour", records=100),
    Tenant("atlas-travel", "MERCHANT", seed=3, label="atlas", records=200),
    Tenant("blue-lagoon", "MERCHANT", seed=4, label="lagoon", records=200),
)


def make() -> list[Path]:
    """Makes `{tenant}/{slug}.csv` for every dataset, unless this command line tool has made them before."""
    files = list(_files())
    maker = f"{build.cli()} {build.cli().stat().st_mtime_ns}"
    if STAMP.is_file() and STAMP.read_text() == maker and all(path.is_file() for path, _, _ in files):
        return [path for path, _, _ in files]
    for path, tenant, slug in files:
        _generate(path, tenant, slug)
    STAMP.write_text(maker)
    return [path for path, _, _ in files]


def _files() -> Iterator[tuple[Path, Tenant, str]]:
    for tenant in TENANTS:
        for slug in datasets.slugs_for(tenant.role):
            yield DEMO_DATA / tenant.id / f"{slug}.csv", tenant, slug


def _generate(path: Path, tenant: Tenant, slug: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two stacks may be coming up at once: neither must see half a file.
    partial = path.with_suffix(f".{os.getpid()}.partial")
    count = MORE.get((tenant.id, slug), tenant.records)
    arguments = ["--type", slug, "--count", str(count), "--seed", str(tenant.seed), "--label", tenant.label]
    if not build.run_cli("generate", *arguments, "--output", str(partial)):
        raise Failure(f"The demo's {slug} of {tenant.id} were not made: see above.")
    partial.replace(path)
