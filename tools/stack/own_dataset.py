"""A dataset of one's own: a copy of the project, and one more file in `datasets/`, make an export of a new kind.

The copy is built, deployed and seeded by its own `make` targets; nothing else of it is changed. What the file must hold
is worked out here, with nothing of the product's code.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import httpx

from . import project_copy
from .settings import CONSOLE, ROOT, Failure, free_port

DECLARATION = ROOT / "tools" / "dataset-files" / "tests" / "refunds.toml"
TENANT = "northwind-market"
COLUMNS = "refundId createdAt status reason amount currency orderCount supplierExternalId failureReason".split()
GUARDED = {"supplierExternalId", "failureReason"}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
REASONS = ["DAMAGED", "LATE"]
TIMEOUT_SECONDS = 60


def prove() -> None:
    """Fails with a sentence unless the new dataset is exported, row by row, and found in the page."""
    with tempfile.TemporaryDirectory(prefix="own-dataset-") as folder:
        copy = Path(folder)
        project_copy.of_working_tree(copy)
        shutil.copy(DECLARATION, copy / "datasets" / "refunds.toml")
        environment = project_copy.environment(copy) | {
            "LOCAL_AWS_PORT": str(free_port()),
            "STACK_JSON": str(copy / ".local" / "stack.json"),
        }
        try:
            _make(copy, environment, "contract")
            _make(copy, environment, "up")
            _make(copy, environment, "generate", "TYPE=REFUNDS", "COUNT=500", "FILE=refunds.csv", "SEED=9")
            _make(copy, environment, "import", "TYPE=REFUNDS", "FILE=refunds.csv", f"TENANT={TENANT}")
            seeded = copy / ".local" / "demo-data" / TENANT / "refunds.csv"
            stack = json.loads((copy / ".local" / "stack.json").read_text())
            _check_file(_exported(stack), _expected([seeded, copy / "refunds.csv"]))
            _check_page(copy, environment)
        finally:
            _make(copy, environment, "down")


def _make(copy: Path, environment: Mapping[str, str], *arguments: str) -> None:
    if subprocess.run(["make", *arguments], cwd=copy, env=environment).returncode:
        raise Failure(f"make {' '.join(arguments)} failed in the copy with a new dataset: see above.")


def _exported(stack: Mapping[str, Any]) -> str:
    operator = stack["keys"]["operator"]
    url = f"{stack['operatorApiUrl']}/v1/payments/refunds/export"
    headers = {"dj-client": operator["role"], "dj-api-key": operator["key"]}
    with httpx.Client(trust_env=False, timeout=60, headers=headers) as http:
        accepted = http.post(url, json={"filters": {"reasons": REASONS}})
        if accepted.status_code != httpx.codes.ACCEPTED:
            raise Failure(f"The request for refunds answered {accepted.status_code}: {accepted.text}")
        deadline = time.monotonic() + TIMEOUT_SECONDS
        export = accepted.json()
        while export["status"] == "PENDING" and time.monotonic() < deadline:
            time.sleep(0.2)
            export = http.get(f"{url}/{export['exportId']}").json()
        if export["status"] != "READY":
            raise Failure(f"The export of refunds is {export['status']}: {export}")
        return httpx.get(export["downloadUrl"], trust_env=False).content.decode()


def _expected(sources: list[Path]) -> list[list[str]]:
    records = []
    for source in sources:
        with source.open(newline="", encoding="utf-8") as lines:
            records += csv.DictReader(lines, delimiter=";")
    kept = [record for record in records if record["reason"] in REASONS]
    kept.sort(key=lambda record: (record["createdAt"][:19], record["refundId"]))
    return [COLUMNS, *([_cell(column, record[column]) for column in COLUMNS] for record in kept)]


def _cell(column: str, text: str) -> str:
    if column == "createdAt":
        return f"{text[:19]}Z"
    return f"'{text}" if column in GUARDED and text.startswith(FORMULA_STARTS) else text


def _check_file(file: str, expected: list[list[str]]) -> None:
    rows = list(csv.reader(StringIO(file, newline=""), delimiter=";"))
    if rows == expected and len(rows) > len(REASONS):
        return
    pairs = enumerate(zip(rows, expected, strict=False))
    wrong = next((number for number, (row, wanted) in pairs if row != wanted), min(len(rows), len(expected)))
    raise Failure(f"The file of refunds has {len(rows)} rows, not {len(expected)}; row {wrong} differs first.")


def _check_page(copy: Path, environment: Mapping[str, str]) -> None:
    command = ["npx", "playwright", "test", "--config", "playwright.own-dataset.config.ts"]
    if subprocess.run(command, cwd=copy / CONSOLE.relative_to(ROOT), env=environment).returncode:
        raise Failure("The page does not offer the new dataset: see above.")
