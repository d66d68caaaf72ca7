"""What `sam local` needs to use the local stack: a template of its own, and the functions' environment.

SAM's local gateway takes one authorizer for an operation, and `x-api-key`, which counts a tenant's requests, is a
further one to it. And SAM passes a container only variables that the template has: `AWS_ENDPOINT_URL` is not one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from samcli.commands._utils.template import move_template

from . import aws, template
from .settings import ROOT, Failure, Stack

BUILT = ROOT / ".aws-sam" / "build" / "template.yaml"
# What Docker calls the machine that it runs on.
HOST = "host.docker.internal"
NOT_FOR_CALLERS = "RateKey"


def prepare(stack: Stack, described: Mapping[str, Any]) -> Path:
    """Writes a template and an environment beside the stack's other files. Returns their folder."""
    if not BUILT.is_file():
        raise Failure("Nothing is built for sam local yet: run `sam build` first.")
    folder = stack.folder / "sam-local"
    write_template(BUILT, folder / "template.yaml")
    lambdas = aws.client(stack, "lambda")
    environment = environment_of(lambdas, str(described["stackName"]), stack.port)
    (folder / "env.json").write_text(json.dumps(environment, indent=2) + "\n")
    return folder


def write_template(source: Path, target: Path) -> None:
    """Writes a template's copy for `sam local`, and beside it the copies of the contracts that it includes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    copy = template.read(source)
    for include in template.includes(copy):
        contract = (source.parent / include["Location"]).resolve()
        own = target.parent / contract.name
        own.write_text(json.dumps(_with_one_key(yaml.safe_load(contract.read_text())), indent=1))
        include["Location"] = str(own)
    for _, function in template.resources(copy, template.FUNCTION):
        events = function["Properties"].get("Events", {})
        # They give permissions. To SAM's local gateway they are operations, with a key.
        function["Properties"]["Events"] = {name: event for name, event in events.items() if event["Type"] != "Api"}
    settings = copy["Globals"]["Function"].setdefault("Environment", {}).setdefault("Variables", {})
    settings["AWS_ENDPOINT_URL"] = ""
    move_template(str(source), str(target), copy)


def environment_of(lambdas: Any, stack_name: str, port: int) -> dict[str, dict[str, str]]:
    """The variables of each function of a stack, as a container finds the local AWS. `lambdas` is boto3's client."""
    environment = {}
    resources = template.resources(template.read(template.TEMPLATE), template.FUNCTION)
    for name, resource in resources:
        function = resource["Properties"]["FunctionName"]["Fn::Sub"].replace("${AWS::StackName}", stack_name)
        found = lambdas.get_function_configuration(FunctionName=function).get("Environment", {}).get("Variables", {})
        variables = {key: _for_containers(value) for key, value in found.items()}
        environment[name] = variables | {"AWS_ENDPOINT_URL": f"http://{HOST}:{port}"}
    return environment


def _for_containers(value: str) -> str:
    for own in ("//localhost:", "//127.0.0.1:"):
        value = value.replace(own, f"//{HOST}:")
    return value


def _with_one_key(contract: dict[str, Any]) -> dict[str, Any]:
    if "security" in contract:
        contract["security"] = [one for one in contract["security"] if NOT_FOR_CALLERS not in one]
    contract["components"].get("securitySchemes", {}).pop(NOT_FOR_CALLERS, None)
    return contract
