"""What was found: as JSON, as Markdown for the README, and as tables on the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.table import Table
from stack.steps import console

from .settings import JSON_FILE, MARKDOWN_FILE

NAMES = {
    "generator": "payout-exports, the whole job",
    "rust-sdk": "Rust, aws-sdk-dynamodb, csv",
    "node": "Node.js, SDK v3, csv-stringify",
    "python": "Python, boto3, csv",
}


@dataclass(frozen=True)
class Section:
    """A table: the first column is text, the others are figures."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        lines = [self.columns, ("---", *("---:" for _ in self.columns[1:])), *self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def table(self) -> Table:
        table = Table(title=self.title, title_justify="left")
        for number, column in enumerate(self.columns):
            table.add_column(column, justify="right" if number else "left")
        for row in self.rows:
            table.add_row(*row)
        return table


def write(found: dict[str, Any]) -> None:
    """Writes both files."""
    JSON_FILE.write_text(json.dumps(found, indent=2) + "\n")
    parts = [f"{section.title}\n\n{section.markdown()}" for section in _sections(found)]
    MARKDOWN_FILE.write_text("\n\n".join([*parts, _footnote(found)]) + "\n")


def show(found: dict[str, Any]) -> None:
    """Prints the same."""
    for section in _sections(found):
        console.print(section.table())
    console.print(_footnote(found))


def _sections(found: dict[str, Any]) -> Iterator[Section]:
    yield _throughput(found)
    yield _network(found["network"])
    yield _profiles(found["generator"])
    yield _writing(found["writing"], found["inbox"])
    yield _facts(found)
    yield _cold_starts(found["coldStart"])


def _throughput(found: dict[str, Any]) -> Section:
    generator = found["generator"]
    speed = generator["rowsPerSecondPerCore"]
    rows = [(NAMES["generator"], f"{speed:,}", f"{max(generator['peakMiB'].values()):.0f} MiB", "")]
    for name, peer in found["peers"].items():
        ratio = speed / peer["rowsPerSecondPerCore"]
        rows.append((NAMES[name], f"{peer['rowsPerSecondPerCore']:,}", f"{peer['peakMiB']:.0f} MiB", f"{ratio:.1f}"))
    columns = ("client", "rows a second of a core", "peak memory", "times as fast")
    return Section("DynamoDB to a CSV file in S3", columns, tuple(rows))


def _network(network: dict[str, Any]) -> Section:
    generator = network["generator"]
    plain = generator["withoutGzip"]
    clients = [
        (f"{NAMES['generator']}, pages in gzip", generator),
        ("the same, the file in gzip too", network["generatorGzipFile"]),
        ("the same, plain pages", plain),
    ]
    clients += [(NAMES[name], peer) for name, peer in network["peers"].items()]
    rows = [
        (
            label,
            f"{found['rowsPerSecond']:,}",
            f"{found['cpuSecondsPerMillionRows']:.2f} s",
            f"{found['peakMiB']:.0f} MiB",
            *(f"{share:.0%}" for share in found["shareOfTime"].values()),
        )
        for label, found in clients
    ]
    columns = (
        "client",
        "rows a second",
        "CPU for a million rows",
        "peak memory",
        "of the time: processor",
        "pages",
        "file",
    )
    return Section(f"On a network of {network['megabytesPerSecond']} MB/s in each direction", columns, tuple(rows))


def _profiles(generator: dict[str, Any]) -> Section:
    rows = [("standard", f"{generator['rowsPerSecondPerCore']:,}", "")]
    for locale, spreadsheet in generator["spreadsheets"].items():
        speed, share = spreadsheet["rowsPerSecondPerCore"], spreadsheet["shareOfStandard"]
        rows.append((f"spreadsheet, {locale}", f"{speed:,}", f"{share:.0%}"))
    columns = ("profile", "rows a second of a core", "of the standard's")
    return Section("The whole job in each profile", columns, tuple(rows))


def _writing(writing: dict[str, Any], inbox: dict[str, Any]) -> Section:
    recorder = writing["recorder"]
    speed = recorder["recordsPerSecondPerCore"]
    rows = [_client("payout-exports, checked and by version", recorder)]
    for name, label in (("rust-sdk", "Rust, aws-sdk-dynamodb"), ("python", "Python, boto3")):
        peer = writing["peers"][name]
        ratio = speed / peer["recordsPerSecondPerCore"]
        rows.append((label, f"{peer['recordsPerSecondPerCore']:,}", f"{peer['peakMiB']:.0f} MiB", f"{ratio:.1f}"))
    rows.append(_client("payout-exports, from a CSV file in the inbox", inbox))
    columns = ("client", "records a second of a core", "peak memory", "times as fast")
    return Section("Changes in JSON to DynamoDB", columns, tuple(rows))


def _client(label: str, found: dict[str, Any]) -> tuple[str, str, str, str]:
    return label, f"{found['recordsPerSecondPerCore']:,}", f"{max(found['peakMiB'].values()):.0f} MiB", ""


def _facts(found: dict[str, Any]) -> Section:
    generator = found["generator"]
    latency = generator["latency"]
    first = found["firstPage"]
    rows = [
        (f"peak memory of the {name}, {int(rows):,} rows", f"{peak:.0f} MiB")
        for name, function in (("generator", generator), ("loader", found["inbox"]))
        for rows, peak in function["peakMiB"].items()
    ]
    if generator["shareOfFloor"] is not None:
        rows.append(
            ("of the speed of copying the same bytes without decoding them", f"{generator['shareOfFloor']:.0%}")
        )
    rows += [
        (f"time with {latency['pageMs']} ms a page, against none", f"{latency['ratio']:.2f} times"),
        (
            f"message to the first page asked for, at {first['callMs']} ms a call",
            f"{first['firstPageMs']:.0f} ms",
        ),
        (
            f"message to READY of {first['rows']} rows, at {first['callMs']} ms a call",
            f"{first['readyMs']:.0f} ms, {first['sequentialCalls']} calls one after another",
        ),
        (
            f"request to READY on the local stack, {found['endToEnd']['rows']:,} rows",
            f"{found['endToEndSeconds']:.2f} s",
        ),
        ("a million rows on AWS, from request to expiry", f"${found['costPerMillionRowsUsd']:.4f}"),
    ]
    return Section("Size, latency and cost", ("what", "figure"), tuple(rows))


def _cold_starts(starts: dict[str, Any]) -> Section:
    functions = {name: start for name, start in starts.items() if name != "peers"}
    rows = [
        (name, f"{start['firstResponseMs']:.1f} ms", f"{start['peakMiB']:.0f} MiB", f"{start['binaryMB']:.1f} MB")
        for name, start in functions.items()
    ]
    for name, label in (("node", "detail in Node.js, bundled"), ("python", "detail in Python")):
        start = starts["peers"][name]
        rows.append((label, f"{start['firstResponseMs']:.1f} ms", f"{start['peakMiB']:.0f} MiB", ""))
    columns = ("function", "process start to first answer", "peak memory", "binary")
    return Section("Cold starts, AWS over TLS", columns, tuple(rows))


def _footnote(found: dict[str, Any]) -> str:
    machine = found["machine"]
    return (
        f"Measured on {found['date']}, medians of {found['runs']} runs taking turns, each process on one core of"
        f" {machine['cpu']} ({machine['cores']} cores, {machine['kernel']})."
    )
