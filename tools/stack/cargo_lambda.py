"""cargo-lambda, and zig, with which it links: ready binaries from PyPI, in a virtual environment of their own."""

from __future__ import annotations

import os
from pathlib import Path

from . import virtual_environments
from .settings import ROOT, TOOLS

REQUIREMENTS = ROOT / "tools" / "release-requirements.txt"
FOLDER = TOOLS / "release"


def command() -> Path:
    """The program, installed if need be."""
    virtual_environments.make(FOLDER, REQUIREMENTS)
    return FOLDER / "bin" / "cargo-lambda"


def environment() -> dict[str, str]:
    """This process's environment, with zig on the search path."""
    return os.environ | {"PATH": f"{FOLDER / 'bin'}{os.pathsep}{os.environ['PATH']}"}
