"""The running stack and its OpenAPI files, compared in both directions.

Every answer of the session is checked against its file when it comes: see support/contract.py.
"""

from __future__ import annotations

import pytest
from support.contract import Contract

# What no test can bring about here, each with its reason.
NOT_ON_A_LOCAL_GATEWAY = {
    "SERVICE_UNAVAILABLE": "The local gateway answers a function that it cannot reach in words of its own.",
    "GATEWAY_TIMEOUT": "The local gateway waits for a function as long as the function may take.",
}
NEVER = {
    ("/console", "INTERNAL_ERROR"): "The page is part of the function: it reads nothing that could be missing.",
    ("/console/assets/{file}", "INTERNAL_ERROR"): "So are its assets.",
    ("/docs", "INTERNAL_ERROR"): "So is the API reference.",
    ("/docs/{api}", "INTERNAL_ERROR"): "So is each API's page.",
}


@pytest.mark.last
@pytest.mark.usefixtures("whole_run")
def test_everything_documented_was_seen(contract: Contract) -> None:
    unseen = {
        documented
        for document in contract.documents
        for documented in document.documented() - document.answers
        if documented.code not in NOT_ON_A_LOCAL_GATEWAY and (documented.path, documented.code) not in NEVER
    }
    assert not unseen, "\n".join(map(str, sorted(unseen)))
    for document in contract.documents:
        assert document.field_codes == document.documented_field_codes(), document.name


@pytest.mark.last
def test_every_reason_not_to_look_still_holds(contract: Contract) -> None:
    codes = {(answer.path, answer.code) for document in contract.documents for answer in document.answers}
    assert not codes & set(NEVER)
    assert not {code for _, code in codes} & set(NOT_ON_A_LOCAL_GATEWAY)
