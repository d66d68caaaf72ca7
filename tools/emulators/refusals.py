"""What an implementation of AWS refuses of our template, compared with the list of what is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tomlkit import parse

KNOWN = Path(__file__).with_name("localstack-refusals.toml")


@dataclass(frozen=True)
class Refusal:
    """A resource that was not made, and the words in which that was said."""

    resource: str
    type: str
    message: str


@dataclass(frozen=True)
class Known:
    """A part of the words that are expected of a resource, and why it is no fault of ours."""

    says: str
    reason: str


def known() -> dict[str, Known]:
    """What is known, by the resource's logical id."""
    return {name: Known(**entry) for name, entry in parse(KNOWN.read_text()).unwrap().items()}


def differences(refusals: Iterable[Refusal], expected: Mapping[str, Known]) -> Iterator[str]:
    """A sentence for each refusal that is not known, and for each known one that did not come."""
    left = set(expected)
    for refusal in refusals:
        entry = expected.get(refusal.resource)
        left.discard(refusal.resource)
        if entry is None or entry.says not in refusal.message:
            yield f"{refusal.resource} ({refusal.type}) is refused: {refusal.message}"
    for name in sorted(left):
        yield f"{name} is no longer refused: take it out of {KNOWN.name}"
