"""The picture of the dashboard in the documentation has what the template has."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from samcli.yamlhelper import yaml_parse
from stack import dashboard
from stack.settings import TEMPLATE

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def widgets() -> list[dict[str, Any]]:
    body = yaml_parse(TEMPLATE.read_text())["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    return json.loads(re.sub(r"\$\{[^}]+\}", "x", body))["widgets"]


@pytest.fixture
def picture() -> ElementTree.Element:
    return ElementTree.fromstring(dashboard.PICTURE.read_text())


def test_the_picture_has_every_widget_and_a_line_for_each_metric(
    widgets: list[dict[str, Any]], picture: ElementTree.Element
) -> None:
    drawn = picture.findall(f"{SVG}g")
    titles = [widget["properties"]["title"] for widget in widgets]
    assert [group.findtext(f"{SVG}text") for group in drawn] == titles
    for widget, group in zip(widgets, drawn, strict=True):
        metrics = widget["properties"]["metrics"]
        assert len(group.findall(f"{SVG}polyline")) == len(metrics)
        legend = [text.text for text in group.findall(f"{SVG}g/{SVG}text")]
        assert len(set(legend)) == len(metrics), "each line has a name of its own"


def test_the_picture_stays_within_its_bounds(picture: ElementTree.Element) -> None:
    width, height = map(int, picture.attrib["viewBox"].split()[2:])
    for group in picture.findall(f"{SVG}g"):
        x, y = map(float, group.attrib["transform"].removeprefix("translate(").rstrip(")").split())
        frame = group.find(f"{SVG}rect")
        assert frame is not None
        assert x + float(frame.attrib["width"]) <= width and y + float(frame.attrib["height"]) <= height


def test_a_stale_picture_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    assert dashboard.is_current()
    stale = tmp_path / "dashboard.svg"
    stale.write_text(dashboard.PICTURE.read_text().replace("Mails by outcome", "Mails"))
    monkeypatch.setattr(dashboard, "PICTURE", stale)
    assert not dashboard.is_current()
