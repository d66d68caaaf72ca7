"""An event for each function, in `infra/sam-local/events`: for `sam local invoke`, and for whoever wants to see one.

A request is one of an operation in the OpenAPI files, with its examples, from the demo's callers. What comes from
elsewhere is about the export of these examples.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from bench import events as bench

from . import template
from .identities import IDENTITIES, TENANT_NAMES, Identity
from .settings import REGION, ROOT, TEMPLATE

FOLDER = ROOT / "infra" / "sam-local" / "events"
INTEGRATED = re.compile(r"\$\{(\w+)\.Arn\}:live/invocations$")
OPERATOR, MERCHANT = (next(one for one in IDENTITIES if one.name == name) for name in ("operator", "merchant"))
EXPORT_ID = "exp_01kh0c8rm0e4t8v2zj6m3x9q5af"
SCHEDULE_ID = "sch_01kh0c8rm0e4t8v2zj6m3x9q5a"

Operation = tuple[str, str, dict[str, Any], dict[str, Any]]


def write() -> None:
    """Writes the files, and removes those of functions that are gone."""
    FOLDER.mkdir(exist_ok=True)
    wanted = _texts()
    for file in set(FOLDER.glob("*.json")) - set(wanted):
        file.unlink()
    for file, text in wanted.items():
        file.write_text(text)


def stale() -> list[str]:
    """The names of files that are not what would be written."""
    wanted = _texts()
    found = {file: file.read_text() for file in FOLDER.glob("*.json")}
    return sorted(file.name for file in {*wanted, *found} if wanted.get(file) != found.get(file))


def events() -> dict[str, dict[str, Any]]:
    """The event of each function, by the name of its binary."""
    operations = _operations()
    return {
        binary: _request(operations[name]) if name in operations else _from_elsewhere(binary)
        for name, binary in _functions().items()
    }


def _texts() -> dict[Path, str]:
    return {
        FOLDER / f"{binary}.json": json.dumps(event, indent=2, ensure_ascii=False) + "\n"
        for binary, event in events().items()
    }


def _functions() -> dict[str, str]:
    """Each function's name in the template, and that of its binary."""
    resources = template.resources(template.read(TEMPLATE), template.FUNCTION)
    return {name: resource["Metadata"]["BuildProperties"]["Binary"] for name, resource in resources}


def _operations() -> dict[str, Operation]:
    """Of each function that has operations the one that is asked: one that only reads, or else the first."""
    found: dict[str, list[Operation]] = defaultdict(list)
    for file in template.included_files():
        document = yaml.load(file.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                function = INTEGRATED.search(operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"])
                assert function, f"{method} {path} names no function"
                found[function[1]].append((method.upper(), path, operation, document))
    return {
        function: next((one for one in operations if one[0] == "GET"), operations[0])
        for function, operations in found.items()
    }


def _request(operation: Operation) -> dict[str, Any]:
    method, path, described, document = operation
    parameters = [_resolved(one, document) for one in described.get("parameters", [])]
    values = {
        place: {one["name"]: str(one["example"]) for one in parameters if one["in"] == place and one.get("required")}
        for place in ("path", "query", "header")
    }
    bodies = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("examples", {})
    body = next((example["value"] for example in bodies.values()), None)
    actual = path.format_map(values["path"])
    event = bench.request(method, actual, body, values["query"] or None)
    event["headers"] |= values["header"]
    event["multiValueHeaders"] |= {name: [value] for name, value in values["header"].items()}
    context = event["requestContext"]
    context |= {"apiId": "local", "resourceId": "local", "resourcePath": path, "identity": {"sourceIp": "127.0.0.1"}}
    if described.get("security", document.get("security")):
        context["authorizer"] = _authorized(MERCHANT if "/merchants/" in path else OPERATOR)
    else:
        del context["authorizer"]
    return event | {"resource": path, "pathParameters": values["path"] or None}


def _resolved(node: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in node:
        return node
    return document["components"]["parameters"][node["$ref"].rpartition("/")[2]]


def _authorized(caller: Identity) -> dict[str, str]:
    """What the authorizer tells the functions of a caller."""
    return {
        "tenantId": caller.tenant,
        "tenantName": TENANT_NAMES[caller.tenant],
        "userId": caller.user,
        "email": caller.email,
        "role": caller.role,
        "permissions": " ".join(caller.permissions),
    }


def _from_elsewhere(binary: str) -> dict[str, Any]:
    """The benchmark's event, about the demo's tenant."""
    if binary == "authorizer":
        return _authorization()
    text = json.dumps(bench.event_of(binary))
    examples = {bench.EXPORT_ID: EXPORT_ID, bench.SCHEDULE_ID: SCHEDULE_ID, "bench.example": "northwind.example"}
    for old, new in examples.items():
        text = text.replace(old, new)
    return json.loads(re.sub(rf"\b{bench.TENANT}\b", OPERATOR.tenant, text))


def _authorization() -> dict[str, Any]:
    """What a REST API asks the authorizer about a request with a demo key."""
    headers = {"accept": "application/json", "dj-client": OPERATOR.role, "dj-api-key": OPERATOR.key}
    event = bench.request("GET", "/v1/me")
    del event["requestContext"]["authorizer"]
    arn = f"arn:aws:execute-api:{REGION}:{bench.ACCOUNT}:local/api/GET/v1/me"
    multiple = {name: [value] for name, value in headers.items()}
    return event | {"type": "REQUEST", "methodArn": arn, "headers": headers, "multiValueHeaders": multiple}
