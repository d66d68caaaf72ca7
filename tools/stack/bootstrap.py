"""The first step of every make target, for the Python of the machine: standard library only.

Looks for what must be installed by hand, makes `.venv` from `tools/requirements.txt` when that file changed, and goes
on as `python -m stack …` inside it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "tools" / "requirements.txt"
STAMP = VENV / "requirements.sha256"
OLDEST_PYTHON = (3, 10)
OLDEST_NODE = (20, 19)


def missing_prerequisite() -> str | None:
    """One sentence that says what to install, or None when all is there."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        return f"Python 3.10 or newer is needed, this is {found}: install it from https://www.python.org/downloads/."
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return "Python's venv module is needed: install it, on Debian and Ubuntu with `apt install python3-venv`."
    if shutil.which("cargo") is None:
        return "Rust is needed: install it from https://rustup.rs/ and open a new shell."
    if shutil.which("node") is None or shutil.which("npm") is None or node_version() < OLDEST_NODE:
        return "Node.js with npm is needed: install version 20.19 or newer from https://nodejs.org/."
    return None


def node_version() -> tuple[int, ...]:
    """Major and minor, such as (20, 19)."""
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in version.strip().lstrip("v").split(".")[:2])


def make_venv() -> None:
    """Makes the virtual environment unless it was made from the same requirements."""
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == wanted and VENV_PYTHON.exists():
        return
    print("Setting up .venv with the local AWS and the SAM CLI (about a minute, once) …", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    # Compiling every module ahead would take as long as installing them.
    options = ["--disable-pip-version-check", "--no-compile", "--quiet", "--requirement", str(REQUIREMENTS)]
    subprocess.run([str(VENV_PYTHON), "-m", "pip", "install", *options], check=True)
    STAMP.write_text(wanted)


def main() -> None:
    started = time.monotonic()
    sentence = missing_prerequisite()
    if sentence:
        sys.exit(sentence)
    try:
        make_venv()
    except subprocess.CalledProcessError as error:
        sys.exit(f"Setting up .venv failed: see above. Run the same command again to retry. ({error})")
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "tools"), STACK_SETUP_SECONDS=str(time.monotonic() - started))
    os.execve(str(VENV_PYTHON), [str(VENV_PYTHON), "-m", "stack", *sys.argv[1:]], environment)


if __name__ == "__main__":
    main()
