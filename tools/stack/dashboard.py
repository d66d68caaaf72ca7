"""The picture of the CloudWatch dashboard in the documentation: the template's widgets, with made-up values.

There is no CloudWatch here that could draw it. The values follow from the names, so that the picture changes only when
the template does.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from . import template
from .settings import REGION, ROOT, TEMPLATE

PICTURE = ROOT / "docs" / "dashboard.svg"

# A column and a row of CloudWatch's grid, in pixels.
COLUMN, ROW = 54, 46
# Around a widget's lines.
LEFT, RIGHT, TOP = 52, 44, 36
POINTS = 36
COLOURS = ("#1f77b4", "#d9730d", "#2c8a3d", "#c2302e", "#7b5bb6", "#8a5a44", "#c05a9d")
# What is nearly always zero where all is well.
RARE = re.compile("FAILED|CANCELLED|REFUSED|POSTPONED|BOUNCED|COMPLAINED|Refused|5XX|Throttle|Retries|NumberOfMessages")
# The widths of small and capital letters.
SMALL, CAPITAL = 5.9, 7.6


def write() -> None:
    """Draws the picture again."""
    PICTURE.write_text(draw())


def is_current() -> bool:
    """Whether the picture is what the template has now."""
    return PICTURE.is_file() and PICTURE.read_text() == draw()


def draw() -> str:
    """The dashboard as SVG."""
    widgets = _widgets()
    width = COLUMN * max(widget["x"] + widget["width"] for widget in widgets)
    height = ROW * max(widget["y"] + widget["height"] for widget in widgets)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"',
            'font-size="11">',
            f'<rect width="{width}" height="{height}" fill="#f2f3f3"/>',
            *(line for widget in widgets for line in _widget(widget)),
            "</svg>\n",
        ]
    )


def _widgets() -> list[dict[str, Any]]:
    body = template.read(TEMPLATE)["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    known = {"AWS::StackName": "payout-exports", "AWS::Region": REGION}
    return json.loads(re.sub(r"\$\{([^}]+)\}", lambda name: known.get(name[1], name[1]), body))["widgets"]


def _widget(widget: dict[str, Any]) -> Iterator[str]:
    x, y = widget["x"] * COLUMN + 4, widget["y"] * ROW + 4
    width, height = widget["width"] * COLUMN - 8, widget["height"] * ROW - 8
    properties = widget["properties"]
    yield f'<g transform="translate({x} {y})">'
    yield f'<rect width="{width}" height="{height}" rx="4" fill="#fff" stroke="#d5dbdb"/>'
    size = min(13.0, (width - 24) / len(properties["title"]) / 0.55)
    title = escape(properties["title"])
    yield f'<text x="12" y="22" font-size="{size:.1f}" font-weight="bold" fill="#16191f">{title}</text>'
    legend, legend_height = _legend(_labels(properties["metrics"]), width)
    bottom = height - legend_height - 12
    # The middle and both ends of the scale.
    for share in (0, 0.5, 1):
        level = bottom - share * (bottom - TOP)
        yield f'<line x1="{LEFT}" x2="{width - RIGHT}" y1="{level:.0f}" y2="{level:.0f}" stroke="#eaeded"/>'
    yield from _lines(properties["title"], properties["metrics"], width, bottom)
    yield f'<g transform="translate(12 {bottom + 20})">{legend}</g>'
    yield "</g>"


def _lines(title: str, metrics: list[list[Any]], width: int, bottom: int) -> Iterator[str]:
    """The line of each metric, and the upper end of each scale."""
    series = [_values(title, number, metric) for number, metric in enumerate(metrics)]
    on_right = [isinstance(metric[-1], dict) and metric[-1].get("yAxis") == "right" for metric in metrics]
    for is_right in sorted(set(on_right)):
        ours = [number for number, side in enumerate(on_right) if side == is_right]
        most = max(1.0, *(value for number in ours for value in series[number]))
        x, anchor = (width - RIGHT + 5, "start") if is_right else (LEFT - 5, "end")
        for text, level in ((_short(most), TOP), ("0", bottom)):
            yield f'<text x="{x}" y="{level + 4}" text-anchor="{anchor}" fill="#545b64">{text}</text>'
        for number in ours:
            step = (width - LEFT - RIGHT) / (POINTS - 1)
            points = " ".join(
                f"{LEFT + index * step:.1f},{bottom - value / most * (bottom - TOP):.1f}"
                for index, value in enumerate(series[number])
            )
            colour = COLOURS[number % len(COLOURS)]
            yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def _values(title: str, number: int, metric: list[Any]) -> list[float]:
    chance = random.Random(f"{title} {number}")
    if RARE.search(" ".join(part for part in metric if isinstance(part, str))):
        return [float(chance.choice((1, 2, 3)) if chance.random() < 0.04 else 0) for _ in range(POINTS)]
    level, values = chance.uniform(30, 90) * (1_000_000 if metric[1] == "Bytes" else 1), []
    value = level
    for _ in range(POINTS):
        value += 0.35 * (level - value) + level * chance.uniform(-0.15, 0.15)
        values.append(max(0.0, value))
    return values


def _labels(metrics: list[list[Any]]) -> list[str]:
    """What sets each metric of a widget apart from the others."""
    names = [metric[1] for metric in metrics]
    labels = []
    for metric in metrics:
        texts = [part for part in metric if isinstance(part, str)]
        given = metric[-1].get("label") if isinstance(metric[-1], dict) else None
        same_name = texts[-1] if len(set(names)) == 1 and len(names) > 1 else None
        own_name = texts[1] if names.count(texts[1]) == 1 else f"{texts[1]} of {texts[0].partition('/')[2]}"
        labels.append(given or same_name or own_name)
    return labels


def _legend(labels: list[str], width: int) -> tuple[str, int]:
    """The labels with their colours, in as many lines as they need, and the height of these in pixels."""
    parts, x, y = [], 0.0, 0
    for number, label in enumerate(labels):
        needed = 26 + sum(CAPITAL if letter.isupper() else SMALL for letter in label)
        if x and x + needed > width - 24:
            x, y = 0.0, y + 16
        colour = COLOURS[number % len(COLOURS)]
        parts.append(f'<rect x="{x:.0f}" y="{y - 8}" width="9" height="9" fill="{colour}"/>')
        parts.append(f'<text x="{x + 13:.0f}" y="{y}" fill="#16191f">{escape(label)}</text>')
        x += needed
    return "".join(parts), y + 16


def _short(value: float) -> str:
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if value >= size:
            return f"{value / size:.0f}{unit}"
    return f"{value:.0f}"
