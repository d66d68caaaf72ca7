"""What AWS's own service models, which botocore has, say of a request: emulators let pass what AWS would refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.etree import ElementTree

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from faults.http import Request

SCOPE = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/([^/]+)/aws4_request")
# The models of the services by the names that requests are signed with, where they differ.
MODELS = {"ses": "sesv2"}
# Of a request to any service, and in no model.
COMMON_HEADERS = re.compile(
    r"x-amz-(date|content-sha256|security-token|user-agent|target|decoded-content-length|trailer|sdk-.*)"
)
COMMON_QUERY = re.compile(r"x-id|X-Amz-.*", re.IGNORECASE)
WHOLE_NUMBERS = {"integer", "long"}
TEXTS = {"string", "character"}
# Structures that have one member, without the model saying so.
UNIONS = {"AttributeValue"}


@dataclass(frozen=True)
class Sent:
    """A request in the words of its service's model."""

    service: str
    operation: str
    parameters: Mapping[str, Any]
    # What of the request no parameter of the operation is.
    unknown: tuple[str, ...] = ()


def problems(request: Request) -> list[str]:
    """A sentence for each thing in a signed request that the service's model does not allow."""
    service = service_of(request)
    if service is None:
        return ["the request is not signed"]
    model = _model(service)
    try:
        sent = read(model, request)
    except (ValueError, ElementTree.ParseError) as error:
        return [f"{service} cannot read the body of {request.method} {request.target}: {error}"]
    if sent is None:
        return [f"{service} has no operation for {request.method} {request.target}"]
    shape = model.operation_model(sent.operation).input_shape
    named = f"{service} {sent.operation}"
    unknown = [f"{named}: {name} is not in the model" for name in sent.unknown]
    return unknown + [f"{named}: {problem}" for problem in (_check(shape, sent.parameters) if shape else ())]


def service_of(request: Request) -> str | None:
    """The service that a request is signed for, by the name of its model."""
    found = SCOPE.search(request.headers.get("authorization", ""))
    return MODELS.get(found[1], found[1]) if found else None


def operation_of(request: Request) -> str | None:
    """Such as `dynamodb PutItem`. `None` if it cannot be told."""
    service = service_of(request)
    try:
        sent = read(_model(service), request) if service else None
    except (ValueError, ElementTree.ParseError):
        return None
    return f"{service} {sent.operation}" if sent else None


def read(model: ServiceModel, request: Request) -> Sent | None:
    """A request in the words of its service's model. `None` if the service has no such operation."""
    if model.metadata["protocol"] == "json":
        prefix, _, operation = request.headers.get("x-amz-target", "").rpartition(".")
        if prefix != model.metadata["targetPrefix"] or operation not in model.operation_names:
            return None
        return Sent(model.service_name, operation, json.loads(request.body or b"{}"))
    if model.metadata["protocol"] == "query":
        return _read_form(model, request)
    candidates = (_read_rest(operation, request) for operation in _operations(model))
    fitting = [(rank, sent) for rank, sent in filter(None, candidates)]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


def _read_form(model: ServiceModel, request: Request) -> Sent | None:
    """A request whose body is a form, with fields such as `Parameters.member.1.ParameterKey`."""
    fields = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    operation = fields.pop("Action", "")
    if operation not in model.operation_names or fields.pop("Version", None) != model.api_version:
        return None
    shape = model.operation_model(operation).input_shape
    return Sent(model.service_name, operation, _from_fields(shape, fields) if shape else fields)


def _from_fields(shape: Shape | None, fields: Mapping[str, str]) -> Any:
    """The value that these fields of a form are the parts of. The only field of a text has no name."""
    if isinstance(shape, StructureShape):
        return {name: _from_fields(shape.members.get(name), parts) for name, parts in _by_first_name(fields).items()}
    if isinstance(shape, ListShape):
        entries = _by_first_name(_by_first_name(fields).get("member", {}))
        return [_from_fields(shape.member, entries[number]) for number in sorted(entries, key=int)]
    return _from_text(shape, fields[""]) if shape and "" in fields else dict(fields)


def _by_first_name(fields: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, value in fields.items():
        first, _, rest = name.partition(".")
        found.setdefault(first, {})[rest] = value
    return found


@cache
def _model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


@cache
def _operations(model: ServiceModel) -> list[OperationModel]:
    return [model.operation_model(name) for name in model.operation_names]


def _read_rest(operation: OperationModel, request: Request) -> tuple[int, Sent] | None:
    """The request as one of this operation, and how well it fits. `None` if it cannot be one."""
    if operation.http["method"] != request.method:
        return None
    path, _, fixed_query = operation.http["requestUri"].partition("?")
    found = re.fullmatch(_pattern(path), request.path)
    if found is None and request.path.endswith("/"):
        found = re.fullmatch(_pattern(path), request.path.rstrip("/"))
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    fixed = dict(parse_qsl(fixed_query, keep_blank_values=True))
    fixed.pop("x-id", None)
    if found is None or any(query.get(name) != value for name, value in fixed.items()):
        return None
    in_path = {name: unquote(value) for name, value in found.groupdict().items()}
    left = {name: value for name, value in query.items() if name not in fixed and not COMMON_QUERY.fullmatch(name)}
    headers = {
        name: value
        for name, value in request.headers.items()
        if name.startswith("x-amz-") and not COMMON_HEADERS.fullmatch(name)
    }
    parameters: dict[str, Any] = {}
    shape = operation.input_shape
    for name, member in (shape.members if shape else {}).items():
        location = member.serialization.get("location")
        wire_name = member.serialization.get("name", name)
        if location == "uri" and wire_name in in_path:
            parameters[name] = _from_text(member, in_path[wire_name])
        elif location == "querystring" and wire_name in left:
            parameters[name] = _from_text(member, left.pop(wire_name))
        elif location == "header" and (value := request.headers.get(wire_name.lower())) is not None:
            parameters[name] = _from_text(member, value)
            headers.pop(wire_name.lower(), None)
        elif location == "headers":
            own = {header for header in headers if header.startswith(wire_name.lower())}
            parameters[name] = {header.removeprefix(wire_name.lower()): headers.pop(header) for header in own}
    needed = {name for name in (shape.required_members if shape else ()) if _is_outside(shape.members[name])}
    if not needed <= parameters.keys():
        return None
    parameters |= _body(operation, request)
    unknown = (*(f"the parameter {name}" for name in left), *(f"the header {name}" for name in headers))
    rank = len(fixed) + len(needed) - len(unknown)
    return rank, Sent(operation.service_model.service_name, operation.name, parameters, unknown)


def _is_outside(member: Shape) -> bool:
    """Whether a member is in the query or in a header. All that fit have the same path."""
    return member.serialization.get("location") in ("querystring", "header")


def _pattern(path: str) -> str:
    """A path such as `/{Bucket}/{Key+}` as a regular expression."""
    escaped = re.escape(path).replace(r"\{", "{").replace(r"\}", "}").replace(r"\+", "+")
    return re.sub(r"\{(\w+)(\+?)\}", lambda found: f"(?P<{found[1]}>{'.+' if found[2] else '[^/]+'})", escaped)


def _body(operation: OperationModel, request: Request) -> dict[str, Any]:
    """The members that the body has."""
    shape = operation.input_shape
    if shape is None or not request.body:
        return {}
    payload = shape.serialization.get("payload")
    if payload and shape.members[payload].type_name == "blob":
        return {payload: request.body}
    if operation.service_model.metadata["protocol"] == "rest-xml":
        return {payload: _from_xml(shape.members[payload], ElementTree.fromstring(request.body))} if payload else {}
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    return {names.get(name, name): value for name, value in json.loads(request.body).items()}


def _from_text(shape: Shape, text: str) -> Any:
    """A value of a path, a query or a header."""
    if shape.type_name in WHOLE_NUMBERS and re.fullmatch(r"-?\d+", text):
        return int(text)
    if shape.type_name == "boolean" and text in ("true", "false"):
        return text == "true"
    if isinstance(shape, ListShape):
        return [part.strip() for part in text.split(",")]
    return text


def _from_xml(shape: Shape, element: ElementTree.Element) -> Any:
    if isinstance(shape, StructureShape):
        names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
        found: dict[str, Any] = {}
        for child in element:
            tag = child.tag.rpartition("}")[2]
            name = names.get(tag, tag)
            member = shape.members.get(name)
            if isinstance(member, ListShape) and member.serialization.get("flattened"):
                found.setdefault(name, []).append(_from_xml(member.member, child))
            elif isinstance(member, ListShape):
                found[name] = [_from_xml(member.member, one) for one in child]
            else:
                found[name] = _from_xml(member, child) if member else child.text
        return found
    return _from_text(shape, element.text or "")


def _check(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """A sentence for each thing in a value that its shape does not allow."""
    place = path or "the request"
    if isinstance(shape, StructureShape):
        yield from _check_structure(shape, value, path)
    elif isinstance(shape, ListShape):
        if not isinstance(value, list):
            yield f"{place} is no list"
            return
        yield from _check_size(shape, len(value), place, "entries")
        for index, entry in enumerate(value):
            yield from _check(shape.member, entry, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        if not isinstance(value, dict):
            yield f"{place} is no map"
            return
        yield from _check_size(shape, len(value), place, "entries")
        for key, entry in value.items():
            yield from _check(shape.key, key, f"{path}'s key {key}")
            yield from _check(shape.value, entry, f"{path}.{key}")
    else:
        yield from _check_scalar(shape, value, place)


def _check_structure(shape: StructureShape, value: Any, path: str) -> Iterator[str]:
    place = path or "the request"
    if not isinstance(value, dict):
        yield f"{place} is no structure"
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"{place} lacks {name}"
    if (shape.is_tagged_union or shape.name in UNIONS) and len(value) != 1:
        yield f"{place} has {len(value)} members, not one"
    for name, entry in value.items():
        if name not in shape.members:
            yield f"{place} has {name}, which is not in the model"
        else:
            yield from _check(shape.members[name], entry, f"{path}.{name}" if path else name)


def _check_scalar(shape: Shape, value: Any, place: str) -> Iterator[str]:
    if shape.type_name in TEXTS:
        if not isinstance(value, str):
            yield f"{place} is no text"
            return
        yield from _check_size(shape, len(value), place, "characters")
        allowed = shape.metadata.get("enum")
        if allowed and value not in allowed:
            yield f"{place} is {value!r}, which is not among {', '.join(allowed)}"
        pattern = shape.metadata.get("pattern")
        if pattern and not re.search(_as_python(pattern), value):
            yield f"{place} does not match {pattern}"
    elif shape.type_name in WHOLE_NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int):
            yield f"{place} is no whole number"
            return
        yield from _check_size(shape, value, place)
    elif shape.type_name == "boolean" and not isinstance(value, bool):
        yield f"{place} is neither true nor false"
    elif shape.type_name == "blob" and isinstance(value, (str, bytes)):
        yield from _check_size(shape, len(value), place, "bytes")


def _check_size(shape: Shape, size: int, place: str, unit: str = "") -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    shown = f"{size} {unit}".rstrip()
    if least is not None and size < least:
        yield f"{place} has {shown}, and needs {least}"
    if most is not None and size > most:
        yield f"{place} has {shown}, and may have {most}"


def _as_python(pattern: str) -> str:
    """A pattern of the models, which are written for Java: it covers the whole text."""
    return f"^(?:{pattern})$"
