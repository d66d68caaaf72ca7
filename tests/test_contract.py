"""The running stack and its OpenAPI files, compared in both directions.

Every answer of the session is checked against its file when it comes: see support/contract.py.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.contract import Contract
from support.keys import Keys

TESTS = Path(__file__).parent
INFRA = TESTS.parent / "infra"
EXAMPLES = 15
# Far above what a run takes: it only ends one that hangs.
SECONDS = 300

# Checks of schemathesis that do not fit here, each with its reason.
SWITCHED_OFF = {
    "unsupported_method": "A REST gateway answers a method that it does not know as a path that it does not know: 404.",
    "allow_header_conformance": "It is about answers with status 405, which the gateway does not give.",
    "missing_required_header": "Without dj-client the answer is a 401, as without a key: none says which was missing.",
    "positive_data_acceptance": "No schema can say that bounds must not cross, or that a domain needs a dot.",
}
MERCHANTS = {"ignored_auth": "Without a key the answer is a triple with status 400; test_merchant.py asks for it."}

# What no test can bring about here, each with its reason.
NOT_ON_A_LOCAL_GATEWAY = {
    "SERVICE_UNAVAILABLE": "The local gateway answers a function that it cannot reach in words of its own.",
    "GATEWAY_TIMEOUT": "The local gateway waits for a function as long as the function may take.",
}
NEVER = {
    ("/console", "INTERNAL_ERROR"): "The page is part of the function: it reads nothing that could be missing.",
    ("/console/assets/{file}", "INTERNAL_ERROR"): "So are its assets.",
}


@pytest.mark.parametrize("name", ["operator", "link", "merchant"])
def test_schemathesis_finds_nothing(contract: Contract, keys: Keys, tmp_path: Path, name: str) -> None:
    operator = keys.operator()
    headers = {
        "operator": operator.headers,
        "link": {"accept": "application/json"},
        "merchant": {"authorization": f"Bearer {keys.merchant(operator.tenantId).key}"},
    }
    [document] = [document for document in contract.documents if document.name == name]
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", str(INFRA / f"{name}-api.yaml")]
    command += ["--url", document.base_url, "--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES)]
    command += ["--exclude-checks", ",".join(SWITCHED_OFF | (MERCHANTS if name == "merchant" else {}))]
    command += ["--generation-deterministic", "--warnings", "off", "--no-color"]
    for header in headers[name].items():
        command += ["--header", ": ".join(header)]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.last
def test_everything_documented_was_seen(contract: Contract, request: pytest.FixtureRequest) -> None:
    run = {item.path for item in request.session.items}
    if not run.issuperset(TESTS.glob("test_*.py")) or request.config.option.keyword:
        pytest.skip("Only a run of every test sees everything.")
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
