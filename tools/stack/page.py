"""The Back Office page: built by Vite before cargo runs, since the `console` function holds the built files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from .commands import end_of, run_quietly
from .settings import CONSOLE, LOCAL, ROOT, Failure

LOCK_FILE = CONSOLE / "package-lock.json"
# Inside the folder that it describes, so that removing the folder removes it too.
INSTALLED_STAMP = CONSOLE / "node_modules" / ".lock.sha256"
BUILT_STAMP = CONSOLE / "dist" / ".sha256"
LOG = LOCAL / "console.log"
SOURCES = ("index.html", "package.json", "tsconfig.json", "vite.config.ts", "src", "reference", "public")
API_FILES = tuple(ROOT / "infra" / f"{name}-api.yaml" for name in ("operator", "merchant", "link"))
# The build makes them from the files above.
GENERATED_TYPES = CONSOLE / "src" / "api" / "schema.ts"
GENERATED_CONTRACTS = CONSOLE / "reference" / "contracts"


def build() -> None:
    """Installs what the page needs and builds it, each only after a change."""
    if os.environ.get("FUNCTIONS_DIR"):
        return
    install()
    state = _digest(LOCK_FILE, *API_FILES, *_sources())
    if _is_stamped(BUILT_STAMP, state):
        return
    _npm("npm run build", "run", "build")
    BUILT_STAMP.write_text(state)


def install() -> None:
    """Installs the packages of the lock file, unless they are there."""
    if not LOCK_FILE.is_file():
        raise Failure("console/package-lock.json is missing: the Back Office page cannot be built without it.")
    state = _digest(LOCK_FILE)
    if not _is_stamped(INSTALLED_STAMP, state):
        _npm("npm ci", "ci", "--no-audit", "--no-fund")
        INSTALLED_STAMP.write_text(state)


def _npm(doing: str, *arguments: str) -> None:
    if not run_quietly(doing, ["npm", *arguments], LOG, folder=CONSOLE):
        raise Failure(f"{doing} failed:\n{end_of(LOG)}\nAll of its output: {LOG}")


def _sources() -> Iterator[Path]:
    for name in SOURCES:
        path = CONSOLE / name
        yield from sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        if file.is_file() and file != GENERATED_TYPES and file.parent != GENERATED_CONTRACTS:
            digest.update(f"{file.relative_to(ROOT)}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _is_stamped(stamp: Path, state: str) -> bool:
    return stamp.is_file() and stamp.read_text() == state
