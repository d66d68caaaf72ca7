"""The binaries that are deployed: compiled by cargo, packed as Lambda wants them."""

from __future__ import annotations

import os
import subprocess
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from .settings import BUILD, ROOT, Failure

CLI_NAME = "payout-exports"


def binaries_folder() -> Path:
    """Where the compiled binaries are: cargo's development profile, or `FUNCTIONS_DIR`.

    `FUNCTIONS_DIR` deploys binaries that were built before, such as release ones in `target/release`.
    """
    given = os.environ.get("FUNCTIONS_DIR")
    return Path(given).resolve() if given else ROOT / "target" / "debug"


def cli() -> Path:
    """The command line tool."""
    path = binaries_folder() / CLI_NAME
    if not path.is_file():
        raise Failure(f"{path} is missing: run `make up` first.")
    return path


def run_cli(*arguments: str, environment: Mapping[str, str] | None = None) -> bool:
    """Runs the command line tool, which shows its own progress. Says whether it succeeded."""
    return subprocess.run([str(cli()), *arguments], cwd=ROOT, env=environment).returncode == 0


def compile_workspace() -> None:
    """Builds every function and the command line tool; cargo shows its own progress."""
    if os.environ.get("FUNCTIONS_DIR"):
        return
    # Only benchmarks and some tests need the benchmark's crates, which bring dependencies of their own.
    _cargo_build("--workspace", "--exclude", "bench-*")


def contract(*arguments: str) -> bool:
    """Runs the tool that makes the OpenAPI files, the page's datasets and their documentation."""
    command = ["cargo", "run", "--quiet", "--locked", "--package", "contract", "--", *arguments]
    return subprocess.run(command, cwd=ROOT).returncode == 0


def compile_large_ledger() -> None:
    """Builds the server that plays ledgers too large for the local AWS; the tests start it."""
    _cargo_build("--package", "bench-server")


def _cargo_build(*packages: str) -> None:
    if subprocess.run(["cargo", "build", *packages, "--locked"], cwd=ROOT).returncode:
        raise Failure("cargo build failed: see the compiler's messages above.")


def package(binary: str, folder: Path = BUILD) -> Path:
    """The file that is deployed for a binary."""
    return folder / f"{binary}.zip"


def pack(names: Iterable[str], *, compiled: Path | None = None, folder: Path = BUILD) -> None:
    """Packs each function's binary as Lambda wants it, where it changed."""
    for name in names:
        binary = (compiled or binaries_folder()) / name
        if not binary.is_file():
            raise Failure(f"{binary} is missing: template.yaml names a function that the build did not make.")
        built = binary.stat().st_mtime_ns
        target = package(name, folder)
        if target.is_file() and target.stat().st_mtime_ns == built:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        zip_binary(binary, partial)
        os.utime(partial, ns=(built, built))
        partial.replace(target)


def zip_binary(binary: Path, target: Path) -> None:
    """Packs a binary. The same binary makes the same file: entries without a date of their own have a fixed one."""
    entry = zipfile.ZipInfo("bootstrap")
    entry.external_attr = 0o755 << 16
    # Level 1 takes a third of the default level's time, for a tenth more.
    with zipfile.ZipFile(target, "w") as file:
        file.writestr(entry, binary.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=1)
