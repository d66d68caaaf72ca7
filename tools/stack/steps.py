"""What a command is doing, and how long each part took."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

console = Console(highlight=False)


class Steps:
    """The timed steps of one command."""

    def __init__(self) -> None:
        self._times: list[tuple[str, float]] = []
        setup = float(os.environ.get("STACK_SETUP_SECONDS", "0"))
        if setup:
            self._times.append(("setup", setup))

    @contextmanager
    def step(self, name: str, doing: str) -> Iterator[None]:
        """Announces a step and times it, also when it fails."""
        console.print(f"[bold cyan]▸[/] {doing}")
        started = time.monotonic()
        try:
            yield
        finally:
            self._times.append((name, time.monotonic() - started))

    def table(self) -> Table:
        table = Table(title="How long it took", title_justify="left", show_footer=True)
        table.add_column("step", footer="all")
        table.add_column("seconds", justify="right", footer=f"{sum(seconds for _, seconds in self._times):.1f}")
        for name, seconds in self._times:
            table.add_row(name, f"{seconds:.1f}")
        return table
