"""The template that the local stack deploys: `template.yaml` with local paths resolved, as `sam build` writes it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samcli.commands._utils.template import move_template
from samcli.yamlhelper import yaml_parse

from .build import package
from .settings import BUILD, TEMPLATE, Failure

FUNCTION = "AWS::Serverless::Function"
API = "AWS::Serverless::Api"
LOOP = "Fn::ForEach::"


@dataclass(frozen=True)
class Source:
    """What is deployed: a template, and the folder with its functions' packages."""

    template: Path = TEMPLATE
    packages: Path = BUILD


CHECKOUT = Source()


def read(path: Path) -> dict[str, Any]:
    """A template's file."""
    return yaml_parse(path.read_text())


def resources(template: dict[str, Any], type_name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The resources of this type by name. Those that a loop makes are not among them: it makes no functions or APIs."""
    for name, resource in template["Resources"].items():
        if not name.startswith(LOOP) and resource["Type"] == type_name:
            yield name, resource


def functions(template: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Each function of the template with the name of its binary."""
    for name, resource in resources(template, FUNCTION):
        try:
            yield resource, resource["Metadata"]["BuildProperties"]["Binary"]
        except KeyError:
            raise Failure(f"{name} in template.yaml has no Metadata.BuildProperties.Binary.") from None


def binaries(path: Path = TEMPLATE) -> list[str]:
    """The binaries that a template deploys."""
    return [binary for _, binary in functions(read(path))]


def included_files(path: Path = TEMPLATE) -> list[Path]:
    """The files that a template includes."""
    return [path.parent / include["Location"] for include in includes(read(path))]


def apis(stack_name: str) -> dict[str, Path]:
    """Each API's name in a stack of this name, and the OpenAPI file that it is made from."""
    properties = (resource["Properties"] for _, resource in resources(read(TEMPLATE), API))
    return {
        api["Name"]["Fn::Sub"].replace("${AWS::StackName}", stack_name): TEMPLATE.parent / include["Location"]
        for api in properties
        for include in includes(api["DefinitionBody"])
    }


def includes(node: Any) -> Iterator[dict[str, Any]]:
    """The parameters of each AWS::Include at or below a node."""
    if isinstance(node, dict):
        if node.get("Name") == "AWS::Include":
            yield node["Parameters"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from includes(child)


def write_local(target: Path, source: Source = CHECKOUT) -> None:
    """Writes the local template, and makes sure that paths are all that differs."""
    original = read(source.template)
    local = copy.deepcopy(original)
    for resource, binary in functions(local):
        resource["Properties"]["CodeUri"] = str(package(binary, source.packages))
    target.parent.mkdir(parents=True, exist_ok=True)
    move_template(str(source.template), str(target), local)
    if _without_paths(read(target)) != _without_paths(original):
        raise Failure(f"{target} differs from template.yaml in more than its local paths.")


def _without_paths(template: dict[str, Any]) -> dict[str, Any]:
    bare = copy.deepcopy(template)
    for resource, _ in functions(bare):
        del resource["Properties"]["CodeUri"]
    for include in includes(bare):
        del include["Location"]
    return bare
