"""`make lint`, `make test` and `make test-long`: every check and test there is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from . import (
    build,
    dashboard,
    document_links,
    lifecycle,
    own_dataset,
    page,
    sam_local_events,
    template,
    upgrades,
    virtual_environments,
)
from .cargo_tools import installed
from .fuzz import fuzz
from .settings import CONSOLE, REGION, ROOT, TEMPLATE, Failure, Stack, free_port, stack_from_environment
from .steps import Steps, console

# For each target: at thousands of inputs a second, this is long enough to find the mistakes that are easy to find.
FUZZ_SECONDS = 20
# Tests that take longer are named at the end: `make test` is to stay within 25 minutes.
SLOW_SECONDS = 4
# What an upgrade is tried from.
EARLIER_COMMIT = "HEAD~1"
FUZZ_TARGETS = ROOT / "engine" / "fuzz"
CLOUDFORMATION_TEMPLATES = ("template.yaml",)
CHECKOV_CONFIGURATION = ROOT / "infra" / "checkov.yaml"
# What GitHub reads, by the name of its schema.
GITHUB_FILES = {"github-workflows": ".github/workflows/*.yml", "dependabot": ".github/dependabot.yml"}
YAML_FILES = ("infra/localstack/compose.yaml",)
# What cargo-deny says before it checks anything.
NOT_FETCHED = "failed to fetch advisory database"


def lint(steps: Steps) -> None:
    """Formatting, lints, dependencies and templates. The first failure ends it."""
    with steps.step("contract", "Whether the generated files are what their sources say, and good OpenAPI"):
        page.install()
        if not build.contract("--check"):
            raise Failure("A generated file is stale: see above.")
        if not dashboard.is_current():
            raise Failure("docs/dashboard.svg is stale: run `make contract` and commit what it writes.")
        if stale := sam_local_events.stale():
            names = ", ".join(stale)
            raise Failure(
                f"Of infra/sam-local/events, {names} are stale: run `make contract` and commit what it writes."
            )
        _run("npm", "run", "--silent", "contract", folder=CONSOLE)
    with steps.step("page", "Building the Back Office page"):
        page.build()
    with steps.step("page lints", "The page's formatting, lints and types"):
        _run("npm", "run", "--silent", "lint", folder=CONSOLE)
    with steps.step("rust lints", "cargo fmt, cargo clippy"):
        _run("cargo", "fmt", "--all", "--check")
        _run("cargo", "fmt", "--check", folder=FUZZ_TARGETS)
        _run("cargo", "clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings")
    with steps.step("dependencies", "cargo deny"):
        _check_dependencies()
    with steps.step("templates", "cfn-lint, sam validate, checkov, workflows, YAML files"):
        _check_templates()
    with steps.step("documents", "Whether each link in a Markdown file leads to a file and a heading"):
        _check_documents()
    with steps.step("python lints", "ruff"):
        _run(_tool("ruff"), "check", "tools", "tests")
        _run(_tool("ruff"), "format", "--check", "tools", "tests")


def test(steps: Steps) -> None:
    """The lints, the unit tests, and the suites that need a stack, on one of their own."""
    try:
        lint(steps)
        with steps.step("unit tests", "Unit tests of the functions and of the page"):
            _run_unit_tests()
            _run("npm", "test", "--silent", folder=CONSOLE)
        with (
            _stack_of_its_own(steps, enforces_policies=True) as environment,
            steps.step("suites", "The suites in tests/, on the deployed stack"),
        ):
            _run_suites("tests", "--ignore", "tests/long", environment=environment)
    finally:
        console.print(steps.table())


def test_long(steps: Steps) -> None:
    """What takes too long for each change: large exports, the page in a browser, fuzzing, a new dataset, upgrades."""
    try:
        with steps.step("fuzzing", "Input that nobody thought of, for everything that reads what comes from outside"):
            fuzz(FUZZ_SECONDS)
        with _stack_of_its_own(steps) as environment:
            with steps.step("long suites", "The suites in tests/long/, on the deployed stack"):
                _run_suites("tests/long", environment=environment)
            # Not beside them: both hold the generator back at times.
            with steps.step("browser", "The Back Office page in a browser"):
                page.install()
                _run("npm", "run", "--silent", "browser", environment=environment, folder=CONSOLE)
        with steps.step("own dataset", "A copy of the project with one more file in datasets/"):
            own_dataset.prove()
        if reason := upgrades.hindrance(EARLIER_COMMIT):
            console.print(f"[yellow]  No upgrade was tried: {reason}.[/]")
        else:
            upgrades.prove(steps, EARLIER_COMMIT)
    finally:
        console.print(steps.table())


def _run_unit_tests() -> None:
    if shutil.which("cargo-nextest"):
        _run("cargo", "nextest", "run", "--workspace", "--locked", "--no-tests", "pass")
        _run("cargo", "test", "--workspace", "--locked", "--doc")
    else:
        _run("cargo", "test", "--workspace", "--locked")


@contextmanager
def _stack_of_its_own(steps: Steps, *, enforces_policies: bool = False) -> Iterator[Mapping[str, str]]:
    """The environment of a stack that runs within."""
    # Never one that somebody is using: the suites write to it, and it is stopped at the end.
    stack = Stack(free_port(), enforces_policies=enforces_policies)
    try:
        lifecycle.up(stack, steps, is_latest=False)
        with steps.step("large ledger", "Compiling the server that plays large ledgers"):
            build.compile_large_ledger()
        yield stack.environment() | {"STACK_JSON": str(stack.stack_file)}
    finally:
        with steps.step("clean-up", "Stopping the tests' stack"):
            lifecycle.down(stack)


def _run_suites(*arguments: str, environment: Mapping[str, str]) -> None:
    slowest = ("--durations", "25", "--durations-min", str(SLOW_SECONDS))
    _run(sys.executable, "-m", "pytest", *slowest, *arguments, environment=environment)


def _check_dependencies() -> None:
    cargo_deny = str(installed("cargo-deny"))
    _run(cargo_deny, "--locked", "check", "bans", "licenses", "sources")
    result = subprocess.run([cargo_deny, "--locked", "check", "advisories"], cwd=ROOT, capture_output=True, text=True)
    if result.returncode == 0:
        return
    if NOT_FETCHED in result.stderr:
        console.print("[yellow]  The advisory database cannot be reached: advisories were not checked.[/]")
        return
    raise Failure(f"cargo deny found advisories:\n{result.stdout}{result.stderr}")


def _check_templates() -> None:
    # No region's network is asked: cfn-lint and sam validate work on the files alone.
    environment = stack_from_environment().environment()
    _run(_tool("cfn-lint"), *CLOUDFORMATION_TEMPLATES)
    _run(_tool("sam"), "validate", "--lint", "--template", str(TEMPLATE), "--region", REGION, environment=environment)
    checkov = virtual_environments.policy_linter("checkov")
    _run(checkov, "--file", str(TEMPLATE), "--config-file", str(CHECKOV_CONFIGURATION), environment=environment)
    for schema, pattern in GITHUB_FILES.items():
        files = [str(path) for path in sorted(ROOT.glob(pattern))]
        check = virtual_environments.policy_linter("check-jsonschema")
        _run(check, "--quiet", "--builtin-schema", f"vendor.{schema}", *files)
    for file in template.included_files():
        # An include becomes part of the template, and CloudFormation takes no template with a null in it.
        for path in _nulls(yaml.safe_load(file.read_text())):
            raise Failure(f"{file.relative_to(ROOT)} has a null at {path}, which CloudFormation refuses.")
    for name in YAML_FILES:
        try:
            yaml.safe_load((ROOT / name).read_text())
        except yaml.YAMLError as error:
            raise Failure(f"{name} is not YAML: {error}") from error


def _check_documents() -> None:
    broken = [str(link) for link in document_links.broken_links(ROOT, document_links.documents(ROOT))]
    if broken:
        raise Failure("Links lead nowhere:\n" + "\n".join(broken))


def _nulls(node: Any, path: str = "") -> Iterator[str]:
    """Where nulls are, at or below a node."""
    if node is None:
        yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in children:
        yield from _nulls(child, f"{path}/{name}")


def _tool(name: str) -> str:
    """A command of the virtual environment."""
    return str(Path(sys.executable).with_name(name))


def _run(*command: str, environment: Mapping[str, str] | None = None, folder: Path = ROOT) -> None:
    if subprocess.run(command, cwd=folder, env=environment).returncode:
        raise Failure(f"{_shown(command)} failed: see above.")


def _shown(command: Sequence[str]) -> str:
    return " ".join((Path(command[0]).name, *command[1:]))
