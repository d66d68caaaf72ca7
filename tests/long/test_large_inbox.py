"""Files of the inbox that are too large for the local AWS, in one invocation of the loader's own binary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support.plain_aws import GeneratedFile, PlainAws, invoke

BINARY = Path(__file__).resolve().parents[2] / "target" / "debug" / "loader"
KEY = "inbox/acme/funding-transfers/a.csv"
HEADER = (
    b"transferId,createdAt,status,amount,currency,sourceBalanceAccountType,targetBalanceAccountType,"
    b"supplierExternalId,reference,version\n"
)
MOST_MIB = 64


def file(rows: int, bad_row: int | None = None) -> GeneratedFile:
    def row(number: int) -> bytes:
        amount = b"bad" if number == bad_row else b"1.0"
        return b"trf_%09d,2026-05-01T10:00:00Z,COMPLETED,%s,EUR,MARKETPLACE,SUPPLIER,SUP-1001,a reference,7\n" % (
            number,
            amount,
        )

    return GeneratedFile(HEADER, row, rows)


def load(file: GeneratedFile, break_every: int | None = None) -> tuple[dict[str, Any], PlainAws, float]:
    """The result of a file, what was asked of AWS, and the peak of memory in MiB."""
    aws = PlainAws(file, KEY, break_every)
    event = {"Records": [{"messageId": "1", "body": json.dumps({"key": KEY})}]}
    variables = {
        "LEDGER_TABLE": "ledger",
        "API_KEYS_TABLE": "api-keys",
        "INBOX_BUCKET": "inbox",
        "INBOX_QUEUE_URL": "http://localhost/queue",
        "S3_PATH_STYLE": "true",
    }
    peak = invoke(BINARY, aws, event, variables)
    return aws.result(), aws, peak


def test_memory_does_not_grow_with_a_file_that_is_written() -> None:
    peaks = []
    for rows in (10_000, 60_000):
        result, aws, peak = load(file(rows))
        assert (result["status"], result["rowsWritten"], aws.written) == ("loaded", rows, rows)
        peaks.append(peak)
    assert max(peaks) < MOST_MIB, peaks


def test_memory_does_not_grow_with_a_file_that_is_checked() -> None:
    peaks = []
    for rows in (100_000, 600_000):
        result, aws, peak = load(file(rows, bad_row=rows - 1))
        assert (result["status"], result["rowsRead"], aws.written) == ("refused", rows, 0)
        assert result["problems"][0]["line"] == rows + 1
        peaks.append(peak)
    assert max(peaks) < MOST_MIB, peaks
    assert peaks[1] - peaks[0] < 10, peaks


def test_an_answer_that_breaks_off_is_asked_for_again() -> None:
    rows = 200_000
    result, aws, _ = load(file(rows, bad_row=rows - 1), break_every=3)
    assert (result["rowsRead"], result["rowsRefused"]) == (rows, 1)
    assert result["problems"][0]["line"] == rows + 1
    assert aws.broken > 1
