"""The demo's keys and records."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

from . import aws, build, demo_data
from .identities import IDENTITIES
from .settings import Failure, Stack
from .steps import console


def seed(stack: Stack, outputs: Mapping[str, str]) -> None:
    """Puts the keys, and loads each file of demo data that this stack does not have yet."""
    created_at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    dynamodb = aws.client(stack, "dynamodb")
    for identity in IDENTITIES:
        dynamodb.put_item(TableName=outputs["ApiKeysTable"], Item=identity.item(created_at))
    for file in demo_data.make():
        _load_once(stack, outputs, file)


def run_import(stack: Stack, ledger_table: str, arguments: Sequence[str]) -> None:
    """Runs the importer against the stack's ledger; it shows its own progress."""
    environment = stack.environment() | {"LEDGER_TABLE": ledger_table}
    if not build.run_cli("import", *arguments, environment=environment):
        raise Failure("The import did not finish: see its message above. It is safe to run again.")


def _load_once(stack: Stack, outputs: Mapping[str, str], file: Path) -> None:
    tenant, dataset = file.parent.name, file.stem
    stamp = stack.folder / "seeded" / f"{tenant}.{dataset}"
    state = f"{outputs['LedgerTable']} {hashlib.sha256(file.read_bytes()).hexdigest()}"
    if stamp.is_file() and stamp.read_text() == state:
        return
    console.print(f"  {tenant}: {dataset}")
    arguments = ["--file", str(file), "--type", dataset, "--tenant", tenant]
    run_import(stack, outputs["LedgerTable"], arguments)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(state)
