"""What an export of a million rows costs on AWS, derived from what was measured here."""

from __future__ import annotations

from math import ceil
from types import SimpleNamespace
from typing import Any

import tomlkit
from stack.settings import ROOT

# Prices and assumptions: `payout-exports cost` reckons with the same.
FIGURES = ROOT / "tools" / "cost.toml"
REGION = "us-east-1"

GIB = 1024**3
ROWS = 1_000_000


def per_million_rows(network_rows_per_second: float, file_bytes_per_row: float, memory_mb: int) -> dict[str, Any]:
    """Dollars by service, and all of them; with the prices and assumptions that they follow from.

    The rows of a second are those of the generator on a network like Lambda's.
    """
    figures = tomlkit.parse(FIGURES.read_text()).unwrap()
    prices = SimpleNamespace(**{name: price["dollars"] for name, price in figures["prices"][REGION].items()})
    assumed = SimpleNamespace(**figures["assumed"])
    generator_seconds = ROWS / network_rows_per_second
    file_bytes = ROWS * file_bytes_per_row
    parts = ceil(file_bytes / assumed.part_bytes)
    # Begun, listed and completed; and the manifest.
    puts = parts + 4
    seconds = ceil(generator_seconds)
    progress = min(seconds, 10) + max(seconds - 10, 0) // 5
    write_units = (
        assumed.write_units + (parts + progress) * assumed.write_units_a_change + seconds * assumed.write_units_a_second
    )
    # Eventually consistent: half a unit for each 4 KB.
    read_units = ROWS * assumed.item_bytes / 4096 / 2
    gb_seconds = (
        generator_seconds * memory_mb + assumed.api_requests * assumed.api_function_ms / 1000 * assumed.api_function_mb
    ) / 1024
    # Each request of the API is two invocations at most: the authorizer and the function.
    invocations = 1 + 2 * assumed.api_requests
    dollars = {
        "lambda": gb_seconds * prices.lambda_gb_second + invocations * prices.lambda_million_requests / 1e6,
        "dynamodb": (read_units * prices.dynamodb_million_reads + write_units * prices.dynamodb_million_writes) / 1e6,
        "s3": puts * prices.s3_thousand_puts / 1000 + file_bytes / GIB * prices.s3_gb_month * assumed.days_kept / 30,
        "ses": prices.ses_thousand_mails / 1000,
        "apiGateway": assumed.api_requests * prices.api_gateway_million_requests / 1e6,
        "sqs": assumed.sqs_requests * prices.sqs_million_requests / 1e6,
    }
    recording = ROWS * assumed.write_units_a_record * prices.dynamodb_million_writes / 1e6
    return {
        "total": round(sum(dollars.values()), 4),
        "newRecords": round(recording, 3),
        "services": {service: round(amount, 6) for service, amount in dollars.items()},
        "generatorSeconds": round(generator_seconds, 2),
        "prices": {"region": REGION, **figures["prices"][REGION]},
        "assumptions": figures["assumed"] | {"generator_mb": memory_mb},
    }
