"""The code that `docs/webhooks.md` gives receivers, on a request that this stack has signed."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from support.api import Api
from support.keys import Keys
from support.receiver import Received, receiving
from support.webhooks import Webhooks, signature

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = (ROOT / "docs" / "webhooks.md").read_text()

HARNESS = """
import { verify } from "./verify.mjs";
const { secret, headers, body } = JSON.parse(process.argv[2]);
console.log(verify(secret, headers, Buffer.from(body, "base64")));
"""

Verify = Callable[[str, dict[str, str], bytes], bool]


def block(language: str) -> str:
    [code] = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    return code


@pytest.fixture(scope="module")
def signed(api: Api, keys: Keys) -> tuple[str, Received]:
    """A secret, and a request that was signed with it and with an earlier one."""
    webhooks, operator = Webhooks(api), keys.operator()
    with receiving() as receiver:
        webhook = webhooks.register(operator, receiver.url)
        secret = api.post(operator, f"/v1/webhooks/{webhook['webhookId']}/rotate-secret").json()["secret"]
        webhooks.test(operator, webhook)
        [request] = receiver.wait(1)
    return secret, request


def in_python(_: Path) -> Verify:
    names: dict[str, Verify] = {}
    exec(block("python"), names)
    return names["verify"]


def in_node(folder: Path) -> Verify:
    (folder / "verify.mjs").write_text(block("js"))
    (folder / "harness.mjs").write_text(HARNESS)

    def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
        request = {"secret": secret, "headers": headers, "body": base64.b64encode(body).decode()}
        command = ["node", str(folder / "harness.mjs"), json.dumps(request)]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    return verify


@pytest.mark.parametrize("language", [in_python, in_node])
def test_a_receiver_accepts_what_we_sign_and_nothing_else(
    language: Callable[[Path], Verify], signed: tuple[str, Received], tmp_path: Path
) -> None:
    secret, request = signed
    verify = language(tmp_path)

    def again(**headers: str) -> bool:
        return verify(secret, {**request.headers, **headers}, request.body)

    assert again()
    first, second = request.headers["webhook-signature"].split(" ")
    assert again(**{"webhook-signature": f"{second} {first}"}), "whichever comes first"
    assert not again(**{"webhook-signature": second}), "of another secret"
    assert not again(**{"webhook-signature": first[:-3] + "AA="})
    assert not again(**{"webhook-signature": "v1,"})
    assert not again(**{"webhook-id": "evt_1"})
    assert not again(**{"webhook-timestamp": str(int(request.headers["webhook-timestamp"]) + 1)})
    assert not verify(secret, request.headers, request.body.replace(b"test", b"best"))
    stale = Received("", {**request.headers, "webhook-timestamp": str(int(time.time()) - 301)}, request.body)
    stale.headers["webhook-signature"] = signature(secret, stale)
    assert not verify(secret, stale.headers, stale.body), "too old, though it is signed well"


def test_the_documented_rust_is_what_a_test_runs() -> None:
    assert block("rust") in (ROOT / "shared" / "tests" / "verifying_webhooks.rs").read_text()


def test_the_documented_event_is_as_the_schema_says() -> None:
    schema = json.loads((ROOT / "infra" / "export-event.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(json.loads(block("json")))
