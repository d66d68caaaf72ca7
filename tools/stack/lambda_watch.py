"""`make lambda-watch`: one function of the running stack under `cargo lambda watch`, compiled anew with each change."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

from . import aws, cargo_lambda
from .settings import ROOT, STACK_NAME, Failure, Stack
from .steps import console

PORT = 9000


def watch(stack: Stack, function: str) -> None:
    """Runs the function until it is interrupted."""
    found = environment(stack, function)
    console.print("In another terminal, from this folder, with an event in event.json:")
    console.print(f"  {invocation(function)}", soft_wrap=True)
    if subprocess.run(command(function, PORT), cwd=ROOT, env=found).returncode:
        raise Failure(f"cargo lambda watch ended: see above. Another program may be listening at port {PORT}.")


def invocation(function: str, port: int = PORT) -> str:
    program = cargo_lambda.FOLDER.relative_to(ROOT) / "bin" / "cargo-lambda"
    return f"{program} lambda invoke {function} --invoke-address 127.0.0.1 --invoke-port {port} --data-file event.json"


def command(function: str, port: int) -> list[str]:
    """What watches the function, with the profile of `make up`, whose compiled crates it uses."""
    address = ["--invoke-address", "127.0.0.1", "--invoke-port", str(port)]
    return [str(cargo_lambda.command()), "lambda", "watch", "--locked", "--package", function, *address]


def environment(stack: Stack, function: str) -> Mapping[str, str]:
    """What the stack tells the function, and where AWS is."""
    lambdas = aws.client(stack, "lambda")
    try:
        configuration = lambdas.get_function_configuration(FunctionName=f"{STACK_NAME}-{function}")
    except lambdas.exceptions.ResourceNotFoundException:
        raise Failure(f"The stack has no function {function}.") from None
    variables = configuration.get("Environment", {}).get("Variables", {})
    return cargo_lambda.environment() | stack.environment() | variables
