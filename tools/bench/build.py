"""Everything that is measured, in its release form."""

from __future__ import annotations

import subprocess

from stack import page, virtual_environments
from stack.commands import end_of, run_quietly
from stack.settings import ROOT, Failure

from .settings import PEER_VENV, PEERS, WORK

NODE_PEER = PEERS / "node"
OWN_PACKAGES = ("bench-server", "bench-floor")
RUST_PEER_PACKAGE = "bench-peer-rust-sdk"


def build() -> None:
    """Compiles the functions, the server and the peers. Cargo and npm do only what is new."""
    page.build()
    # Apart from the benchmark's own, whose features would become the functions' too.
    _cargo("--workspace", "--exclude", "bench-*")
    for package in OWN_PACKAGES:
        _cargo("--package", package)
    # The functions are small rather than fast where it does not matter; a peer is as fast as cargo makes it.
    _cargo("--package", RUST_PEER_PACKAGE, profile="peer")
    _npm("ci", "--no-audit", "--no-fund")
    _npm("run", "build")
    virtual_environments.make(PEER_VENV, PEERS / "python" / "requirements.txt")


def _cargo(*packages: str, profile: str = "release") -> None:
    if subprocess.run(["cargo", "build", "--profile", profile, "--locked", *packages], cwd=ROOT).returncode:
        raise Failure("cargo build failed: see the compiler's messages above.")


def _npm(*arguments: str) -> None:
    log = WORK / "npm.log"
    if not run_quietly(f"npm {arguments[0]}", ["npm", *arguments], log, folder=NODE_PEER):
        raise Failure(f"npm {' '.join(arguments)} failed:\n{end_of(log)}\nAll of its output: {log}")
