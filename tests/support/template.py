"""The template's resources, with its loops written out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def written_out(template: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each resource, and each that a loop makes with the values that it looks up for it."""
    for name, resource in template["Resources"].items():
        if not name.startswith("Fn::ForEach::"):
            yield resource
            continue
        variable, values, body = resource
        for value in values:
            text = (
                json.dumps(body).replace(f"${{{variable}}}", value).replace(json.dumps({"Ref": variable}), f'"{value}"')
            )
            yield from json.loads(text, object_hook=lambda node: _found(node, template["Mappings"])).values()


def _found(node: dict[str, Any], mappings: dict[str, Any]) -> Any:
    match node.get("Fn::FindInMap"):
        case [table, str(row), column] if row in mappings[table]:
            return mappings[table][row][column]
    return node
