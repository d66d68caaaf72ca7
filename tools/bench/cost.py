"""What an export of a million rows costs on AWS, derived from what was measured here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

GIB = 1024**3
MIB = 1024**2
ROWS = 1_000_000


@dataclass(frozen=True)
class Prices:
    """US dollars, without the free tiers. From the services' pricing pages."""

    region: str = "us-east-1"
    date: str = "2026-11-21"
    # Lambda, x86: a GB-second, and a million requests.
    lambda_gb_second: float = 0.0000166667
    lambda_million_requests: float = 0.20
    # DynamoDB on demand: a million read and write request units.
    dynamodb_million_reads: float = 0.125
    dynamodb_million_writes: float = 0.625
    # S3 Standard: a thousand PUT, POST and LIST requests, and a GB-month.
    s3_thousand_puts: float = 0.005
    s3_gb_month: float = 0.023
    # SES: a thousand mails.
    ses_thousand_mails: float = 0.10
    # API Gateway, REST: a million requests.
    api_gateway_million_requests: float = 3.50
    # SQS standard: a million requests.
    sqs_million_requests: float = 0.40


@dataclass(frozen=True)
class Assumptions:
    """What is not measured here."""

    # An item as DynamoDB counts it, with the attributes that are not projected: a read is charged for all of it. The
    # demo's transfers have 571 bytes on average, and their version.
    item_bytes: int = 580
    # A record with a supplier is written to the table and to two indexes. Each is less than 1 KB, which is one unit.
    write_units_a_record: int = 3
    lambda_network_mb_per_second: int = 75
    # `part_size` of the generator.
    part_bytes: int = 5 * MIB
    days_kept: int = 7
    # One export: a request and some looks at its state.
    api_requests: int = 10
    sqs_requests: int = 3
    # Of the small functions, as they are deployed.
    api_function_ms: int = 50
    api_function_mb: int = 256
    # Acceptance, delivery and end, with their indexes; a transaction counts double.
    write_units: int = 100
    # An export's item with its checkpoint is of some 3 KB, and so are its copies in three indexes. Progress is recorded
    # once a second and after ten seconds every five, a checkpoint with each part.
    write_units_a_change: int = 12
    # Its entry in the index of what is due is removed and written when the lease is renewed: every 30 seconds.
    write_units_a_second: float = 2 / 30


def per_million_rows(generator: dict[str, Any], memory_mb: int) -> dict[str, Any]:
    """Dollars by service, and all of them; with the prices and assumptions that they follow from."""
    prices, assumed = Prices(), Assumptions()
    cpu_seconds = ROWS / generator["rowsPerSecondPerCore"]
    network_seconds = ROWS * generator["pageBytesPerRow"] / (assumed.lambda_network_mb_per_second * 1_000_000)
    generator_seconds = max(cpu_seconds, network_seconds)
    file_bytes = ROWS * generator["fileBytesPerRow"]
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
        "prices": asdict(prices),
        "assumptions": asdict(assumed) | {"generator_memory_mb": memory_mb},
    }
