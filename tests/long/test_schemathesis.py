"""Requests made up from the OpenAPI files: each answer is one that the file allows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.contract import Contract
from support.keys import Keys

INFRA = Path(__file__).resolve().parents[2] / "infra"
EXAMPLES = 15
# Far above what a run takes: it only ends one that hangs.
SECONDS = 300

# Checks that do not fit here, each with its reason.
SWITCHED_OFF = {
    "unsupported_method": "A REST gateway answers a method that it does not know as a path that it does not know: 404.",
    "allow_header_conformance": "It is about answers with status 405, which the gateway does not give.",
    "missing_required_header": "Without dj-client the answer is a 401, as without a key: none says which was missing.",
    "positive_data_acceptance": "No schema can say that bounds must not cross, or that a domain needs a dot.",
}
MERCHANTS = {"ignored_auth": "Without a key the answer is a triple with status 400; test_merchant.py asks for it."}


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
    # How often a try had to be thrown away depends on what the run has seen before, and says nothing of the answers.
    command += ["--suppress-health-check", "filter_too_much"]
    command += ["--generation-deterministic", "--warnings", "off", "--no-color"]
    for header in headers[name].items():
        command += ["--header", ": ".join(header)]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS)
    assert result.returncode == 0, result.stdout + result.stderr
