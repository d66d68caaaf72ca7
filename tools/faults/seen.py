"""What is there when a flow has settled: the checker looks at nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ENDED = {"READY", "FAILED", "CANCELLED", "EXPIRED"}


@dataclass(frozen=True)
class Visit:
    """What a mailed link led to: the answer's status, and the SHA-256 of the file behind it."""

    export_id: str
    status: int
    sha256: str | None = None


@dataclass(frozen=True)
class Seen:
    """The state of a lane. Items have plain values."""

    items: list[dict[str, Any]] = field(default_factory=list)
    # By key: SHA-256.
    objects: dict[str, str] = field(default_factory=dict)
    uploads: list[str] = field(default_factory=list)
    # Records of the audit trail.
    audits: list[dict[str, Any]] = field(default_factory=list)
    # Events on the bus.
    told: list[dict[str, Any]] = field(default_factory=list)
    # One a mail with a link.
    visits: list[Visit] = field(default_factory=list)
    # Queues with messages that nobody takes.
    dead: list[str] = field(default_factory=list)
    # How long it took until nothing was left to do, without what was only cleaned up: seconds.
    ended_after: float = 0.0
    # What callers were answered: status and body.
    answers: list[tuple[int, Any]] = field(default_factory=list)
    # Everything that the functions logged.
    log: str = ""

    def exports(self) -> list[dict[str, Any]]:
        return [item for item in self.items if item["sort"].startswith("exp_") and "requesterId" in item]

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [item for item in self.items if item["partition"].startswith(f"{kind}#")]


@dataclass(frozen=True)
class Expected:
    """What must be seen."""

    # How each export may end.
    statuses: frozenset[str] = frozenset({"READY"})
    # How many exports there are at least and at most.
    exports: tuple[int, int] = (1, 1)
    # Of the file that a run without a fault makes.
    sha256: str | None = None
    # How soon it must be over: seconds.
    within: float = 300.0
    # What must not be in a log.
    secrets: tuple[str, ...] = ()
    # Queues for people in which a message belongs.
    dead_letters: tuple[str, ...] = ()
    # Whether the files' lives have ended: then nothing of them may be left.
    is_over: bool = False
