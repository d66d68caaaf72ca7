"""`make watch`: the metrics of the local stack, live, from its functions' logs."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from . import aws
from .log_metrics import Totals, at_share, by_type
from .settings import STACK_NAME, Stack
from .steps import console

SECONDS_BETWEEN_LOOKS = 2
# A line may be in the log later than its time says.
OVERLAP_MILLISECONDS = 10_000

OUTCOMES = ("ACCEPTED", "READY", "FAILED", "CANCELLED", "EXPIRED")
STAGES = ("QUEUED", "MAKING", "SENDING")


class Reader:
    """Reads what the functions' logs have, and then what is new. `begin` is in Unix milliseconds."""

    def __init__(self, stack: Stack, begin: int = 0) -> None:
        self.logs = aws.client(stack, "logs")
        self.since: dict[str, int] = defaultdict(lambda: begin)
        self.seen: dict[str, set[tuple[str, int, str]]] = {}

    def new_lines(self) -> Iterator[str]:
        groups = self.logs.get_paginator("describe_log_groups").paginate(
            logGroupNamePrefix=f"/aws/lambda/{STACK_NAME}-"
        )
        for name in [group["logGroupName"] for page in groups for group in page["logGroups"]]:
            yield from self._new_lines(name)

    def _new_lines(self, group: str) -> Iterator[str]:
        since, seen = self.since[group], self.seen.get(group, set())
        pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
        events = [event for page in pages for event in page["events"]]
        if not events:
            return
        self.since[group] = max(max(event["timestamp"] for event in events) - OVERLAP_MILLISECONDS, since)
        self.seen[group] = {_identity(event) for event in events if event["timestamp"] >= self.since[group]}
        for event in events:
            if _identity(event) not in seen:
                yield from event["message"].splitlines()


def _identity(event: Mapping[str, Any]) -> tuple[str, int, str]:
    """What tells an event from others: the local AWS gives them no ids."""
    return event["logStreamName"], event["timestamp"], event["message"]


def watch(stack: Stack, *, once: bool) -> None:
    """Shows the metrics until somebody stops it, or once."""
    reader, totals = Reader(stack), Totals()
    _read(reader, totals)
    if once:
        console.print(drawn(totals))
        return
    with Live(drawn(totals), console=console, screen=True) as live:
        while True:
            time.sleep(SECONDS_BETWEEN_LOOKS)
            _read(reader, totals)
            live.update(drawn(totals))


def _read(reader: Reader, totals: Totals) -> None:
    for line in reader.new_lines():
        totals.add(line)


def drawn(totals: Totals) -> RenderableType:
    """All that is known, in tables."""
    title = Text("The local stack, since it started · Ctrl-C ends this", style="bold")
    makers = (_exports, _files, _stages, _mails, _background, _requests, _outcomes)
    tables = [make(totals) for make in makers]
    return Group(title, Columns(tables, padding=(1, 3)))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table


def _exports(totals: Totals) -> Table:
    table = _table("Exports", "type", *(outcome.lower() for outcome in OUTCOMES))
    exports = totals.of("Exports")
    for kind, counts in sorted(by_type(exports).items()):
        table.add_row(kind.lower(), *(_number(counts[outcome]) for outcome in OUTCOMES))
    table.add_row("all", *(_number(exports.get(outcome, 0)) for outcome in OUTCOMES), style="bold")
    return table


def _files(totals: Totals) -> Table:
    table = _table("Files", "", "")
    table.add_row("rows", _number(totals.sums["Rows", "READY"]))
    table.add_row("bytes", _number(totals.sums["Bytes", "READY"]))
    return table


def _stages(totals: Totals) -> Table:
    table = _table("Seconds to the end of a stage", "stage", "half", "90 %", "all")
    for stage in STAGES:
        shares = (totals.share("TimeSinceRequest", stage, share) for share in (0.5, 0.9, 1))
        table.add_row(stage.lower(), *map(_seconds, shares))
    return table


def _mails(totals: Totals) -> Table:
    table = _table("Mails, by address", "outcome", "")
    for outcome, total in totals.of("Mails").items():
        table.add_row(outcome.lower(), _number(total))
    return table


def _background(totals: Totals) -> Table:
    table = _table("Behind", "", "")
    oldest, lag = totals.latest.get(("OldestPendingAge", "reconciler")), totals.latest.get(("FeedLag", "recorder"))
    table.add_row("oldest pending export, seconds", _number(oldest))
    table.add_row("ledger, seconds", _seconds(lag))
    for name, label in (("ChangesWritten", "changes written"), ("ChangesRefused", "changes refused")):
        table.add_row(label, _number(totals.sums[name, "recorder"]))
    for name in ("Retries", "Throttles"):
        table.add_row(name.lower(), _number(sum(totals.of(name).values())))
    return table


def _requests(totals: Totals) -> Table:
    table = _table("Requests", "function", "2xx", "3xx", "4xx", "5xx", "ms, half", "99 %")
    for function, milliseconds in sorted(totals.milliseconds.items()):
        counts = (_number(totals.answers[function, digit]) for digit in (2, 3, 4, 5))
        table.add_row(function, *counts, *(_number(at_share(milliseconds, share)) for share in (0.5, 0.99)))
    return table


def _outcomes(totals: Totals) -> Table:
    table = _table("Messages and events", "function", "outcome", "")
    for (function, outcome), total in sorted(totals.outcomes.items()):
        table.add_row(function, outcome.lower().replace("_", " "), _number(total))
    return table


def _number(value: Any) -> str:
    return "–" if value is None else f"{value:,}"


def _seconds(milliseconds: int | None) -> str:
    return "–" if milliseconds is None else f"{milliseconds / 1000:.1f}"
