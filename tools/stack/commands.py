"""Commands that say more than anyone wants to read: a spinner shows that they run, a file keeps what they say."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .settings import ROOT
from .steps import console

END_LINES = 15


def run_quietly(
    doing: str, command: Sequence[str], log: Path, *, folder: Path = ROOT, environment: Mapping[str, str] | None = None
) -> bool:
    """Runs a command behind a spinner. Says whether it succeeded."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    log.parent.mkdir(parents=True, exist_ok=True)
    with Progress(*columns, console=console, transient=True) as progress, log.open("w") as output:
        progress.add_task(doing)
        result = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    return result.returncode == 0


def end_of(log: Path) -> str:
    """The last lines of what a command said."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-END_LINES:])
