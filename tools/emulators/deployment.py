"""Our template, deployed to another implementation of AWS that does not run the functions."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

from botocore.exceptions import WaiterError
from stack import aws, deploy, template
from stack.settings import ARTIFACTS_BUCKET, STACK_NAME, TEMPLATE, Failure, Stack

from .transforms import Template, applied

SWITCH_SECONDS = 60
MOST_WAITS = 300
CODE = "code.zip"
TRANSFORMED = "template.json"


def deployed(stack: Stack) -> dict[str, str]:
    """Deploys the template to the stack. Returns its outputs."""
    s3, cloudformation = aws.client(stack, "s3"), aws.client(stack, "cloudformation")
    s3.create_bucket(Bucket=ARTIFACTS_BUCKET)
    parameters = deploy.parameters(stack)
    body = json.dumps(applied(_packaged(s3), parameters))
    s3.put_object(Bucket=ARTIFACTS_BUCKET, Key=TRANSFORMED, Body=body)
    cloudformation.create_stack(
        StackName=STACK_NAME,
        TemplateURL=f"{stack.endpoint}/{ARTIFACTS_BUCKET}/{TRANSFORMED}",
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    try:
        waiter = cloudformation.get_waiter("stack_create_complete")
        waiter.wait(StackName=STACK_NAME, WaiterConfig={"Delay": 1, "MaxAttempts": MOST_WAITS})
    except WaiterError as error:
        raise Failure(f"The template was not deployed:\n{deploy.reasons(stack) or error}") from error
    return deploy.outputs(stack)


def _packaged(s3: Any) -> Template:
    """The template with the places of its files in the bucket. The functions' code would only be stored there, so that
    all of them have the same."""
    s3.put_object(Bucket=ARTIFACTS_BUCKET, Key=CODE, Body=_code())
    packaged = template.read(TEMPLATE)
    for resource, _ in template.functions(packaged):
        resource["Properties"]["CodeUri"] = f"s3://{ARTIFACTS_BUCKET}/{CODE}"
    for include in template.includes(packaged):
        file = TEMPLATE.parent / include["Location"]
        s3.upload_file(str(file), ARTIFACTS_BUCKET, file.name)
        include["Location"] = f"s3://{ARTIFACTS_BUCKET}/{file.name}"
    return packaged


def _code() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("bootstrap", "#!/bin/sh\n")
    return packed.getvalue()


def release_queues(stack: Stack) -> None:
    """Switches off the mappings that give the queues' messages to functions, which do not run there."""
    lambdas = aws.client(stack, "lambda")
    mappings = lambdas.list_event_source_mappings()["EventSourceMappings"]
    for mapping in mappings:
        lambdas.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    deadline = time.monotonic() + SWITCH_SECONDS
    for mapping in mappings:
        while lambdas.get_event_source_mapping(UUID=mapping["UUID"])["State"] != "Disabled":
            if time.monotonic() > deadline:
                raise Failure(f"The mapping to {mapping['FunctionArn']} is still on after {SWITCH_SECONDS} seconds.")
            time.sleep(0.2)
