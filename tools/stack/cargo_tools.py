"""Tools that cargo builds, of pinned versions, into `.local/tools`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .settings import ROOT, TOOLS, Failure
from .steps import console

VERSIONS = {"cargo-deny": "0.20.2", "cargo-fuzz": "0.13.2", "cargo-sbom": "0.10.0"}


def installed(name: str) -> Path:
    """The tool's binary, built if it is not there yet."""
    root = TOOLS / f"{name}-{VERSIONS[name]}"
    binary = root / "bin" / name
    if binary.is_file():
        return binary
    console.print(f"  Building {name} (a minute or two, once) …")
    # Unoptimized it is built in half the time, and fast enough.
    environment = dict(os.environ, CARGO_PROFILE_DEV_DEBUG="0")
    command = ["cargo", "install", name, "--locked", "--version", VERSIONS[name], "--debug", "--root", str(root)]
    if subprocess.run(command, cwd=ROOT, env=environment).returncode:
        raise Failure(f"{name} could not be built: see above.")
    return binary
