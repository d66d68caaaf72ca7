"""`make localstack`."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from stack import aws, build, demo_data, emulator, page, seed
from stack.identities import IDENTITIES, Identity
from stack.settings import DEMO_DATA, Failure, Stack, free_port
from stack.steps import Steps, console

from . import deployment, localstack, mail_server
from .functions import Functions
from .mail_server import MailServer
from .refusals import differences, known
from .whole_export import WholeExport

DATASET = "funding-transfers"


def prove_localstack(steps: Steps) -> None:
    """Deploys the template to LocalStack, and makes a whole export with its S3 and SQS."""
    with steps.step("install", "Installing LocalStack and the mail server"):
        localstack.install()
        mail_server.install()
    with steps.step("compile", "Compiling the functions and the command line tool"):
        page.build()
        build.compile_workspace()
    stack, dynamodb = Stack(free_port()), Stack(free_port())
    with (
        _ministack(dynamodb),
        mail_server.running(free_port(), stack.folder) as mails,
        localstack.running(stack, dynamodb.port, stack.folder),
    ):
        with steps.step("deploy", "Deploying template.yaml through LocalStack's CloudFormation"):
            outputs = deployment.deployed(stack)
            _check_refusals(stack)
            deployment.release_queues(stack)
        with steps.step("records", "Loading the records of one operator"):
            user = next(identity for identity in IDENTITIES if identity.name == "operator")
            _load(dynamodb, outputs, user)
        with steps.step("export", "Making an export with LocalStack's S3 and SQS, and deleting it"):
            export = asyncio.run(_export(stack, dynamodb, outputs, mails, user))
    shutil.rmtree(stack.folder)
    console.print(steps.table())
    console.print(
        f"[bold green]✓[/] An export of {export['rowCount']:,} rows was READY, and its file is what was loaded."
    )


@contextmanager
def _ministack(stack: Stack) -> Iterator[None]:
    """MiniStack with nothing in it, within."""
    stack.folder.mkdir(parents=True)
    try:
        emulator.start(stack)
        yield
    finally:
        emulator.stop(stack)
        shutil.rmtree(stack.folder)


def _check_refusals(stack: Stack) -> None:
    refusals = localstack.refusals(stack.folder)
    console.print(f"  {len(refusals)} resources were refused.")
    if found := list(differences(refusals, known())):
        raise Failure("LocalStack does not refuse what is known:\n  " + "\n  ".join(found))


def _load(dynamodb: Stack, outputs: Mapping[str, str], user: Identity) -> None:
    """Puts the user's key and records into the tables that LocalStack has made in the other server."""
    created_at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    aws.client(dynamodb, "dynamodb").put_item(TableName=outputs["ApiKeysTable"], Item=user.item(created_at))
    demo_data.make()
    file = DEMO_DATA / user.tenant / f"{DATASET}.csv"
    seed.run_import(dynamodb, outputs["LedgerTable"], ["--file", str(file), "--type", DATASET, "--tenant", user.tenant])


async def _export(
    stack: Stack, dynamodb: Stack, outputs: Mapping[str, str], mails: MailServer, user: Identity
) -> dict[str, Any]:
    endpoints = {
        "DYNAMODB": dynamodb.endpoint,
        "S3": stack.endpoint,
        "SESV2": mails.endpoint,
        "SQS": stack.endpoint,
    }
    functions = Functions(stack, endpoints, stack.folder)
    try:
        return await WholeExport(stack, outputs, functions, mails, user).prove()
    finally:
        await functions.stop()
