"""The files of a checkout."""

from __future__ import annotations

import subprocess
from pathlib import Path


def files(root: Path, *patterns: str) -> list[Path]:
    """What git has or would take, of these patterns if there are any."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", *patterns]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return [root / name for name in filter(None, listed.split("\0")) if (root / name).is_file()]
