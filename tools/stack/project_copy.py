"""Copies of the project, which compile and run beside this checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

from . import working_tree
from .settings import ROOT, Failure

# Made by setting up, each from one file: the same in every copy that has the same file.
BORROWED = {".venv": "tools/requirements.txt", "console/node_modules": "console/package-lock.json"}


def of_working_tree(target: Path) -> None:
    """Copies what git has or would take."""
    for source in working_tree.files(ROOT):
        copied = target / source.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, copied)
    _borrow(target)


def of_commit(commit: str, target: Path) -> None:
    """Copies what git had at this commit. Fails with a sentence if there is no such commit here."""
    archived = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True)
    if archived.returncode:
        raise Failure(f"git archive {commit} failed: {archived.stderr.decode().strip()}")
    with tarfile.open(fileobj=BytesIO(archived.stdout)) as files:
        files.extractall(target, filter="data")
    _borrow(target)


def file_of_commit(commit: str, name: str) -> str | None:
    """A file as it was at this commit. None if there is no such file, or no such commit: a clone may be shallow."""
    command = ["git", "show", f"{commit}:{name}"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return None if result.returncode else result.stdout


def environment(copy: Path) -> dict[str, str]:
    """The copy compiles its own crates beside this checkout's dependencies, and keeps its binaries to itself."""
    kept = {name: value for name, value in os.environ.items() if name not in {"FUNCTIONS_DIR", "PYTHONPATH"}}
    return kept | {"CARGO_BUILD_BUILD_DIR": str(ROOT / "target"), "CARGO_TARGET_DIR": str(copy / "target")}


def _borrow(target: Path) -> None:
    for name, made_from in BORROWED.items():
        if (target / made_from).read_bytes() == (ROOT / made_from).read_bytes():
            (target / name).symlink_to(ROOT / name)
