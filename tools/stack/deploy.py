"""`sam deploy` to the local AWS, and what the local AWS needs besides."""

from __future__ import annotations

import hashlib
import platform
import sys
from contextlib import suppress
from pathlib import Path

from botocore.exceptions import ClientError

from . import aws, build, gateway, template
from .commands import end_of, run_quietly
from .settings import ARTIFACTS_BUCKET, REGION, SENDER_EMAIL, STACK_NAME, Failure, Stack
from .template import CHECKOUT, Source

BROKEN_STATES = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED", "REVIEW_IN_PROGRESS"}


def outputs(stack: Stack) -> dict[str, str]:
    """The deployed stack's outputs; empty when nothing is deployed."""
    try:
        described = aws.client(stack, "cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    except ClientError:
        return {}
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def is_current(stack: Stack) -> bool:
    """Whether what is deployed was made from the files as they are."""
    stamp = _stamp_file(stack)
    return stamp.is_file() and stamp.read_text() == _fingerprint(stack, CHECKOUT) and bool(outputs(stack))


def deploy(stack: Stack, source: Source = CHECKOUT) -> dict[str, str]:
    """Deploys the real template, or another source. Returns the stack's outputs."""
    _stamp_file(stack).unlink(missing_ok=True)
    local_template = stack.folder / "template.yaml"
    template.write_local(local_template, source)
    aws.client(stack, "s3").create_bucket(Bucket=ARTIFACTS_BUCKET)
    _verify_sender(stack)
    _delete_broken_stack(stack)
    _sam_deploy(stack, local_template)
    deployed = outputs(stack)
    gateway.apply_responses(stack)
    _switch_off_ttl(stack, deployed["ExportsTable"])
    _stamp_file(stack).write_text(_fingerprint(stack, source))
    return deployed


def _verify_sender(stack: Stack) -> None:
    """The sender must be verified before anything is mailed; on AWS a person does that once."""
    ses = aws.client(stack, "sesv2")
    with suppress(ses.exceptions.AlreadyExistsException):
        ses.create_email_identity(EmailIdentity=SENDER_EMAIL)


def parameters(stack: Stack) -> dict[str, str]:
    """The template's parameters that have no default, or another one here."""
    return {
        "Architecture": "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64",
        # The local AWS has no CodeDeploy.
        "GradualDeployment": "off",
        "LocalEndpoint": stack.endpoint,
        "SenderEmail": SENDER_EMAIL,
    }


def _sam_deploy(stack: Stack, local_template: Path) -> None:
    command = [
        str(Path(sys.executable).with_name("sam")),
        "deploy",
        *("--template-file", str(local_template)),
        *("--stack-name", STACK_NAME),
        *("--s3-bucket", ARTIFACTS_BUCKET),
        *("--region", REGION),
        *("--capabilities", "CAPABILITY_IAM"),
        "--language-extensions",
        "--no-confirm-changeset",
        "--no-fail-on-empty-changeset",
        "--no-progressbar",
        "--parameter-overrides",
        *(f"{name}={value}" for name, value in parameters(stack).items()),
    ]
    log = stack.folder / "deploy.log"
    if not run_quietly("sam deploy", command, log, environment=stack.environment()):
        raise Failure(f"sam deploy failed:\n{reasons(stack) or end_of(log)}\nAll of its output: {log}")


def reasons(stack: Stack) -> str:
    """Why resources could not be made, as the stack's events tell."""
    try:
        events = aws.client(stack, "cloudformation").describe_stack_events(StackName=STACK_NAME)["StackEvents"]
    except ClientError:
        return ""
    failed = (event for event in reversed(events) if event["ResourceStatus"].endswith("_FAILED"))
    return "\n".join(
        f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', event['ResourceStatus'])}"
        for event in failed
    )


def _delete_broken_stack(stack: Stack) -> None:
    """A stack whose first deployment failed cannot be updated, only deleted."""
    cloudformation = aws.client(stack, "cloudformation")
    try:
        status = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]["StackStatus"]
    except ClientError:
        return
    if status in BROKEN_STATES:
        cloudformation.delete_stack(StackName=STACK_NAME)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=STACK_NAME, WaiterConfig={"Delay": 1})


def _switch_off_ttl(stack: Stack, table: str) -> None:
    """The local AWS's TTL removes items without a stream record, so the sweeper removes them instead."""
    aws.client(stack, "dynamodb").update_time_to_live(
        TableName=table, TimeToLiveSpecification={"AttributeName": "timeToLive", "Enabled": False}
    )


def _stamp_file(stack: Stack) -> Path:
    return stack.folder / "deployed.sha256"


def _fingerprint(stack: Stack, source: Source) -> str:
    digest = hashlib.sha256(repr(sorted(parameters(stack).items())).encode())
    packages = (build.package(binary, source.packages) for binary in template.binaries(source.template))
    for path in (source.template, *template.included_files(source.template), *packages):
        digest.update(path.read_bytes())
    return digest.hexdigest()
