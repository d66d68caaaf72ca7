"""The template without its transforms: its loops written out, and SAM's resources as what SAM makes of them."""

from __future__ import annotations

import json
import logging
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from stack.settings import REGION
from stack.template import LOOP

Template = dict[str, Any]

# It warns of a switch that only AWS's own service has.
logging.getLogger("samtranslator.feature_toggle.feature_toggle").setLevel(logging.ERROR)


def applied(template: Template, parameters: dict[str, str]) -> Template:
    """The template as CloudFormation works on it. `parameters` are those that have no default."""
    looped = {name: part for name, part in template.items() if name != "Transform"}
    defaults = {name: part.get("Default", "") for name, part in template["Parameters"].items()}
    # SAM's translator changes what it is given, and takes plain dictionaries only.
    plain = json.loads(json.dumps(_expanded(looped, {})))
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION))
    return translator.translate(plain, parameter_values=defaults | parameters)


def _expanded(node: Any, values: dict[str, str]) -> Any:
    """A part of a template in which the loops' variables have these values."""
    if isinstance(node, str):
        return _replaced(node, values)
    if isinstance(node, list):
        return [_expanded(entry, values) for entry in node]
    if not isinstance(node, dict):
        return node
    if node.keys() == {"Ref"} and isinstance(node["Ref"], str) and node["Ref"] in values:
        return values[node["Ref"]]
    expanded: dict[str, Any] = {}
    for name, inner in node.items():
        if name.startswith(LOOP):
            variable, entries, body = inner
            for entry in entries:
                expanded |= _expanded(body, values | {variable: entry})
        else:
            expanded[_replaced(name, values)] = _expanded(inner, values)
    # A substitution with nothing left to substitute is a text, as a resource's name must be.
    if expanded.keys() == {"Fn::Sub"} and isinstance(expanded["Fn::Sub"], str) and "${" not in expanded["Fn::Sub"]:
        return expanded["Fn::Sub"]
    return expanded


def _replaced(text: str, values: dict[str, str]) -> str:
    for variable, value in values.items():
        text = text.replace(f"${{{variable}}}", value)
    return text
