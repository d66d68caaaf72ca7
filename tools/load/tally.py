"""What the users saw: answers by act and status, how long they took, and whatever should not have been."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """The notes of all users."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    # Which tenant each accepted export is of.
    accepted: dict[str, str] = field(default_factory=dict)
    # The ids of requests that were answered 5xx.
    server_errors: list[str] = field(default_factory=list)
    # Answers that no rule of the API explains, and what crossed a tenant.
    unexpected: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)

    def answered(self, act: str, status: int, seconds: float, expected: set[int], text: str, request_id: str) -> None:
        """Notes an answer. A 429 is one that may always come."""
        self.answers[act][str(status)] += 1
        self.seconds[act].append(seconds)
        if status >= 500:
            self.server_errors.append(request_id)
        elif status not in expected | {429}:
            self.unexpected.append(f"{act}: {status} {text[:200]}")

    def unanswered(self, act: str, why: str) -> None:
        """Notes a request for which no answer came."""
        self.answers[act][why] += 1

    def saw(self, tenant: str, export_ids: set[str]) -> None:
        """Notes the exports that a user of this tenant was shown."""
        self.leaks += [
            f"{tenant} was shown {export_id} of {owner}"
            for export_id in export_ids
            if (owner := self.accepted.get(export_id, tenant)) != tenant
        ]

    def described(self) -> dict[str, Any]:
        """The figures by act."""
        return {
            act: {
                "answers": dict(sorted(self.answers[act].items())),
                "medianSeconds": round(statistics.median(self.seconds[act]), 3) if self.seconds[act] else None,
                "p95Seconds": round(percentile(self.seconds[act], 95), 3) if self.seconds[act] else None,
            }
            for act in sorted(self.answers)
        }


def percentile(values: list[float], percent: int) -> float:
    """The least value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
