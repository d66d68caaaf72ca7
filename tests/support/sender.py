"""The address that mails come from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Sender:
    def __init__(self, ses: Any) -> None:
        self.ses = ses

    @contextmanager
    def unverified(self) -> Iterator[None]:
        """SES accepts no mail of ours within."""
        identities = [entry["IdentityName"] for entry in self.ses.list_email_identities()["EmailIdentities"]]
        for identity in identities:
            self.ses.delete_email_identity(EmailIdentity=identity)
        try:
            yield
        finally:
            for identity in identities:
                self.ses.create_email_identity(EmailIdentity=identity)
