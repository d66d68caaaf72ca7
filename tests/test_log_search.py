"""The search of the logs finds what must not be in them."""

from __future__ import annotations

import re

import pytest
from support.log_search import ADDRESS, Secrets

SECRETS = Secrets(texts={"key_demo", "Brackwater; Import/Export", "INV-2026-692111"}, patterns=[ADDRESS])


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"message":"made","tenantId":"northwind-market"}', set()),
        ('{"message":"refused","key":"key_demo"}', {"key_demo"}),
        ("row: Brackwater; Import/Export", {"Brackwater; Import/Export"}),
        ("Export of Import for Brackwater", set()),
        ("reference=INV-2026-692111,", {"INV-2026-692111"}),
        ("mailed to ada.l+exports@finance.example.com.", {"ada.l+exports@finance.example.com"}),
        ("sent by exports@example.com", set()),
    ],
)
def test_a_secret_is_found_wherever_it_is(line: str, found: set[str]) -> None:
    assert SECRETS.found_in(line, allowed={"exports@example.com"}) == found


def test_a_pattern_finds_keys_that_nobody_listed() -> None:
    keys = Secrets(patterns=[re.compile(r"key_[0-9a-f]{12}")])
    assert keys.found_in("key_0123456789ab, key_short") == {"key_0123456789ab"}
