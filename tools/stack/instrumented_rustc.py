#!/usr/bin/env python3
"""Compiles what is fuzzed so that the fuzzer sees which code an input reaches; cargo calls it in rustc's place.

Only these crates: the AWS SDK would take half an hour, and its own code is not what is looked at.
"""

import os
import sys

CRATES = {"engine", "fuzz", "fuzz_targets", "record_files", "shared"}
# As cargo-fuzz sets them. Sanitizers need a nightly compiler, and there is no unsafe code for one to watch.
FLAGS = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cdebug-assertions",
    "-Copt-level=2",
]

command = sys.argv[1:]
crate = command[command.index("--crate-name") + 1] if "--crate-name" in command else None
os.execvp(command[0], [*command, *(FLAGS if crate in CRATES else [])])
