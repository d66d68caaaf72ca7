"""The OpenAPI files have nothing that API Gateway's import refuses, or leaves out where it would be missed.

Sources: API Gateway's developer guide, "Amazon API Gateway important notes" for REST APIs (api-gateway-known-issues)
and "Quotas for configuring and running a REST API" (api-gateway-execution-service-limits-table); for what becomes of
`nullable`, and that a model with `example` is refused, what users report of imports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from stack import template
from stack.settings import ROOT

FILES = template.included_files()
MOST_BYTES = 6 * 1024 * 1024
MOST_BYTES_OF_A_MODEL = 400 * 1024
MOST_RESOURCES = 300
MOST_AUTHORIZERS = 10
# A parameter is a whole segment.
SEGMENT = re.compile(r"[A-Za-z0-9._,:-]+|\{[A-Za-z0-9._-]+\+?\}")
MODEL_NAME = re.compile(r"[A-Za-z0-9]+")

# Models are JSON schema, draft 4.
KEYWORDS = set(
    """$ref allOf default description enum format items maxItems maxLength maximum minItems minLength minimum pattern
    properties required title type uniqueItems""".split()
)
# What the guide says is not supported, and why it is there all the same. A model with it is accepted, and says less
# than the contract. Nobody sees that, because no operation lets the gateway validate requests.
NOT_IN_EFFECT = {
    "additionalProperties": "Functions refuse fields that they do not know.",
    "nullable": "It is dropped, as draft 4 has none. It says what callers may send and get.",
    "oneOf": "Two values are of two types.",
}
# int32, int64 and decimal are not supported.
FORMATS = {"date", "date-time", "email", "uri"}


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def file(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def contract(file: Path) -> dict[str, Any]:
    return read(file)


def read(file: Path) -> dict[str, Any]:
    return yaml.load(file.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def schemas(node: Any) -> Iterator[dict[str, Any]]:
    """A schema and those within it."""
    yield node
    children = [*node.get("properties", {}).values(), *node.get("allOf", []), *node.get("oneOf", [])]
    children += [node[name] for name in ("items", "additionalProperties") if isinstance(node.get(name), dict)]
    for child in children:
        yield from schemas(child)


def test_every_contract_is_looked_at() -> None:
    assert sorted(file.relative_to(ROOT).as_posix() for file in FILES) == [
        "infra/link-api.yaml",
        "infra/merchant-api.yaml",
        "infra/operator-api.yaml",
    ]


def test_the_file_is_within_the_quotas(file: Path, contract: dict[str, Any]) -> None:
    assert file.stat().st_size < MOST_BYTES
    resources = {
        "/".join(segments[:count])
        for segments in (path.split("/")[1:] for path in contract["paths"])
        for count in range(1, len(segments) + 1)
    }
    assert len(resources) < MOST_RESOURCES
    assert len(contract["components"].get("securitySchemes", {})) <= MOST_AUTHORIZERS
    for schema in contract["components"]["schemas"].values():
        assert len(yaml.safe_dump(schema).encode()) < MOST_BYTES_OF_A_MODEL


def test_paths_and_names_are_such_as_the_gateway_takes(contract: dict[str, Any]) -> None:
    for path in contract["paths"]:
        assert all(SEGMENT.fullmatch(segment) for segment in path.split("/")[1:]), path
        # The service's own health checks.
        assert path not in ("/ping", "/sping")
    assert not [name for name in contract["components"]["schemas"] if not MODEL_NAME.fullmatch(name)]
    schemes = contract["components"].get("securitySchemes", {}).values()
    assert all((scheme["type"], scheme["in"]) == ("apiKey", "header") for scheme in schemes)


def test_models_have_only_keywords_that_are_taken(contract: dict[str, Any]) -> None:
    for name, model in contract["components"]["schemas"].items():
        for schema in schemas(model):
            assert set(schema) <= KEYWORDS | set(NOT_IN_EFFECT), name
            assert schema.get("format", "date") in FORMATS, name
            # What stands beside a reference is not read.
            assert "$ref" not in schema or set(schema) == {"$ref"}, name


def test_bodies_are_models(contract: dict[str, Any]) -> None:
    """A body that is a text must be a model too; where a schema stands in its place, it must be an object."""
    operations = [operation for methods in contract["paths"].values() for operation in methods.values()]
    responses = [response for one in operations for response in one["responses"].values()]
    bodies = [*responses, *contract["components"]["responses"].values()]
    bodies += [one["requestBody"] for one in operations if "requestBody" in one]
    contents = [content for body in bodies for content in body.get("content", {}).values()]
    assert contents
    for content in contents:
        assert "$ref" in content["schema"] or content["schema"].get("type") == "object", content["schema"]


def test_references_lead_to_something(contract: dict[str, Any]) -> None:
    count = 0
    for reference in _references(contract):
        _, *names = reference.split("/")
        found: Any = contract
        for name in names:
            found = found[name]
        count += 1
    assert count > 5


def test_no_request_is_validated_by_the_gateway() -> None:
    """Otherwise what it leaves out of models would matter."""
    for file in (*FILES, ROOT / "template.yaml"):
        assert "request-validator" not in file.read_text() and "RequestValidator" not in file.read_text()


def test_every_operation_passes_the_functions_answers_on(contract: dict[str, Any]) -> None:
    """The import leaves out responses that are references. Only other kinds of integrations need them."""
    for methods in contract["paths"].values():
        for operation in methods.values():
            assert operation["x-amazon-apigateway-integration"]["type"] == "aws_proxy"


def test_every_keyword_without_effect_is_in_use() -> None:
    used = {
        keyword
        for file in FILES
        for model in yaml.load(file.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))["components"][
            "schemas"
        ].values()
        for schema in schemas(model)
        for keyword in schema
    }
    assert set(NOT_IN_EFFECT) <= used


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _references(child)
