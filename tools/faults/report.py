"""What was tried, as a table and as `.local/faults.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from .checker import as_json
from .run import Tally

COUNTED = {"calls": "calls", "tried": "faults tried", "violations": "broken promises"}


def document(tally: Tally) -> dict[str, Any]:
    """`tried` counts the cases whose call came; without its call a case proves nothing."""
    results = tally.results
    tried = [result for result in results if result.was_tried]
    return {
        "tried": len(tried),
        "planned": tally.planned,
        "violations": [
            {
                "flow": result.case.flow.name,
                "call": str(result.case.target),
                "fault": result.case.fault.name,
                **as_json(violation),
            }
            for result in results
            for violation in result.violations
        ],
        "notReached": [result.case.name for result in results if not result.was_tried],
        "seconds": round(tally.seconds, 1),
        "flows": [
            {
                "flow": name,
                "calls": [str(target) for target in found.targets],
                "tried": sum(result.case.flow.name == name for result in tried),
                "longestPendingSeconds": max(
                    (result.pending_for for result in tried if result.case.flow.name == name), default=0
                ),
                "violations": sum(len(result.violations) for result in results if result.case.flow.name == name),
            }
            for name, found in tally.baselines.items()
        ],
    }


def write(path: Path, report: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")


def table(report: Mapping[str, Any]) -> Table:
    flows = report["flows"]
    shown = Table(title="Faults", title_justify="left", show_footer=True)
    shown.add_column("flow", footer="all")
    for name, title in COUNTED.items():
        total = sum(_count(flow[name]) for flow in flows)
        shown.add_column(title, footer=f"{total:,}", justify="right")
    shown.add_column("pending for at most", justify="right")
    for flow in flows:
        counts = (f"{_count(flow[name]):,}" for name in COUNTED)
        shown.add_row(flow["flow"], *counts, f"{flow['longestPendingSeconds']:.0f} s")
    return shown


def _count(value: Any) -> int:
    return len(value) if isinstance(value, list) else value
