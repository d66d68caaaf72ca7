"""The way from PostgreSQL, as docs/postgresql.md shows it: the query that is printed there, on a real server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.api import Api, Caller
from support.inbox import Inbox
from support.ledger import read_file
from support.postgresql import PostgreSql, running

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "postgresql.md"

TABLE = """
CREATE TABLE funding_transfers (
  id text PRIMARY KEY,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  status text NOT NULL,
  amount numeric NOT NULL,
  currency char(3) NOT NULL,
  source_type text NOT NULL,
  target_type text NOT NULL,
  supplier_id text,
  supplier_name text,
  reference text,
  failure_reason text
);
"""
ROWS = """
INSERT INTO funding_transfers
  (id, created_at, status, amount, currency, source_type, target_type,
   supplier_id, supplier_name, reference, failure_reason)
VALUES
  ('trf_1', '2026-05-01 12:00:00.999999+02', 'COMPLETED', 100.00, 'EUR', 'MARKETPLACE', 'SUPPLIER', 'SUP-1',
   'Müller & "Söhne", GmbH', E'two\\nlines; and more', NULL),
  ('trf_2', '2026-05-02 00:00:00+00', 'FAILED', 0.10, 'EUR', 'SUPPLIER', 'MARKETPLACE',
   'SUP-2', NULL, '=1+1', 'Bank''s closed'),
  ('trf_3', '2026-05-03 00:00:00+00', 'PENDING', 12345678901234567890, 'JPY', 'MARKETPLACE', 'MARKETPLACE',
   NULL, NULL, '', NULL);
"""
COLUMNS = ("transferId", "createdAt", "status", "amount", "currency", "supplierName", "reference", "failureReason")


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgreSql]:
    with running() as server:
        yield server


def printed() -> tuple[str, str]:
    """The guide's query, and the options of its file."""
    guide = GUIDE.read_text()
    [query] = re.findall(r"\$query\$(.*)\$query\$", guide, re.DOTALL)
    [options] = re.findall(r"options := '(.*)'", guide)
    return query, options


def dump(postgresql: PostgreSql) -> bytes:
    """The file that `aws_s3.query_export_to_s3` writes: it runs COPY with the same query and options."""
    query, options = printed()
    return postgresql.run(f"COPY ({query}) TO STDOUT WITH ({options})")


def test_the_query_of_the_guide_fills_the_ledger(
    postgresql: PostgreSql, inbox: Inbox, newcomer: Caller, api: Api
) -> None:
    postgresql.run(TABLE + ROWS)
    result = inbox.load(newcomer.tenantId, "2026-05-03-0200.csv", dump(postgresql))
    assert (result["status"], result["rowsWritten"], result["problems"]) == ("loaded", 3, [])
    first = ["trf_1", "2026-05-01T10:00:00Z", "COMPLETED", "100.00", "EUR", 'Müller & "Söhne", GmbH']
    assert exported(api, newcomer) == [
        [*first, "two\nlines; and more", ""],
        # A cell that a spreadsheet would run begins with an apostrophe.
        ["trf_2", "2026-05-02T00:00:00Z", "FAILED", "0.10", "EUR", "", "'=1+1", "Bank's closed"],
        ["trf_3", "2026-05-03T00:00:00Z", "PENDING", "12345678901234567890", "JPY", "", "", ""],
    ]

    # The next file holds all of them again; only the one that has changed is written.
    earlier = dump(postgresql)
    postgresql.run(
        "UPDATE funding_transfers SET status = 'COMPLETED', updated_at = clock_timestamp() WHERE id = 'trf_3'"
    )
    result = inbox.load(newcomer.tenantId, "2026-05-04-0200.csv", dump(postgresql))
    assert (result["rowsWritten"], result["rowsUnchanged"]) == (1, 2)
    # A file that comes late takes nothing back.
    result = inbox.load(newcomer.tenantId, "2026-05-03-0300.csv", earlier)
    assert (result["rowsWritten"], result["rowsUnchanged"]) == (0, 3)
    assert [row[2] for row in exported(api, newcomer)] == ["COMPLETED", "FAILED", "COMPLETED"]


def exported(api: Api, caller: Caller) -> list[list[str]]:
    header, *rows = read_file(api.download(api.make(caller, "funding-transfers")))
    found = [dict(zip(header, row, strict=True)) for row in rows]
    return [[row[column] for column in COLUMNS] for row in found]
