"""The OpenAPI files, and what the suites have seen of them. Each answer is checked against its file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import schemathesis
import yaml
from schemathesis.schemas import APIOperation, BaseSchema

CODE = re.compile(r"`([A-Z][A-Z_]+)`")


@dataclass(frozen=True, order=True)
class Documented:
    """One answer that a file promises. `code` is empty where the answer is no refusal."""

    api: str
    method: str
    path: str
    status: int
    code: str = ""


@dataclass
class Document:
    """One OpenAPI file, and where its API runs."""

    name: str
    base_url: str
    raw: dict[str, Any]
    schema: BaseSchema
    answers: set[Documented] = field(default_factory=set)
    field_codes: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, name: str, file: Path, base_url: str) -> Document:
        raw = yaml.safe_load(file.read_text())
        document = cls(name, base_url, raw, schemathesis.openapi.from_dict(raw))
        document.schema.config.update(base_url=base_url)
        return document

    def operations(self) -> Iterator[tuple[str, str]]:
        """Method and path of each."""
        for path, methods in self.raw["paths"].items():
            for method in methods:
                yield method.upper(), path

    def documented(self) -> set[Documented]:
        return {
            Documented(self.name, method, path, int(status), code)
            for method, path in self.operations()
            for status in self._responses(method, path)
            for code in self._codes(method, path, status) or [""]
        }

    def documented_field_codes(self) -> set[str]:
        """What may be wrong with a body or a parameter."""
        schemas = self.raw["components"]["schemas"]
        problem, member = ("FieldProblem", "code") if "FieldProblem" in schemas else ("ArgumentProblem", "type")
        return set(schemas[problem]["properties"][member]["enum"]) if problem in schemas else set()

    def see(self, answer: httpx.Response) -> None:
        """Fails unless the answer is as the file says, and notes that it was seen."""
        found = self._find(answer.request)
        if found is None:
            return
        method, path = found
        answer.read()
        code = self._code(answer, method, path)
        seen = Documented(self.name, method, path, answer.status_code, code)
        assert str(answer.status_code) in self._responses(method, path), f"{seen} is not documented"
        assert not code or code in self._codes(method, path, str(answer.status_code)), f"{seen} is not documented"
        operation: APIOperation = self.schema[path][method]
        operation.validate_response(answer)
        self.answers.add(seen)

    def _find(self, request: httpx.Request) -> tuple[str, str] | None:
        url = str(request.url).partition("?")[0]
        if not url.startswith(self.base_url):
            return None
        path = url.removeprefix(self.base_url)
        fitting = [
            (method, template)
            for method, template in self.operations()
            if method == request.method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
        ]
        # The one with the fewest variables.
        return min(fitting, key=lambda operation: operation[1].count("{"), default=None)

    def _responses(self, method: str, path: str) -> Mapping[str, Any]:
        return self.raw["paths"][path][method.lower()]["responses"]

    def _codes(self, method: str, path: str, status: str) -> set[str]:
        """The codes that a refusal's description names."""
        if int(status) < 400:
            return set()
        response = self._responses(method, path)[status]
        if "$ref" in response:
            response = self.raw["components"]["responses"][response["$ref"].rpartition("/")[2]]
        return set(CODE.findall(response["description"]))

    def _code(self, answer: httpx.Response, method: str, path: str) -> str:
        if answer.status_code < 400:
            return ""
        if "json" not in answer.headers.get("content-type", ""):
            # A page for a person has no code: where its status has two, the title tells which.
            codes = self._codes(method, path, str(answer.status_code))
            [code] = [code for code in codes if len(codes) == 1 or code.rpartition("_")[2].lower() in _title(answer)]
            return code
        body = answer.json()
        if isinstance(body, list):
            self.field_codes |= {detail["type"] for detail in body[2]}
            return body[0]
        self.field_codes |= {error["code"] for error in body.get("errors", [])}
        return body["code"]


def _title(page: httpx.Response) -> str:
    found = re.search("<title>(.*?)</title>", page.text)
    assert found, page.text
    return found.group(1)


class Contract:
    """Every API's file."""

    def __init__(self, folder: Path, stack: Mapping[str, Any]) -> None:
        self.documents = [
            Document.read(name, folder / f"{name}-api.yaml", stack[f"{name}ApiUrl"])
            for name in ("operator", "link", "merchant")
        ]

    def see(self, answer: httpx.Response) -> None:
        for document in self.documents:
            document.see(answer)

    def operations(self) -> Iterator[tuple[Document, str, str]]:
        for document in self.documents:
            for method, path in document.operations():
                yield document, method, path
