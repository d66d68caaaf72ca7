"""What a manifest must say, worked out from the file that it is about."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from decimal import Decimal, localcontext
from typing import Any

from support.ledger import Row, read_file

# More digits than any sum has: nothing is rounded.
PRECISION = 200


def manifest_of(
    file: str, filters: dict[str, Any], as_of: str, rows: list[Row] | None = None, **chosen: Any
) -> dict[str, Any]:
    """The manifest of a file. `rows` are the file's with every column, if it does not show all of them as they are."""
    content = file.encode()
    header, *rows = rows or read_file(file)
    left_out, totals = 0, {}
    if "amount" in header:
        amount, currency = header.index("amount"), header.index("currency")
        left_out = sum(not row[currency] for row in rows)
        totals = _totals((row[currency], row[amount]) for row in rows if row[currency])
    return {
        "rowCount": len(rows),
        "fileSize": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "totals": totals,
        **({"rowsNotInTotals": left_out} if left_out else {}),
        "filters": filters,
        **chosen,
        "asOf": as_of,
    }


def manifest_key(key: str) -> str:
    """The key of the document beside a file."""
    return key.removesuffix(".csv") + ".manifest.json"


def mailed_totals(totals: dict[str, str]) -> list[str]:
    """The totals as a mail writes them, such as `EUR 1,234,567.80`."""
    return [f"{currency} {Decimal(total):,f}" for currency, total in totals.items()]


def _totals(amounts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each currency's sum, with as many decimals as the longest of its amounts has."""
    sums: dict[str, Decimal] = {}
    with localcontext() as context:
        context.prec = PRECISION
        for currency, amount in amounts:
            sums[currency] = sums.get(currency, Decimal(0)) + Decimal(amount)
    return {currency: f"{total:f}" for currency, total in sums.items()}
