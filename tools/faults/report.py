"""What was tried, as a table and as `.local/faults.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from .case import Baseline, Result
from .checker import as_json


def document(baselines: Mapping[str, Baseline], results: Sequence[Result], seconds: float) -> dict[str, Any]:
    """`tried` counts the cases whose call came; without its call a case proves nothing."""
    tried = [result for result in results if result.was_tried]
    return {
        "tried": len(tried),
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
        "seconds": round(seconds, 1),
        "flows": [
            {
                "flow": name,
                "calls": [str(target) for target in found.targets],
                "tried": sum(result.case.flow.name == name for result in tried),
                "violations": sum(len(result.violations) for result in results if result.case.flow.name == name),
            }
            for name, found in baselines.items()
        ],
    }


def write(path: Path, report: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")


def table(report: Mapping[str, Any]) -> Table:
    flows = report["flows"]
    shown = Table(title="Faults", title_justify="left", show_footer=True)
    shown.add_column("flow", footer="all")
    for name, title in (("calls", "calls"), ("tried", "faults tried"), ("violations", "broken promises")):
        total = sum(_count(flow[name]) for flow in flows)
        shown.add_column(title, footer=f"{total:,}", justify="right")
    for flow in flows:
        shown.add_row(flow["flow"], *(f"{_count(flow[name]):,}" for name in ("calls", "tried", "violations")))
    return shown


def _count(value: Any) -> int:
    return len(value) if isinstance(value, list) else value
