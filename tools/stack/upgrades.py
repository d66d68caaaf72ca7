"""An upgrade from an earlier commit to this checkout, and the way back, each in the middle of an export.

The generator is given little time for each call, and a ledger that answers slowly. So an export takes many calls, and
goes on while another release is deployed: calls of both make the same file.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from samcli.yamlhelper import yaml_dump

from . import aws, build, deploy, lifecycle, project_copy, template
from .large_ledger import BENCH_SERVER, LargeLedger, serving
from .settings import BUILD, ROOT, STACK_NAME, Failure, Stack, free_port
from .steps import Steps, console

GENERATOR = "GeneratorFunction"
CALL_SECONDS = 12
ROWS = 1_000_000
SLOW_PAGE_MILLISECONDS = 1000
PATH = "/v1/payments/funding-transfers/export"
# The stack's outputs that name what holds data.
DATA = (
    "ExportsTable",
    "LedgerTable",
    "ApiKeysTable",
    "WebhooksTable",
    "WebhookSecretsTable",
    "Bucket",
    "InboxBucket",
)
# An export of slow pages takes about a minute.
TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class Release:
    """A version of the product, with a generator that is in a hurry."""

    name: str
    source: template.Source


@dataclass(frozen=True)
class Made:
    """An export that is READY."""

    export_id: str
    sha256: str


class Platform:
    """A stack with one release or another, and an operator who exports a large ledger."""

    def __init__(self, stack: Stack, described: Mapping[str, Any], ledger_port: int) -> None:
        self.stack = stack
        self.data = {name: deploy.outputs(stack)[name] for name in DATA}
        self.described = described
        self.ledger_port = ledger_port
        operator = described["keys"]["operator"]
        headers = {"dj-client": operator["role"], "dj-api-key": operator["key"]}
        self.http = httpx.Client(headers=headers, trust_env=False, timeout=60)

    def deploy(self, release: Release) -> None:
        outputs = deploy.deploy(self.stack, release.source)
        if replaced := [name for name, held in self.data.items() if outputs.get(name) != held]:
            raise Failure(f"{release.name} replaced {', '.join(replaced)}: all that was in there is lost.")
        # The local AWS gives an API that changes another address; AWS keeps it.
        self.http.base_url = outputs["OperatorApiUrl"]

    def ledger(self, *, page_milliseconds: int) -> AbstractContextManager[LargeLedger]:
        """A ledger of so many rows, each page of which takes so long, within."""
        options = {"port": self.ledger_port, "rows": ROWS, "page_latency_ms": page_milliseconds}
        return serving(BENCH_SERVER, self.described, **options)

    def launch(self) -> str:
        return self.http.post(PATH, json={}).raise_for_status().json()["exportId"]

    def shown(self, export_id: str) -> dict[str, Any]:
        return self.http.get(f"{PATH}/{export_id}").raise_for_status().json()

    def until(self, export_id: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The export as soon as it is so. Fails with a sentence if it is not in time."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not is_so(export := self.shown(export_id)):
            if time.monotonic() > deadline:
                raise Failure(f"The export is {export['status']} after {TIMEOUT_SECONDS} seconds: {export}")
            time.sleep(0.5)
        return export

    def made(self, export_id: str) -> Made:
        """The export when it is READY."""
        export = self.until(export_id, lambda export: export["status"] != "PENDING")
        if export["status"] != "READY":
            raise Failure(f"The export ended {export['status']}: {export.get('failureReason', 'no reason given')}")
        digest = hashlib.sha256()
        with httpx.stream("GET", export["downloadUrl"], trust_env=False) as answer:
            for piece in answer.raise_for_status().iter_bytes():
                digest.update(piece)
        return Made(export_id, digest.hexdigest())

    def versions(self, export_id: str) -> set[str]:
        """The versions of the generator whose logs tell of the export: a stream's name has the version in brackets."""
        pages = aws.client(self.stack, "logs").get_paginator("filter_log_events")
        group = f"/aws/lambda/{STACK_NAME}-generator"
        events = (
            event
            for page in pages.paginate(logGroupName=group, filterPattern=f'"{export_id}"')
            for event in page["events"]
        )
        return {event["logStreamName"].partition("[")[2].partition("]")[0] for event in events}


def hindrance(commit: str) -> str | None:
    """Why an upgrade from this commit cannot be tried here, as the end of a sentence."""
    earlier = project_copy.file_of_commit(commit, "template.yaml")
    if earlier is None:
        return f"this clone has no commit {commit}"
    if "AutoPublishAlias" not in earlier:
        # On the way back the local AWS waits for ever for a version that goes with its alias.
        return f"{commit} is from before functions had an alias"
    return None


def prove(steps: Steps, commit: str) -> None:
    """Fails with a sentence unless exports that began before an upgrade or the way back have the same bytes."""
    with tempfile.TemporaryDirectory(prefix="upgrades-") as folder:
        ledger_port = free_port()
        with steps.step("earlier release", f"Compiling what {commit} deploys"):
            earlier = _earlier(commit, Path(folder) / "earlier", ledger_port)
        stack = Stack(free_port())
        try:
            described = lifecycle.up(stack, steps, is_latest=False)
            current = _current(Path(folder) / "current", ledger_port)
            build.compile_large_ledger()
            platform = Platform(stack, described, ledger_port)
            with steps.step("undisturbed", "Making an export with one release"):
                platform.deploy(current)
                with platform.ledger(page_milliseconds=0):
                    whole = platform.made(platform.launch())
            with platform.ledger(page_milliseconds=SLOW_PAGE_MILLISECONDS):
                for before, after in ((current, earlier), (earlier, current)):
                    doing = f"Deploying {after.name} in the middle of an export that {before.name} began"
                    with steps.step(f"to {after.name}", doing):
                        _prove_one(platform, after, whole)
        finally:
            lifecycle.down(stack)
    console.print(f"[green]✓[/] {ROWS:,} rows were exported across an upgrade from {commit} and back: the same bytes.")


def _prove_one(platform: Platform, after: Release, whole: Made) -> None:
    export_id = platform.launch()
    platform.until(export_id, lambda export: export.get("progress", {}).get("rowsWritten", 0) > 0)
    platform.deploy(after)
    if (export := platform.shown(export_id))["status"] != "PENDING":
        raise Failure(f"The export was {export['status']} before {after.name} was deployed: nothing was shown.")
    made = platform.made(export_id)
    if made.sha256 != whole.sha256:
        raise Failure(f"{export_id}, which two releases made, has other bytes than {whole.export_id}, which one made.")
    if len(versions := platform.versions(export_id)) < 2:
        raise Failure(f"Only version {', '.join(versions)} of the generator has worked on {export_id}.")


def _earlier(commit: str, copy: Path, ledger_port: int) -> Release:
    copy.mkdir()
    project_copy.of_commit(commit, copy)
    environment = project_copy.environment(copy)
    if not (copy / "console" / "node_modules").exists():
        _run("npm", "ci", "--no-audit", "--no-fund", folder=copy / "console", environment=environment)
    _run("npm", "run", "--silent", "build", folder=copy / "console", environment=environment)
    binaries = template.binaries(copy / "template.yaml")
    packages = [argument for binary in binaries for argument in ("--package", binary)]
    _run("cargo", "build", "--locked", *packages, folder=copy, environment=environment)
    build.pack(binaries, compiled=copy / "target" / "debug", folder=copy / "packages")
    _hurry(copy / "template.yaml", copy / "hurried.yaml", ledger_port)
    return Release("the earlier release", template.Source(copy / "hurried.yaml", copy / "packages"))


def _current(folder: Path, ledger_port: int) -> Release:
    folder.mkdir()
    (folder / "infra").symlink_to(ROOT / "infra")
    _hurry(template.TEMPLATE, folder / "hurried.yaml", ledger_port)
    return Release("this release", template.Source(folder / "hurried.yaml", BUILD))


def _hurry(path: Path, target: Path, ledger_port: int) -> None:
    """Writes the template with a generator of short calls, whose DynamoDB is a slow ledger."""
    release = template.read(path)
    generator = release["Resources"][GENERATOR]["Properties"]
    generator["Timeout"] = CALL_SECONDS
    generator["Environment"]["Variables"]["AWS_ENDPOINT_URL_DYNAMODB"] = f"http://127.0.0.1:{ledger_port}"
    target.write_text(yaml_dump(release))


def _run(*command: str, folder: Path, environment: Mapping[str, str]) -> None:
    if subprocess.run(command, cwd=folder, env=environment).returncode:
        raise Failure(f"{' '.join(command[:3])} failed in {folder}: see above.")
