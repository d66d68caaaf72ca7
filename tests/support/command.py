"""The command line tool, as an operator runs it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("FUNCTIONS_DIR", ROOT / "target" / "debug"))


class Command:
    """`payout-exports` with the running stack's settings."""

    def __init__(self, stack: dict[str, Any]) -> None:
        self.environment = {
            "AWS_ENDPOINT_URL": stack["endpointUrl"],
            "AWS_REGION": stack["region"],
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "API_KEYS_TABLE": stack["apiKeysTable"],
            "EXPORTS_TABLE": stack["exportsTable"],
            "LEDGER_TABLE": stack["ledgerTable"],
        }

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [str(FOLDER / "payout-exports"), *arguments]
        return subprocess.run(command, env=self.environment, input=stdin, capture_output=True, text=True, check=False)
