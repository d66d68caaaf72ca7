"""Compares what is there with the invariants of ARCHITECTURE.md. Plain functions: the tests show them broken states."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .seen import ENDED, Expected, Seen

# The event of each end.
EVENT_OF = {
    "READY": "export.ready",
    "EXPIRED": "export.ready",
    "FAILED": "export.failed",
    "CANCELLED": "export.cancelled",
}
GONE = {404, 410}


@dataclass(frozen=True)
class Violation:
    """A promise that was broken. `invariant` is its number in ARCHITECTURE.md."""

    invariant: int
    seen: str


def violations(seen: Seen, expected: Expected) -> list[Violation]:
    """Every promise that is broken."""
    return [
        Violation(invariant, sentence)
        for invariant, rules in RULES.items()
        for rule in rules
        for sentence in rule(seen, expected)
    ]


def _ends(seen: Seen, expected: Expected) -> Iterator[str]:
    exports = seen.exports()
    fewest, most = expected.exports
    if not fewest <= len(exports) <= most:
        yield f"there are {len(exports)} exports"
    for export in exports:
        if export["status"] not in expected.statuses:
            yield f"an export is {export['status']} and not {' or '.join(sorted(expected.statuses))}"
    if seen.ended_after > expected.within:
        yield f"it took {seen.ended_after:.0f} seconds until it ended"


def _nothing_is_due(seen: Seen, expected: Expected) -> Iterator[str]:
    for item in seen.items:
        due = item.get("dueShard", "").partition("#")[0]
        if due in {"PENDING", "CLEAN_UP"}:
            yield f"an export that is {item['status']} is still due: {due}"
    for queue in seen.dead:
        if queue not in expected.dead_letters:
            yield f"a message is left in {queue}"
    for queue in set(expected.dead_letters) - set(seen.dead):
        yield f"no message is in {queue}"


def _file_is_whole(seen: Seen, expected: Expected) -> Iterator[str]:
    for export in seen.exports():
        if export["status"] != "READY":
            continue
        file = export.get("file")
        if file is None:
            yield "a READY export has no file"
            continue
        stored = seen.objects.get(file["key"])
        if stored is None:
            yield "the file of a READY export is not in the bucket"
        elif stored != file["sha256"]:
            yield "the file of a READY export is not the one that its record tells of"
        if expected.sha256 is not None and file["sha256"] != expected.sha256:
            yield "the file is another one than without a fault"
        if f"{file['key'].removesuffix('.csv')}.manifest.json" not in seen.objects:
            yield "the file of a READY export has no manifest"


def _mail_with_a_link(seen: Seen, expected: Expected) -> Iterator[str]:
    for export in seen.exports():
        if export["status"] != "READY":
            continue
        visits = [visit for visit in seen.visits if visit.export_id == export["sort"]]
        good = [visit for visit in visits if visit.status == 302]
        if not visits:
            yield "no mail about a READY export was accepted"
        elif not good:
            yield f"no link of {len(visits)} mails about a READY export works: {[visit.status for visit in visits]}"
        elif any(visit.sha256 != export.get("file", {}).get("sha256") for visit in good):
            yield "a link leads to another file"


def _locks(seen: Seen, _: Expected) -> Iterator[str]:
    status = {export["sort"]: export["status"] for export in seen.exports()}
    for lock in seen.of_kind("lock"):
        if status.get(lock["exportId"]) != "PENDING":
            yield f"a lock is left of an export that is {status.get(lock['exportId'], 'not there')}"
    pending = Counter(
        (export["partition"], export["requesterId"]) for export in seen.exports() if export["status"] == "PENDING"
    )
    for (_, user), count in pending.items():
        if count > 1:
            yield f"{user} has {count} pending exports of a type"


def _one_tenant(seen: Seen, _: Expected) -> Iterator[str]:
    tenants = {export["tenantId"] for export in seen.exports()}
    if len(tenants) > 1:
        yield f"the exports belong to {sorted(tenants)}"


def _log_keeps_secrets(seen: Seen, expected: Expected) -> Iterator[str]:
    for secret in expected.secrets:
        if secret in seen.log:
            yield f"a log has {secret[:6]}…"


def _dead_links(seen: Seen, _: Expected) -> Iterator[str]:
    status = {export["sort"]: export["status"] for export in seen.exports()}
    for visit in seen.visits:
        if status.get(visit.export_id) in {"EXPIRED", "FAILED", "CANCELLED"} and visit.status not in GONE:
            yield f"a link to an export that is {status[visit.export_id]} is answered {visit.status}"


def _nothing_is_left(seen: Seen, expected: Expected) -> Iterator[str]:
    exports = {export["sort"]: export for export in seen.exports()}
    for key in seen.objects:
        export = exports.get(_export_of(key))
        if export is None or export["status"] != "READY":
            yield f"{_name(key)} is left of an export that is {export['status'] if export else 'not there'}"
    for key in seen.uploads:
        export = exports.get(_export_of(key))
        if export is None or export["status"] in ENDED - {"READY"} or expected.is_over:
            yield f"an upload is left of an export that is {export['status'] if export else 'not there'}"
    for marker in seen.of_kind("expiry"):
        export = exports.get(marker["sort"])
        if export is None or export["status"] not in {"READY", "PENDING"}:
            yield f"an expiry marker is left of an export that is {export['status'] if export else 'not there'}"


def _outbox_is_empty(seen: Seen, _: Expected) -> Iterator[str]:
    for item in seen.of_kind("outbox"):
        yield f"{item['sort'][:3]} is still to be told"


def _ends_are_told(seen: Seen, _: Expected) -> Iterator[str]:
    ids: dict[tuple[str, str], set[str]] = {}
    for event in seen.told:
        ids.setdefault((event["data"]["exportId"], event["type"]), set()).add(event["id"])
    for (_, kind), events in ids.items():
        if len(events) > 1:
            yield f"{kind} was told under {len(events)} ids"
    for export in seen.exports():
        wanted = [EVENT_OF[export["status"]]] if export["status"] in EVENT_OF else []
        wanted += ["export.expired"] if export["status"] == "EXPIRED" else []
        wanted += ["export.downloaded"] if "downloadedAt" in export else []
        for kind in wanted:
            if (export["sort"], kind) not in ids:
                yield f"{kind} was not told"


def _acts_are_recorded(seen: Seen, _: Expected) -> Iterator[str]:
    """Each act is in the audit trail once."""
    recorded = Counter(audit["action"] for audit in seen.audits)
    downloads = [item for item in seen.of_kind("downloads") if "#" in item["sort"]]
    exports = seen.exports()
    done = {
        "EXPORT_LAUNCHED": len(exports),
        "EXPORT_CANCELLED": sum(export["status"] == "CANCELLED" for export in exports),
        "EMAIL_SENT": len(seen.of_kind("sending")),
        "FILE_DOWNLOADED": len(downloads),
        "FILE_DELETED": sum("endedBy" in export and export["status"] != "CANCELLED" for export in exports),
        "LINK_REVOKED": sum("revokedAt" in link for link in seen.of_kind("links")),
    }
    for action, count in done.items():
        if recorded[action] != count:
            yield f"{action} is {recorded[action]} times in the audit trail, and was done {count} times"


def _answers_are_answers(seen: Seen, _: Expected) -> Iterator[str]:
    """Whoever is refused is told so in the contract's form."""
    for status, body in seen.answers:
        is_problem = isinstance(body, dict) and {"type", "title", "status"} <= body.keys()
        # The merchant API answers a list: a code, a sentence, and details.
        is_merchants = isinstance(body, list) and len(body) == 3
        if status >= 500 and not (is_problem or is_merchants):
            yield f"an answer {status} is no problem: {json.dumps(body)[:80]}"


def _export_of(key: str) -> str:
    found = re.search(r"/(exp_\w+)/", key)
    return found[1] if found else ""


def _name(key: str) -> str:
    return key.rpartition("/")[2].partition(".")[2]


Rule = Callable[[Seen, Expected], Iterator[str]]
RULES: dict[int, tuple[Rule, ...]] = {
    1: (_ends, _nothing_is_due, _answers_are_answers),
    2: (_file_is_whole, _mail_with_a_link),
    3: (_locks,),
    4: (_one_tenant,),
    6: (_log_keeps_secrets,),
    8: (_dead_links, _nothing_is_left),
    10: (_outbox_is_empty, _ends_are_told, _acts_are_recorded),
}


def as_json(violation: Violation) -> dict[str, Any]:
    return {"invariant": violation.invariant, "seen": violation.seen}
