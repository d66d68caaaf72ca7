"""The commands behind the Makefile's targets."""

from __future__ import annotations

import argparse
import sys

from bench.run import bench as measure
from bench.settings import plan, quick_plan
from emulators.command import prove_localstack
from emulators.moto_suites import SUITES, run_suites_on_moto
from faults.command import faults
from load.run import load
from rich.markup import escape

from . import build, checks, dashboard, demo, lambda_watch, lifecycle, sam_local, sam_local_events, seed, upgrades
from . import fuzz as fuzzing
from . import release as releasing
from . import watch as watching
from .settings import ROOT, Failure, stack_from_environment
from .steps import Steps, console

# Their arguments are the command line tool's.
PASSED_ON = {"import", "generate"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="stack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="build, deploy and seed the local stack")
    commands.add_parser("down", help="end the local stack")
    commands.add_parser("demo", help="make an export on the local stack and show it")
    watch = commands.add_parser("watch", help="show the local stack's metrics live")
    watch.add_argument("--once", action="store_true", help="show what they are now, and end")
    commands.add_parser("contract", help="make what follows from datasets/, infra/openapi/ and template.yaml")
    commands.add_parser("lint", help="check formatting, lints, dependencies and templates")
    commands.add_parser("test", help="run the lints, unit tests and suites")
    commands.add_parser("test-long", help="run the tests that take long")
    bench = commands.add_parser("bench", help="measure speed, memory, cold starts and cost")
    bench.add_argument("--runs", type=int, default=5, help="how often each measurement is made; its median counts")
    bench.add_argument("--quick", action="store_true", help="one small run of everything, to see that it works")
    users = commands.add_parser("load", help="let many users of many tenants work on the local stack")
    users.add_argument("--minutes", type=float, default=5)
    users.add_argument("--users", type=int, default=200)
    users.add_argument("--tenants", type=int, default=20)
    users.add_argument("--think-seconds", type=float, default=8, help="between a user's requests, on average")
    fuzz = commands.add_parser("fuzz", help="look for input that breaks what reads it")
    fuzz.add_argument("--seconds", type=int, default=60)
    fuzz.add_argument("--target", choices=fuzzing.TARGETS)
    attack = commands.add_parser("faults", help="let each AWS call of each flow fail in every way")
    attack.add_argument("--flow", help="only this flow")
    attack.add_argument("--fault", help="only this fault")
    attack.add_argument("--call", help="only calls whose names have this in them")
    one = commands.add_parser("lambda-watch", help="run one function of the stack with cargo lambda watch")
    one.add_argument("function", help="the name of its binary, such as list")
    packing = commands.add_parser("release", help="compile the functions for Lambda and pack them with the template")
    packing.add_argument("--architecture", choices=releasing.ARCHITECTURES, default="arm64")
    upgrading = commands.add_parser("upgrades", help="upgrade, and go back, in the middle of an export")
    upgrading.add_argument("--commit", default="HEAD~1", help="the earlier release")
    commands.add_parser("localstack", help="deploy to LocalStack and make an export with its services")
    other = commands.add_parser("moto", help="run suites with moto's S3, SQS, DynamoDB and SESv2")
    other.add_argument("--suite", help="only this file or test, instead of all that can pass there")
    commands.add_parser("sam-local", help="write what `sam local` needs to use the local stack")
    commands.add_parser("import", help="load records into the ledger; what follows goes to the importer")
    commands.add_parser("generate", help="make a file of records; what follows goes to the generator")
    arguments, rest = parser.parse_known_args()
    if rest and arguments.command not in PASSED_ON:
        parser.error(f"unknown arguments: {' '.join(rest)}")
    try:
        _run(arguments, rest)
    except Failure as failure:
        console.print("[bold red]✗[/]", escape(str(failure)), soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit("Interrupted.")


def _run(arguments: argparse.Namespace, rest: list[str]) -> None:
    command = arguments.command
    steps = Steps()
    if command == "lint":
        checks.lint(steps)
        console.print(steps.table())
        return
    if command == "test":
        checks.test(steps)
        return
    if command == "test-long":
        checks.test_long(steps)
        return
    if command == "bench":
        measure(quick_plan() if arguments.quick else plan(arguments.runs), steps)
        return
    if command == "fuzz":
        fuzzing.fuzz(arguments.seconds, arguments.target)
        return
    if command == "faults":
        faults(steps, arguments.flow, arguments.fault, arguments.call)
        return
    if command == "release":
        releasing.show(releasing.release(arguments.architecture, steps))
        return
    if command == "localstack":
        prove_localstack(steps)
        return
    if command == "upgrades":
        upgrades.prove(steps, arguments.commit)
        console.print(steps.table())
        return
    if command == "moto":
        run_suites_on_moto(steps, [arguments.suite] if arguments.suite else SUITES)
        return
    if command == "contract":
        if not build.contract():
            raise Failure("The contract was not made: see the messages above.")
        dashboard.write()
        sam_local_events.write()
        return
    if command == "generate":
        if not build.run_cli("generate", *rest):
            raise Failure("No file was made: see the message above.")
        return
    stack = stack_from_environment()
    if command == "up":
        described = lifecycle.up(stack, steps)
        console.print(steps.table())
        lifecycle.show(stack, described)
    elif command == "down":
        console.print("The local stack is down." if lifecycle.down(stack) else "No local stack was running.")
    elif command == "demo":
        demo.demo(stack, steps)
    elif command == "lambda-watch":
        lifecycle.running(stack)
        lambda_watch.watch(stack, arguments.function)
    elif command == "sam-local":
        folder = sam_local.prepare(stack, lifecycle.running(stack))
        console.print(f"{folder.relative_to(ROOT)} has what infra/sam-local/README.md names.")
    elif command == "watch":
        lifecycle.running(stack)
        watching.watch(stack, once=arguments.once)
    elif command == "load":
        load(
            stack,
            steps,
            minutes=arguments.minutes,
            users=arguments.users,
            tenant_count=arguments.tenants,
            think_seconds=arguments.think_seconds,
        )
    elif command == "import":
        seed.run_import(stack, lifecycle.running(stack)["ledgerTable"], rest)


if __name__ == "__main__":
    main()
