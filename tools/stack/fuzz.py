"""`make fuzz`: random pages for the engine's decoder."""

from __future__ import annotations

import subprocess

from .cargo_tools import installed
from .settings import LOCAL, ROOT, Failure

ENGINE = ROOT / "engine"
SEEDS = ENGINE / "fuzz" / "seeds" / "decode"
LONGEST_PAGE = 4096


def fuzz(seconds: int) -> None:
    """Fuzzes for so many seconds, from the corpus of earlier runs on."""
    corpus = LOCAL / "fuzz"
    corpus.mkdir(parents=True, exist_ok=True)
    # Without a sanitizer the stable toolchain will do; there is no unsafe code for one to watch.
    command = [str(installed("cargo-fuzz")), "run", "decode", "--sanitizer", "none", str(corpus), str(SEEDS)]
    limits = ["--", f"-max_total_time={seconds}", f"-max_len={LONGEST_PAGE}", "-print_final_stats=1", "-verbosity=0"]
    if subprocess.run([*command, *limits], cwd=ENGINE).returncode:
        raise Failure("A page was found that the decoder gets wrong: see above for how to run it again.")
