"""Virtual environments beside the project's own, each made from a file of pinned requirements."""

from __future__ import annotations

import sys
from pathlib import Path

from .commands import end_of, run_quietly
from .settings import ROOT, TOOLS, Failure

# The public linters of policies and templates.
POLICY_LINTERS = TOOLS / "policy-linters"
POLICY_REQUIREMENTS = ROOT / "tools" / "policy-requirements.txt"


def make(folder: Path, requirements: Path, python: str = sys.executable) -> None:
    """Makes a virtual environment of this Python, unless it was made from the same requirements."""
    stamp = folder / "requirements.txt"
    if stamp.is_file() and stamp.read_bytes() == requirements.read_bytes():
        return
    log = folder.with_suffix(".log")
    environment = [python, "-m", "venv", "--clear", str(folder)]
    options = ["--disable-pip-version-check", "--no-compile", "--requirement", str(requirements)]
    install = [str(folder / "bin" / "python"), "-m", "pip", "install", *options]
    for command in (environment, install):
        if not run_quietly("pip install", command, log):
            raise Failure(f"{requirements.name} could not be installed:\n{end_of(log)}\nAll of its output: {log}")
    stamp.write_bytes(requirements.read_bytes())


def policy_linter(name: str) -> str:
    """The command of a public linter, installed if need be."""
    make(POLICY_LINTERS, POLICY_REQUIREMENTS)
    return str(POLICY_LINTERS / "bin" / name)
