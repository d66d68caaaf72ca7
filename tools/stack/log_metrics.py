"""What the lines of the functions' logs add up to, as CloudWatch would have it: no calls and no clock."""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Of how many of the latest values the slowest and the middle are told.
KEPT_VALUES = 1_000

Key = tuple[str, str]


@dataclass
class Totals:
    """Sums, latest values and times, since the first line."""

    # By metric, and by the values of its dimensions: `Exports` by `READY`.
    sums: Counter[Key] = field(default_factory=Counter)
    latest: dict[Key, int] = field(default_factory=dict)
    values: dict[Key, deque[int]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=KEPT_VALUES)))
    # Answers by function, and by the first digit of their status.
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    # Messages and events by function, and by what became of them.
    outcomes: Counter[Key] = field(default_factory=Counter)
    milliseconds: dict[str, deque[int]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=KEPT_VALUES)))

    def add(self, text: str) -> None:
        """Adds a line of a log. What is no line of ours counts as nothing."""
        try:
            line = json.loads(text)
        except ValueError:
            return
        if not isinstance(line, dict):
            return
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
            for names in directive["Dimensions"]:
                dimensions = ", ".join(str(line[name]) for name in names)
                for metric in directive["Metrics"]:
                    self._add_metric((metric["Name"], dimensions), line[metric["Name"]])
        if line.get("message") in ("message", "event") and "outcome" in line:
            self.outcomes[line["function"], line["outcome"]] += 1
        if str(line.get("message")).endswith(" must come back"):
            self.outcomes[line["function"], "COMES_BACK"] += 1
        if line.get("message") == "request":
            self.answers[line["function"], line["status"] // 100] += 1
            self.milliseconds[line["function"]].append(line["milliseconds"])

    def _add_metric(self, key: Key, value: int) -> None:
        self.sums[key] += value
        self.latest[key] = value
        self.values[key].append(value)

    def of(self, name: str) -> dict[str, int]:
        """The sums of a metric by the values of its dimensions."""
        return {dimensions: total for (metric, dimensions), total in sorted(self.sums.items()) if metric == name}

    def share(self, name: str, dimensions: str, share: float) -> int | None:
        """The value that this share of a metric's latest values does not exceed."""
        return at_share(self.values.get((name, dimensions)), share)


def at_share(values: Any, share: float) -> int | None:
    """The value that a share of the values does not exceed; None if there are none."""
    if not values:
        return None
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def by_type(exports: Mapping[str, int]) -> dict[str, Counter[str]]:
    """Exports by type and outcome, of the sums of `Exports` with both: `READY, FUNDING_TRANSFERS`."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for dimensions, total in exports.items():
        outcome, _, kind = dimensions.partition(", ")
        # The stage of an end is its second dimension, too.
        if kind and kind not in {"QUEUED", "MAKING", "SENDING"}:
            found[kind][outcome] += total
    return dict(found)
