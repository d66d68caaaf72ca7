"""What `make watch` makes of the functions' logs."""

from __future__ import annotations

import json
import time
from typing import Any

from rich.console import Console
from stack.log_metrics import Totals, at_share, by_type
from stack.settings import Stack
from stack.watch import Reader, drawn
from support.api import Api, Caller
from support.waiting import until

DATASET = "marketplace-payouts"


def metrics(dimension_sets: list[list[str]], **values: Any) -> str:
    """A line of the embedded metric format. Numbers are metrics, texts are dimensions."""
    names = [{"Name": name, "Unit": "Count"} for name, value in values.items() if isinstance(value, int)]
    directive = {"Namespace": "PayoutExports/x", "Dimensions": dimension_sets, "Metrics": names}
    return json.dumps({"_aws": {"Timestamp": 1, "CloudWatchMetrics": [directive]}, **values})


def test_metrics_are_added_up_by_each_set_of_dimensions() -> None:
    totals = Totals()
    for kind, outcome in (("A", "READY"), ("B", "READY"), ("A", "FAILED")):
        totals.add(metrics([["Outcome"], ["Outcome", "Type"]], Outcome=outcome, Type=kind, Exports=1))
    totals.add(metrics([["Outcome", "Stage"]], Outcome="FAILED", Stage="MAKING", Exports=1))
    assert totals.of("Exports") | {} == {
        "READY": 2,
        "FAILED": 1,
        "READY, A": 1,
        "READY, B": 1,
        "FAILED, A": 1,
        "FAILED, MAKING": 1,
    }
    assert by_type(totals.of("Exports")) == {"A": {"READY": 1, "FAILED": 1}, "B": {"READY": 1}}


def test_the_latest_value_and_the_slowest_are_kept() -> None:
    totals = Totals()
    for age in (5, 90, 7):
        totals.add(metrics([["Function"]], Function="reconciler", OldestPendingAge=age))
    key = ("OldestPendingAge", "reconciler")
    assert (totals.latest[key], totals.share(*key, 0.5), totals.share(*key, 1)) == (7, 7, 90)
    assert (at_share([], 0.5), totals.share("OldestPendingAge", "nobody", 1)) == (None, None)


def test_answers_are_counted_and_what_is_no_line_of_ours_is_not() -> None:
    totals = Totals()
    for status in (200, 204, 500):
        totals.add(json.dumps({"message": "request", "function": "list", "status": status, "milliseconds": status}))
    for text in ("START RequestId: 1", "3", '{"message":"recorded"}', '{"type":"platform.start","record":{}}', ""):
        totals.add(text)
    assert totals.answers == {("list", 2): 2, ("list", 5): 1}
    assert at_share(totals.milliseconds["list"], 0.99) == 500


def test_messages_and_events_are_counted_by_what_became_of_them() -> None:
    totals = Totals()
    for function, message, outcome in (
        ("generator", "message", {"outcome": "READY"}),
        ("expirer", "event", {"outcome": "EXPIRED"}),
        ("expirer", "event", {"outcome": "EXPIRED"}),
        ("expirer", "the event must come back", {"cause": "throttled"}),
        ("loader", "a file has ended", {"status": "Loaded"}),
    ):
        totals.add(json.dumps({"message": message, "function": function, **outcome}))
    assert totals.outcomes == {
        ("generator", "READY"): 1,
        ("expirer", "EXPIRED"): 2,
        ("expirer", "COMES_BACK"): 1,
    }


def test_the_logs_of_the_stack_are_read_once(api: Api, newcomer: Caller, stack: dict[str, Any]) -> None:
    port = int(stack["endpointUrl"].rpartition(":")[2])
    reader, totals = Reader(Stack(port), begin=int(time.time() * 1000)), Totals()
    api.make(newcomer, DATASET)

    def ready() -> int:
        for line in reader.new_lines():
            totals.add(line)
        return totals.of("Exports").get("READY, MARKETPLACE_PAYOUTS", 0)

    until(lambda: ready() > 0)
    # What is read again, because a line may come late, is not counted again.
    assert ready() == 1
    console = Console(width=200)
    with console.capture() as shown:
        console.print(drawn(totals))
    [row] = [line for line in shown.get().splitlines() if line.startswith("marketplace_payouts")]
    # Accepted and ready.
    assert row.split()[1:3] == ["1", "1"]
    assert totals.outcomes["generator", "READY"] >= 1 and "Messages and events" in shown.get()
