"""Exports that outlive an invocation, and invocations that die: the file is the one that an undisturbed run makes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from stack.large_ledger import BENCH_SERVER, LargeLedger, serving
from support.api import Api, Caller
from support.bucket import Bucket
from support.functions import Functions
from support.keys import Keys
from support.processes import kill as kill_processes
from support.profiles import spreadsheet
from support.table import ExportsTable

DATASET = "funding-transfers"
ROWS = 2_000_000
# So many milliseconds a page, one page of a lane after another, keep a run going over several short invocations
# however fast the machine is.
PAGE_LATENCY = 200
FEW_COLUMNS = ["createdAt", "amount", "supplierName", "reference", "transferId"]
INVOCATION_SECONDS = 4
TIMEOUT_SECONDS = 120


@dataclass
class Runs:
    """Exports of a large ledger."""

    api: Api
    functions: Functions
    table: ExportsTable
    bucket: Bucket
    stack: dict[str, Any]
    reconcile: Callable[[], None]

    def undisturbed(self, ledger: LargeLedger, caller: Caller, body: Any = None) -> dict[str, Any]:
        with self.functions.changed("generator", AWS_ENDPOINT_URL_DYNAMODB=ledger.url):
            return self.api.make(caller, DATASET, body)

    def disturbed(
        self, ledger: LargeLedger, caller: Caller, body: Any, deaths: int, total_queries: int
    ) -> tuple[dict[str, Any], int]:
        """An export whose invocations are short, and some of which are killed; and how many pages were read after the
        last death."""
        before = ledger.queries()
        with self.functions.changed("generator", timeout=INVOCATION_SECONDS, AWS_ENDPOINT_URL_DYNAMODB=ledger.url):
            launched = self.api.launch(caller, DATASET, body)
            for death in range(1, deaths + 1):
                self.until(lambda death=death: ledger.queries() - before > total_queries * death / (deaths + 1))
                self.kill(caller, launched["exportId"])
            at_last_death = ledger.queries()
            self.until(lambda: self.shown(caller, launched)["status"] != "PENDING")
        return self.shown(caller, launched), ledger.queries() - at_last_death

    def fence(self, caller: Caller, export: dict[str, Any]) -> int:
        """How many attempts there were."""
        return int(self.table.export(caller.tenantId, DATASET, export["exportId"])["fence"])

    def digest(self, caller: Caller, export: dict[str, Any]) -> str:
        """The SHA-256 of the file that is in the bucket."""
        return self.bucket.digest(self.table.export(caller.tenantId, DATASET, export["exportId"])["file"]["key"])

    def left_in_the_bucket(self, caller: Caller, export: dict[str, Any]) -> list[str]:
        """The names of an export's objects and uploads, without the fence that they begin with."""
        folder = f"exports/{caller.tenantId}/{DATASET}/{export['exportId']}/"
        keys = self.bucket.keys(folder) + self.bucket.uploads(folder)
        return [key.removeprefix(folder).split(".", 1)[1] for key in keys]

    def kill(self, caller: Caller, export_id: str) -> None:
        """Kills the generator in the middle of its work, and moves the clock to the end of its lease."""
        function = f"{self.stack['stackName']}-generator"
        self.until(lambda: kill_processes(function, self.stack["endpointUrl"]) > 0)
        # Until the process is gone, it could renew its lease.
        time.sleep(0.2)
        self.table.set(caller.tenantId, DATASET, export_id, leaseUntil=0, dueAt=1)
        self.reconcile()

    def shown(self, caller: Caller, launched: dict[str, Any]) -> dict[str, Any]:
        return self.api.detail(caller, DATASET, launched["exportId"]).json()

    @staticmethod
    def until(is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not is_so():
            assert time.monotonic() < deadline, f"not within {TIMEOUT_SECONDS} s"
            time.sleep(0.02)


@pytest.fixture
def runs(
    api: Api,
    functions: Functions,
    exports_table: ExportsTable,
    bucket: Bucket,
    stack: dict[str, Any],
    reconcile: Callable[[], None],
) -> Runs:
    return Runs(api, functions, exports_table, bucket, stack, reconcile)


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        pytest.param(None, ROWS, id="every-row"),
        # Few enough that no invocation fills a part.
        pytest.param({"filters": {"statuses": ["COMPLETED", "FAILED"]}}, ROWS // 10_000, id="sparse"),
    ],
)
def test_two_million_rows_over_many_invocations_two_of_which_are_killed(
    runs: Runs, keys: Keys, stack: dict[str, Any], body: Any, rows: int
) -> None:
    caller = keys.operator()
    with serving(BENCH_SERVER, stack, rows=ROWS, match_every=10_000) as quick:
        expected = runs.undisturbed(quick, caller, body)
        queries = quick.queries()
    with serving(BENCH_SERVER, stack, rows=ROWS, match_every=10_000, page_latency_ms=PAGE_LATENCY) as slow:
        export, queries_left = runs.disturbed(slow, caller, body, deaths=2, total_queries=queries)
    assert export["status"] == "READY", export
    assert export["rowCount"] == expected["rowCount"] == rows
    assert runs.fence(caller, export) >= 5
    assert runs.digest(caller, export) == runs.digest(caller, expected) == expected["manifest"]["sha256"]
    same = ("rowCount", "fileSize", "sha256", "totals", "filters")
    assert [export["manifest"][name] for name in same] == [expected["manifest"][name] for name in same]
    # A restart would have read all of it, and what is read ahead at each end of an invocation besides.
    assert queries_left < queries
    assert sorted(runs.left_in_the_bucket(caller, export)) == ["csv", "manifest.json"]


@pytest.mark.parametrize(
    ("rows", "body", "left"),
    [
        pytest.param(
            300_000, {"columns": FEW_COLUMNS, "profile": spreadsheet("fr")}, ["csv", "manifest.json"], id="spreadsheet"
        ),
        # A part has some 200,000 rows.
        pytest.param(1_000_000, {"compression": "gzip"}, ["csv.gz", "csv.gz.manifest.json"], id="gzip"),
    ],
)
def test_a_file_of_another_form_goes_on_where_it_stopped(
    runs: Runs, keys: Keys, stack: dict[str, Any], rows: int, body: Any, left: list[str]
) -> None:
    caller = keys.operator()
    with serving(BENCH_SERVER, stack, rows=rows) as quick:
        expected = runs.undisturbed(quick, caller, body)
        queries = quick.queries()
    with serving(BENCH_SERVER, stack, rows=rows, page_latency_ms=PAGE_LATENCY) as slow:
        export, queries_left = runs.disturbed(slow, caller, body, deaths=1, total_queries=queries)
    assert export["status"] == "READY", export
    assert runs.fence(caller, export) >= 2
    assert runs.digest(caller, export) == runs.digest(caller, expected) == expected["manifest"]["sha256"]
    differing = ("asOf", "ledgerCompleteUntil")
    assert [(name, value) for name, value in export["manifest"].items() if name not in differing] == [
        (name, value) for name, value in expected["manifest"].items() if name not in differing
    ]
    assert queries_left < queries
    assert sorted(runs.left_in_the_bucket(caller, export)) == left
    # More than a part, so that an upload was taken up again.
    assert export["fileSize"] > 5 * 1024 * 1024


def test_an_upload_that_is_gone_is_started_again(runs: Runs, keys: Keys, stack: dict[str, Any], s3: Any) -> None:
    caller = keys.operator()
    with serving(BENCH_SERVER, stack, rows=400_000) as quick:
        expected = runs.undisturbed(quick, caller)
    with (
        serving(BENCH_SERVER, stack, rows=400_000, page_latency_ms=PAGE_LATENCY) as slow,
        runs.functions.changed("generator", AWS_ENDPOINT_URL_DYNAMODB=slow.url),
    ):
        launched = runs.api.launch(caller, DATASET)
        runs.until(lambda: "csv" in runs.left_in_the_bucket(caller, launched))
        for upload in s3.list_multipart_uploads(Bucket=stack["bucket"])["Uploads"]:
            if launched["exportId"] in upload["Key"]:
                s3.abort_multipart_upload(Bucket=stack["bucket"], Key=upload["Key"], UploadId=upload["UploadId"])
        export = runs.api.wait(caller, DATASET, launched["exportId"])
    assert export["status"] == "READY"
    assert runs.fence(caller, export) > 1
    assert runs.digest(caller, export) == expected["manifest"]["sha256"]
    assert sorted(runs.left_in_the_bucket(caller, export)) == ["csv", "manifest.json"]


def test_throttling_slows_an_export_and_does_not_fail_it(runs: Runs, keys: Keys, stack: dict[str, Any]) -> None:
    caller = keys.operator()
    with serving(BENCH_SERVER, stack, rows=300_000) as quick:
        expected = runs.undisturbed(quick, caller)
    with serving(BENCH_SERVER, stack, rows=300_000, throttle_every=3) as throttled:
        export = runs.undisturbed(throttled, caller)
    assert export["manifest"]["sha256"] == expected["manifest"]["sha256"]
    assert runs.fence(caller, export) == 1


def test_a_dead_letter_ends_an_export_that_is_being_made_and_nothing_of_it_is_left(
    runs: Runs, keys: Keys, stack: dict[str, Any]
) -> None:
    caller = keys.operator()
    with (
        serving(BENCH_SERVER, stack, rows=400_000, page_latency_ms=PAGE_LATENCY) as slow,
        runs.functions.changed("generator", AWS_ENDPOINT_URL_DYNAMODB=slow.url),
    ):
        launched = runs.api.launch(caller, DATASET)
        runs.until(lambda: "csv" in runs.left_in_the_bucket(caller, launched))
        runs.functions.work("dead-letter-handler", caller.tenantId, launched["exportId"])
        # Whatever it was about to put into the bucket, the attempt that was at work is at its end.
        runs.kill(caller, launched["exportId"])
    export = runs.shown(caller, launched)
    assert export["status"] == "FAILED"
    assert runs.table.lock(caller.tenantId, DATASET, caller.userId) is None
    assert runs.left_in_the_bucket(caller, export) == []
    assert "dueShard" not in runs.table.export(caller.tenantId, DATASET, export["exportId"])
