"""The mails that the mail service has accepted."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from .http import Request, Response


@dataclass(frozen=True)
class Mail:
    recipients: tuple[str, ...]
    text: str
    message_id: str

    @property
    def link(self) -> tuple[str, str] | None:
        """The export and the token of its download link."""
        found = re.search(r"/v1/exports/(\w+)/download\?token=(\S+)", self.text)
        return (found[1], found[2]) if found else None


def mail_of(request: Request, response: Response) -> Mail:
    mail = json.loads(request.body)
    destination = mail["Destination"]
    recipients = (*destination["ToAddresses"], *destination.get("CcAddresses", ()))
    text = mail["Content"]["Simple"]["Body"]["Text"]["Data"]
    return Mail(recipients, text, json.loads(response.body)["MessageId"])
