"""A PostgreSQL server of the test's own: Debian's, in a temporary folder, reached through a socket there."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DEBIANS = Path("/usr/lib/postgresql")
USER = "postgres"
HOW_TO_INSTALL = (
    "This test needs a PostgreSQL server: install it (on Debian and Ubuntu with `apt-get install postgresql`), "
    "so that `postgres` and `initdb` are in one folder of the PATH."
)


@dataclass(frozen=True)
class PostgreSql:
    """A running server."""

    programs: Path
    folder: Path

    def run(self, sql: str) -> bytes:
        """What `psql` prints for statements; those of COPY TO STDOUT print the file."""
        command = [str(self.programs / "psql"), *("--host", str(self.folder)), *("--username", USER), "--no-psqlrc"]
        command += ["--quiet", *("--set", "ON_ERROR_STOP=1"), *("--dbname", "postgres"), *("--command", sql)]
        done = subprocess.run(command, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout


@contextmanager
def running() -> Iterator[PostgreSql]:
    """A server with an empty database, within."""
    programs = _programs()
    # PostgreSQL does not run as root.
    user = USER if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name:
        folder, data = Path(name), Path(name) / "data"
        if user:
            shutil.chown(folder, user)

        def run(program: str, *arguments: str) -> None:
            command = [str(programs / program), *("--pgdata", str(data)), *arguments]
            done = subprocess.run(
                command, user=user, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log
            )
            assert done.returncode == 0, f"{program} failed: {(folder / 'log').read_text()}"

        with (folder / "log").open("wb") as log:
            run("initdb", "--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
            run(
                "pg_ctl",
                "start",
                "--wait",
                "--options",
                f"-c listen_addresses='' -c unix_socket_directories='{folder}'",
            )
            try:
                yield PostgreSql(programs, folder)
            finally:
                run("pg_ctl", "stop", "--mode", "immediate")


def _programs() -> Path:
    """The folder of the server's programs; a root user of Debian gets them installed."""
    found = _find()
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "postgresql"]):
            subprocess.run(["apt-get", "--quiet", "--quiet", *arguments], env=environment, stdout=subprocess.DEVNULL)
        found = _find()
    assert found, HOW_TO_INSTALL
    return found


def _find() -> Path | None:
    """Debian keeps the programs off the PATH, in a folder a version."""
    on_path = shutil.which("postgres")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(DEBIANS.glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").is_file()), None)
