"""`make demo`: one export as an API consumer makes it, shown and checked row by row."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

import httpx
from rich.json import JSON
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.rule import Rule
from rich.text import Text

from . import lifecycle
from .expected import differences, expected_rows
from .settings import DEMO_DATA, Failure, Stack
from .steps import Steps, console

COPY_TO = "finance@northwind.example"
PATH = "/v1/payments/funding-transfers/export"
POLL_SECONDS = 0.2
TIMEOUT_SECONDS = 300
SHOWN_LINES = 6
SHOWN_DIFFERENCES = 5


def demo(stack: Stack, steps: Steps) -> None:
    """Brings the stack up, exports its funding transfers, then shows and checks the result."""
    described = lifecycle.up(stack, steps)
    operator = described["keys"]["operator"]
    data = DEMO_DATA / operator["tenantId"] / "funding-transfers.csv"
    _, *loaded = expected_rows(data)
    rows = len(loaded)
    with httpx.Client(trust_env=False, timeout=60) as http:
        with steps.step("export", f"Exporting the funding transfers of {operator['email']}, with a copy to {COPY_TO}"):
            api = _Api(http, described["operatorApiUrl"], operator)
            export = api.wait(api.trigger(), total=rows)
        console.print(Panel(JSON.from_data(export), title="The export, as the API returns it", title_align="left"))
        if export["status"] != "READY":
            raise Failure(f"The export ended {export['status']}: {export.get('failureReason', 'no reason given')}")
        email = _email(http, stack, export)
        link = _link(email, described["linkApiUrl"])
        _show_email(email, link)
        with steps.step("check", "Fetching the file through the mailed link and comparing it with the demo data"):
            content = _download(http, link)
            file = content.decode("utf-8")
            claims = _false_claims(export, email, rows=rows, size=len(content))
            found = list(islice(chain(claims, differences(file, data)), SHOWN_DIFFERENCES))
    first_lines = Text("\n".join(file.split("\n")[:SHOWN_LINES]), overflow="ellipsis", no_wrap=True)
    console.print(Panel(first_lines, title="The file's first lines", title_align="left"))
    if found:
        raise Failure("The file is not what was loaded:\n  " + "\n  ".join(found))
    console.print(f"[bold green]✓[/] {rows:,} rows, each as it was loaded, in order.")
    console.print(steps.table())
    _show_how_to_go_on(stack, described, export)


class _Api:
    """The operator API as one caller sees it."""

    def __init__(self, http: httpx.Client, url: str, identity: dict[str, str]) -> None:
        self._http = http
        self._url = url + PATH
        self._headers = {"dj-client": identity["role"], "dj-api-key": identity["key"]}

    def trigger(self) -> str:
        """Launches an export, after one that is still being made. Returns its id."""
        while True:
            response = self._http.post(self._url, headers=self._headers, json={"cc": [COPY_TO]})
            if response.status_code != httpx.codes.CONFLICT:
                return _answer(response, httpx.codes.CREATED)["exportId"]
            console.print("  Another export is still being made: waiting for it.")
            self.wait(response.json()["exportId"], total=None)

    def wait(self, export_id: str, total: int | None) -> dict[str, Any]:
        """Polls until the export is no longer PENDING, and shows its progress."""
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f} rows"),
            TimeElapsedColumn(),
        )
        deadline = time.monotonic() + TIMEOUT_SECONDS
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("PENDING", total=total)
            while time.monotonic() < deadline:
                response = self._http.get(f"{self._url}/{export_id}", headers=self._headers)
                export = _answer(response, httpx.codes.OK)
                if export["status"] != "PENDING":
                    return export
                progress.update(task, completed=export.get("progress", {}).get("rowsWritten", 0))
                time.sleep(POLL_SECONDS)
        raise Failure(
            f"The export {export_id} was still PENDING after {TIMEOUT_SECONDS} seconds; the log of the local AWS is"
            " .local/<port>/emulator.log."
        )


def _answer(response: httpx.Response, expected: int) -> dict[str, Any]:
    if response.status_code != expected:
        request = response.request
        raise Failure(f"{request.method} {request.url} answered {response.status_code}: {response.text}")
    return response.json()


def _email(http: httpx.Client, stack: Stack, export: dict[str, Any]) -> dict[str, Any]:
    """The mail about this export, as SES took it."""
    response = http.get(f"{stack.endpoint}/_ministack/ses/messages")
    by_account = _answer(response, httpx.codes.OK)["messages"]
    sent = (email for emails in by_account.values() for email in emails)
    about = [email for email in sent if export["exportId"] in email["BodyText"]]
    if not about:
        raise Failure(f"No mail about {export['exportId']} was sent.")
    return about[-1]


def _link(email: dict[str, Any], link_api: str) -> str:
    found = re.search(re.escape(link_api) + r"\S+", email["BodyText"])
    if found is None:
        raise Failure(f"The mail has no link that begins with {link_api}.")
    return found.group()


def _false_claims(export: dict[str, Any], email: dict[str, Any], *, rows: int, size: int) -> Iterator[str]:
    """A sentence for each thing that the export or its mail says wrongly."""
    if export["rowCount"] != rows:
        yield f"the export says it has {export['rowCount']} rows; {rows} were loaded"
    if export["fileSize"] != size:
        yield f"the export says its file has {export['fileSize']} bytes; {size} were fetched"
    if sorted(email["To"] + email["CC"]) != sorted(export["recipients"]):
        yield f"the mail went to {email['To'] + email['CC']}; the export says {export['recipients']}"


def _show_email(email: dict[str, Any], link: str) -> None:
    lines = (
        ("From", email["Source"]),
        ("To", ", ".join(email["To"])),
        ("Cc", ", ".join(email["CC"])),
        ("Subject", email["Subject"]),
        ("Link", link),
    )
    console.print(Rule("The email", align="left"))
    # Not in a frame, which would break the link in two.
    for name, value in lines:
        console.print(Text(f"{name + ':':<9}{value}"), soft_wrap=True)
    console.print(Text(f"\n{email['BodyText'].strip()}"), soft_wrap=True)
    console.print(Rule())


def _download(http: httpx.Client, link: str) -> bytes:
    response = http.get(link, follow_redirects=True)
    if not response.is_success:
        raise Failure(f"The mailed link answered {response.status_code}: {response.text}")
    return response.content


def _show_how_to_go_on(stack: Stack, described: dict[str, Any], export: dict[str, Any]) -> None:
    operator = described["keys"]["operator"]
    console.print("\n[bold]The stack goes on running.[/] Try it:\n")
    lifecycle.show(stack, described)
    console.print(
        f"\n  curl -H 'dj-client: {operator['role']}' -H 'dj-api-key: {operator['key']}' \\\n"
        f"    {described['operatorApiUrl']}{PATH}/{export['exportId']}\n",
        soft_wrap=True,
    )
    console.print("Stop it with `make down`.")
