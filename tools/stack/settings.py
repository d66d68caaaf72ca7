"""Where the local stack keeps its things, and the environment its commands run in."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
BUILD = LOCAL / "build"
TOOLS = LOCAL / "tools"
TEMPLATE = ROOT / "template.yaml"
CONSOLE = ROOT / "console"
DEMO_DATA = LOCAL / "demo-data"
VENV_BIN = ROOT / ".venv" / "bin"
LATEST_STACK_FILE = LOCAL / "stack.json"

STACK_NAME = "payout-exports"
REGION = "us-east-1"
SENDER_EMAIL = "exports@payout-exports.example"
ARTIFACTS_BUCKET = "payout-exports-artifacts"
DEFAULT_PORT = 4566
# The variable that tells the local AWS where to write what the functions' policies were asked for.
CALLS_FILE = "CALLS_FILE"
# And the one for what the functions asked of it.
REQUESTS_FILE = "REQUESTS_FILE"


class Failure(Exception):
    """Something went wrong that one sentence explains; no traceback helps."""


@dataclass(frozen=True)
class Stack:
    """One local stack, which has a port and a folder below `.local`."""

    port: int
    # Whether the local AWS refuses what the functions' roles do not allow.
    enforces_policies: bool = False

    @property
    def endpoint(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def folder(self) -> Path:
        return LOCAL / str(self.port)

    @property
    def stack_file(self) -> Path:
        return self.folder / "stack.json"

    def environment(self) -> dict[str, str]:
        """This process's environment, with this stack as the only AWS that anything started with it can reach."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return kept | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "localhost,127.0.0.1",
            "no_proxy": "localhost,127.0.0.1",
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_POLL_DELAY": "0.2",
            # The SAM CLI keeps its own settings here instead of in the home folder.
            "__SAM_CLI_APP_DIR": str(LOCAL / "sam"),
        }


def stack_from_environment() -> Stack:
    """The stack of `LOCAL_AWS_PORT`, or of the default port."""
    text = os.environ.get("LOCAL_AWS_PORT") or str(DEFAULT_PORT)
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise Failure(f"LOCAL_AWS_PORT is {text!r}: it must be a port number from 1024 to 65535.")
    return Stack(int(text), enforces_policies=os.environ.get("LOCAL_AWS_AUTH") == "true")


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
