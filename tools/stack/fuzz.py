"""`make fuzz`: random pages for the engine's decoder, and random input for what else reads what comes from outside."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .cargo_tools import installed
from .settings import LOCAL, ROOT, Failure
from .steps import console

ENGINE = ROOT / "engine"
DECODER_SEEDS = ENGINE / "fuzz" / "seeds" / "decode"
SEEDS = ROOT / "fuzz" / "seeds"
FUZZER = ROOT / "target" / "debug" / "fuzz"
INSTRUMENTED_RUSTC = Path(__file__).with_name("instrumented_rustc.py")
DECODER = "decode"
TARGETS = (DECODER, *sorted(folder.name for folder in SEEDS.iterdir()))
LONGEST_INPUT = 4096


def fuzz(seconds: int, target: str | None = None) -> None:
    """Fuzzes each target, or one, for so many seconds, from the corpus of earlier runs on. Each core runs one."""
    names = TARGETS if target is None else (target,)
    commands = {name: _decoder() if name == DECODER else [str(FUZZER)] for name in names}
    if any(name != DECODER for name in names):
        _compile()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {name: pool.submit(_run, name, command, seconds) for name, command in commands.items()}
    broken = []
    for name, run in runs.items():
        result = run.result()
        if result.returncode:
            console.print(result.stdout, markup=False)
            broken.append(name)
        else:
            console.print(f"  {name}: {_executed(result.stdout)} inputs, and nothing was found")
    if broken:
        raise Failure(f"Input was found that breaks {', '.join(broken)}: see above, and keep it in fuzz/seeds.")


def _decoder() -> list[str]:
    # Without a sanitizer the stable toolchain will do; there is no unsafe code for one to watch.
    command = [str(installed("cargo-fuzz")), "run", "decode", "--sanitizer", "none"]
    # Once before the others run, which are measured in seconds.
    if subprocess.run([command[0], "build", "decode", "--sanitizer", "none"], cwd=ENGINE).returncode:
        raise Failure("The decoder's fuzzer could not be compiled: see above.")
    return command


def _compile() -> None:
    environment = dict(os.environ, RUSTC_WORKSPACE_WRAPPER=str(INSTRUMENTED_RUSTC))
    command = ["cargo", "build", "--package", "fuzz-targets", "--features", "libfuzzer", "--bin", "fuzz", "--locked"]
    if subprocess.run(command, cwd=ROOT, env=environment).returncode:
        raise Failure("The fuzzer could not be compiled: see above.")


def _run(name: str, command: list[str], seconds: int) -> subprocess.CompletedProcess[str]:
    corpus = LOCAL / "fuzz" / name
    corpus.mkdir(parents=True, exist_ok=True)
    seeds = DECODER_SEEDS if name == DECODER else SEEDS / name
    limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST_INPUT}", "-print_final_stats=1", "-verbosity=0"]
    # A decoder's finding is where cargo-fuzz keeps it.
    found = [] if name == DECODER else [f"-artifact_prefix={LOCAL / 'fuzz' / name}-"]
    separator = ["--"] if name == DECODER else []
    inputs = [str(corpus), str(seeds)]
    before, after = (inputs, []) if name == DECODER else ([], inputs)
    return subprocess.run(
        [*command, *before, *separator, *limits, *found, *after],
        cwd=ENGINE if name == DECODER else ROOT,
        env=dict(os.environ, FUZZ_TARGET=name),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def _executed(log: str) -> str:
    """How many inputs were tried, as libFuzzer says at the end."""
    for line in log.splitlines():
        if line.startswith("stat::number_of_executed_units:"):
            return f"{int(line.rpartition(':')[2]):,}"
    raise Failure("The fuzzer did not say how much it has tried.")
