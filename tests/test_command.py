"""The command line tool against the running stack."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.api import Api, Caller
from support.command import Command
from support.feed import Feed, deletion, transfer
from support.ledger import read_file
from support.table import LedgerTable

TRANSFERS = "funding-transfers"
HEADER = (
    "transferId;createdAt;status;amount;currency;sourceBalanceAccountType;targetBalanceAccountType;supplierExternalId"
)


def row(record_id: str, amount: str, created_at: str = "2026-05-01T10:00:00Z") -> str:
    return f"{record_id};{created_at};COMPLETED;{amount};EUR;MARKETPLACE;SUPPLIER;SUP-1"


def load(command: Command, folder: Path, tenant: str, *lines: str) -> str:
    file = folder / "transfers.csv"
    file.write_text("\n".join(lines) + "\n")
    result = command.run("import", "--file", str(file), "--type", TRANSFERS, "--tenant", tenant)
    assert result.returncode == 0, result.stderr
    return result.stdout


def amounts(api: Api, caller: Caller) -> dict[str, str]:
    header, *rows = read_file(api.download(api.make(caller, TRANSFERS)))
    return {row[header.index("transferId")]: row[header.index("amount")] for row in rows}


def test_importing_again_changes_only_what_differs(
    command: Command, api: Api, newcomer: Caller, tmp_path: Path
) -> None:
    tenant = newcomer.tenantId
    told = load(command, tmp_path, tenant, HEADER, row("trf_1", "1.00"), row("trf_2", "1.00"), row("trf_3", "1.00"))
    assert "3 written, 0 unchanged" in told
    moved = row("trf_3", "1.00", "2026-06-01T10:00:00Z")
    told = load(command, tmp_path, tenant, HEADER, row("trf_1", "1.00"), row("trf_2", "2.00"), moved)
    assert "2 written, 1 unchanged" in told
    assert amounts(api, newcomer) == {"trf_1": "1.00", "trf_2": "2.00", "trf_3": "1.00"}


def test_an_import_does_not_undo_newer_changes(
    command: Command, api: Api, feed: Feed, newcomer: Caller, tmp_path: Path
) -> None:
    tenant = newcomer.tenantId
    feed.write(
        [transfer(tenant, "trf_1", 5, amount="5.00"), transfer(tenant, "trf_2", 5), deletion(tenant, "trf_3", 5)]
    )
    told = load(command, tmp_path, tenant, HEADER, *(row(f"trf_{number}", "1.00") for number in range(1, 5)))
    assert "1 written, 3 unchanged" in told
    assert amounts(api, newcomer) == {"trf_1": "5.00", "trf_2": "100.00", "trf_4": "1.00"}
    versions = [f"{row('trf_1', '4.00')};4", f"{row('trf_2', '6.00')};6", f"{row('trf_4', '0.00')};0"]
    assert "2 written, 1 unchanged" in load(command, tmp_path, tenant, f"{HEADER};version", *versions)
    assert amounts(api, newcomer) == {"trf_1": "5.00", "trf_2": "6.00", "trf_4": "0.00"}


def test_a_ledger_that_was_fed_keeps_its_rules(command: Command, feed: Feed, newcomer: Caller) -> None:
    tenant = newcomer.tenantId
    feed.write([transfer(tenant, f"trf_{number}", 1) for number in range(30)])
    feed.write([transfer(tenant, "trf_1", 2, createdAt="2026-06-01T00:00:00Z"), deletion(tenant, "trf_2", 2)])
    feed.write([transfer(tenant, "trf_1", 3, supplierExternalId="SUP-2")])
    result = command.run("ledger", "verify", "--tenant", tenant, "--type", TRANSFERS)
    # Thirty heads, and two rows of the record that has moved twice.
    assert (result.returncode, result.stdout) == (0, f"32 items of {tenant} keep every rule.\n")


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"amount": "1.00"}, "status must have a value"),
        ({"status": "COMPLETED", "amount": "1,00"}, "amount must be a plain decimal"),
    ],
)
def test_what_breaks_a_rule_is_named(
    command: Command, feed: Feed, ledger_table: LedgerTable, newcomer: Caller, columns: dict[str, str], rule: str
) -> None:
    tenant = newcomer.tenantId
    feed.write(transfer(tenant, "trf_1", 1))
    with ledger_table.holding(tenant, TRANSFERS, "trf_9", "2026-05-01T00:00:00.000Z", **columns):
        result = command.run("ledger", "verify", "--tenant", tenant)
    assert result.returncode == 1
    assert f", trf_9: {rule}" in result.stdout
    assert "rules are broken in 2 items" in result.stderr
