"""Stops and starts the generator: while it is stopped, messages stay in the queue."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

TIMEOUT_SECONDS = 30


class Generator:
    """The function that makes the files, and the mapping that feeds it."""

    def __init__(self, lambdas: Any, stack_name: str) -> None:
        self.lambdas = lambdas
        name = f"{stack_name}-generator"
        [mapping] = lambdas.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        self.mapping = mapping["UUID"]

    @contextmanager
    def held(self) -> Iterator[None]:
        """No message reaches the generator within, or until it is released."""
        self._switch(enabled=False)
        try:
            yield
        finally:
            self.release()

    def release(self) -> None:
        self._switch(enabled=True)

    def _switch(self, *, enabled: bool) -> None:
        self.lambdas.update_event_source_mapping(UUID=self.mapping, Enabled=enabled)
        wanted = "Enabled" if enabled else "Disabled"
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while self.lambdas.get_event_source_mapping(UUID=self.mapping)["State"] != wanted:
            assert time.monotonic() < deadline, f"the mapping is not {wanted}"
            time.sleep(0.05)
