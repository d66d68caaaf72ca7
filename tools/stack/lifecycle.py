"""`make up` and `make down`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from typing import Any

from . import build, deploy, emulator, page, seed, sweeper, template
from .identities import IDENTITIES
from .settings import LATEST_STACK_FILE, REGION, ROOT, STACK_NAME, Failure, Stack
from .steps import Steps, console

OUTPUT_NAMES = {
    "operatorApiUrl": "OperatorApiUrl",
    "merchantApiUrl": "MerchantApiUrl",
    "consoleUrl": "ConsoleUrl",
    "linkApiUrl": "LinkApiUrl",
    "bucket": "Bucket",
    "queueUrl": "QueueUrl",
    "deadLetterQueueUrl": "DeadLetterQueueUrl",
    "ledgerQueueUrl": "LedgerQueueUrl",
    "ledgerDeadLetterQueueUrl": "LedgerDeadLetterQueueUrl",
    "inboxBucket": "InboxBucket",
    "eventBusName": "EventBusName",
    "inboxQueueUrl": "InboxQueueUrl",
    "inboxDeadLetterQueueUrl": "InboxDeadLetterQueueUrl",
    "mailEventsQueueUrl": "MailEventsQueueUrl",
    "mailEventsDeadLetterQueueUrl": "MailEventsDeadLetterQueueUrl",
    "exportsTable": "ExportsTable",
    "ledgerTable": "LedgerTable",
    "apiKeysTable": "ApiKeysTable",
    "webhooksTable": "WebhooksTable",
    "webhookSecretsTable": "WebhookSecretsTable",
    "webhookQueueUrl": "WebhookQueueUrl",
    "webhookDeadLetterQueueUrl": "WebhookDeadLetterQueueUrl",
}


def up(stack: Stack, steps: Steps, *, is_latest: bool = True) -> dict[str, Any]:
    """Brings the stack to the state of the checkout, reusing what is there. Returns `stack.json`.

    `is_latest` says whether `.local/stack.json` shall tell of this stack from now on.
    """
    with steps.step("page", "Building the Back Office page"):
        page.build()
    with steps.step("compile", "Compiling the functions and the command line tool"):
        build.compile_workspace()
        build.pack(template.binaries())
    with steps.step("deploy", f"Deploying template.yaml to the local AWS on port {stack.port}"):
        stack.folder.mkdir(parents=True, exist_ok=True)
        if not emulator.is_running(stack):
            _forget(stack)
            emulator.start(stack)
        outputs = deploy.outputs(stack) if deploy.is_current(stack) else deploy.deploy(stack)
        sweeper.start(stack, outputs["ExportsTable"])
    with steps.step("seed", "Loading the demo's keys and records"):
        seed.seed(stack, outputs)
    described = describe(stack, outputs)
    text = json.dumps(described, indent=2) + "\n"
    stack.stack_file.write_text(text)
    if is_latest:
        LATEST_STACK_FILE.write_text(text)
    return described


def down(stack: Stack) -> bool:
    """Ends the stack's processes and removes what it kept. Says whether anything ran."""
    swept, emulated = sweeper.stop(stack), emulator.stop(stack)
    if LATEST_STACK_FILE.is_file() and json.loads(LATEST_STACK_FILE.read_text())["endpointUrl"] == stack.endpoint:
        LATEST_STACK_FILE.unlink()
    shutil.rmtree(stack.folder, ignore_errors=True)
    return swept or emulated


def running(stack: Stack) -> dict[str, Any]:
    """The `stack.json` of a stack that runs."""
    if not stack.stack_file.is_file() or not emulator.is_running(stack):
        raise Failure(f"No local stack runs on port {stack.port}: start it with `make up`.")
    return json.loads(stack.stack_file.read_text())


def show(stack: Stack, described: Mapping[str, Any]) -> None:
    """Says where the stack can be reached."""
    keys = described["keys"]
    console.print(f"Back Office   {described['consoleUrl']}", soft_wrap=True)
    console.print(f"operator API  {described['operatorApiUrl']}", soft_wrap=True)
    console.print(f"merchant API  {described['merchantApiUrl']}", soft_wrap=True)
    console.print(f"link API      {described['linkApiUrl']}", soft_wrap=True)
    console.print(f"keys          {keys['operator']['key']}  (dj-client: OPERATOR)", soft_wrap=True)
    console.print(f"              {keys['merchant']['key']}  (Authorization: Bearer …)", soft_wrap=True)
    console.print(f"everything    {stack.stack_file.relative_to(ROOT)}")


def _forget(stack: Stack) -> None:
    """The emulator keeps nothing when it ends, so what was noted about its contents no longer holds."""
    sweeper.stop(stack)
    emulator.stop(stack)
    shutil.rmtree(stack.folder)
    stack.folder.mkdir(parents=True)


def describe(stack: Stack, outputs: Mapping[str, str]) -> dict[str, Any]:
    """What `stack.json` says of a stack with these outputs."""
    return {
        "endpointUrl": stack.endpoint,
        "region": REGION,
        "stackName": STACK_NAME,
        **{name: outputs.get(output) for name, output in OUTPUT_NAMES.items()},
        # Who asked for what, as the roles' policies saw it: only where the local AWS enforces them.
        "callsFile": str(emulator.calls_file(stack)),
        # What the functions asked of the local AWS, as the services' own models see it.
        "requestsFile": str(emulator.requests_file(stack)),
        "keys": {identity.name: identity.described() for identity in IDENTITIES},
    }
