"""The mail that the local AWS has accepted."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

TIMEOUT_SECONDS = 10
TOKEN = re.compile(r"/download\?token=([\w-]+)")


@dataclass(frozen=True)
class Mail:
    to: list[str]
    cc: list[str]
    subject: str
    text: str
    html: str

    @property
    def link(self) -> str:
        """The download link, as the text shows it on a line of its own."""
        found = re.search(r"^(http\S+/download\?token=\S+)$", self.text, re.MULTILINE)
        assert found, self.text
        return found.group(1)


class Mailbox:
    def __init__(self, endpoint_url: str, http: httpx.Client) -> None:
        self.url = f"{endpoint_url}/_ministack/ses/messages"
        self.http = http

    def about(self, export_id: str) -> list[Mail]:
        """Every mail that names the export, the earliest first."""
        return [_read(message) for message in self._messages() if export_id in message["BodyText"]]

    def tokens(self) -> set[str]:
        """The tokens of all links in all mails."""
        return {token for message in self._messages() for token in TOKEN.findall(message["BodyText"])}

    def _messages(self) -> Iterator[dict[str, Any]]:
        by_account = self.http.get(self.url).json()["messages"]
        return (message for messages in by_account.values() for message in messages)

    def wait(self, export_id: str, count: int = 1) -> list[Mail]:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while len(mails := self.about(export_id)) < count and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(mails) >= count, f"{len(mails)} of {count} mails about {export_id}"
        return mails


def _read(message: dict[str, Any]) -> Mail:
    return Mail(
        to=message["To"],
        cc=message["CC"],
        subject=message["Subject"],
        text=message["BodyText"],
        html=message["BodyHtml"],
    )
