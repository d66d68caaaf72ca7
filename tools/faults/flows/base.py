"""What every flow has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..aws import Item, plain, sha256
from ..checker import Violation
from ..lane import Lane
from ..process import Outcome
from ..records import layout, transfers
from ..requests import CC, DATASET, EMAIL, KEY, answer_of, asked, key
from ..seen import Expected, Seen, Visit

LINK_LIFETIME_SECONDS = 604_800
SECRETS = (KEY, EMAIL, CC)
# How often a caller asks again who was answered 5xx, or not at all.
MOST_REQUESTS = 4


class Flow:
    """A way through the functions: a state to begin with, what happens then, and what must be true in the end."""

    name = ""
    # The functions whose calls fail.
    attacked: frozenset[str] = frozenset()
    # The tables that it only reads, but for the audit trail, and those that it changes.
    fixed: tuple[str, ...] = ("LedgerTable", "ApiKeysTable")
    tables: tuple[str, ...] = ("ExportsTable",)
    buckets: tuple[str, ...] = ("ExportsBucket",)
    # Whether the file's life is followed to its end.
    is_followed = True
    expected = Expected()
    # Whether the attacked functions learn what spares them calls. Then each run has new processes.
    learns = False
    # How many lanes may have it at the same time: the local AWS is one process.
    most_lanes = 100
    # Calls of which only the first ones are attacked: they come by a clock, or there is one for each shard of an index.
    timed: tuple[str, ...] = ()
    # What a launch asks for besides its copies.
    asked_for: ClassVar[Mapping[str, Any]] = {}

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any]] = []

    async def prepare(self, lane: Lane) -> None:
        """Makes the state that the flow begins with."""
        await lane.replace("ExportsTable", [])
        await lane.replace("LedgerTable", self.ledger())
        await lane.replace("ApiKeysTable", [key()])
        await lane.clear_buckets()
        lane.clear()
        await lane.watch()

    def ledger(self) -> list[Item]:
        return [*transfers(), layout("AUDIT_EVENTS")]

    async def act(self, lane: Lane) -> None:
        """What the flow is about. Whatever is left to do afterwards is done by `Lane.settle`."""
        raise NotImplementedError

    def expect(self, lane: Lane) -> Expected:
        return self.expected

    async def check(self, lane: Lane) -> list[Violation]:
        """What must be true of this flow beside the invariants that every flow keeps."""
        return []

    async def close(self) -> None:
        """Ends what the flow has opened."""

    # For flows

    async def ask(self, lane: Lane, function: str, event: dict[str, Any]) -> tuple[int, Any]:
        """One request to a function of an API."""
        answer = answer_of(await lane.invoke(function, event))
        self.answers.append(answer)
        return answer

    async def insist(self, lane: Lane, function: str, event: dict[str, Any]) -> tuple[int, Any]:
        """A request that is made again until it is answered other than 5xx."""
        for _ in range(MOST_REQUESTS):
            answer = await self.ask(lane, function, event)
            if answer[0] < 500:
                break
        return answer

    async def launch(self, lane: Lane, key: str = "k") -> str:
        """A launched export's id."""
        status, body = await self.insist(lane, "trigger", launch_event(key, self.asked_for))
        assert status == 201, (status, body)
        return body["exportId"]

    async def make(self, lane: Lane) -> str:
        """A READY export's id."""
        export_id = await self.launch(lane)
        await lane.settle()
        return export_id


def launch_event(key: str | None = "k", asked_for: Mapping[str, Any] | None = None) -> dict[str, Any]:
    headers = {"idempotency-key": key} if key else {}
    return asked("POST", f"{DATASET}/export", {"cc": [CC], **(asked_for or {})}, headers=headers)


def click_event(export_id: str, token: str) -> dict[str, Any]:
    return asked("GET", f"/v1/exports/{export_id}/download", query={"token": token})


async def expire(lane: Lane) -> None:
    """Lets the files' lives end."""
    await lane.pass_time(LINK_LIFETIME_SECONDS + 1)
    await lane.settle()


async def look(lane: Lane, ended_after: float, answers: list[tuple[int, Any]], log: str) -> Seen:
    """What is there now. The mailed links are followed last, because that is recorded."""
    bucket = lane.cloud.bucket("ExportsBucket")
    objects = {
        stored.key: sha256(await lane.aws.get(bucket, stored.key) or b"") for stored in await lane.aws.objects(bucket)
    }
    items = [plain(item) for item in await lane.aws.scan(lane.cloud.name("ExportsTable"))]
    audits = [plain(item) for item in await lane.audits()]
    return Seen(
        items=items,
        objects=objects,
        uploads=[key for key, _ in await lane.aws.uploads(bucket)],
        audits=audits,
        told=list(lane.told),
        visits=await _visits(lane),
        dead=[message.queue for message in lane.dead],
        ended_after=ended_after,
        answers=list(answers),
        log=log,
    )


async def _visits(lane: Lane) -> list[Visit]:
    """Follows every mailed link, as the people do who got the mails."""
    links = {mail.link for mail in lane.mails if mail.link}
    visits = []
    for export_id, token in sorted(links):
        outcome = await lane.invoke("download", click_event(export_id, token))
        visits.append(await _visit(lane, export_id, outcome))
    return visits


async def _visit(lane: Lane, export_id: str, outcome: Outcome) -> Visit:
    status, _ = answer_of(outcome)
    if status != 302:
        return Visit(export_id, status)
    headers = {name.lower(): value for name, value in outcome.payload["headers"].items()}
    multi = {name.lower(): value[0] for name, value in (outcome.payload.get("multiValueHeaders") or {}).items()}
    location = (headers | multi)["location"]
    answer = await lane.aws.fetch(location)
    return Visit(export_id, status if answer.status == 200 else answer.status, sha256(answer.body))
