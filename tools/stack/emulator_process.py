"""MiniStack with Nagle's algorithm switched off in its Lambda runtime API, where it costs 45 ms an invocation, and with
records of what the functions' policies were asked for and of what the functions asked."""

from __future__ import annotations

import json
import os
import socketserver
from pathlib import Path
from typing import Any

from ministack import app as ministack
from ministack.core import iam_evaluator

from stack import usage_keys
from stack.request_record import RequestRecord, recorded
from stack.settings import CALLS_FILE, REQUESTS_FILE

socketserver.StreamRequestHandler.disable_nagle_algorithm = True


def record_calls(file: Path) -> None:
    """Has each call that a role's policies are asked about written to a file, once: who, what, on which resource, and
    whether it was allowed. The policies are asked only where `AUTH` is true."""
    evaluate = iam_evaluator.evaluate
    seen: set[str] = set()
    lines = file.open("a", buffering=1)

    def recorded(context: Any, *policies: Any) -> Any:
        result = evaluate(context, *policies)
        call = {
            "principal": context.principal_arn,
            "action": context.action,
            "resource": context.resource_arn,
            "isAllowed": result.decision == "Allow",
        }
        line = json.dumps(call)
        if line not in seen:
            seen.add(line)
            lines.write(f"{line}\n")
        return result

    iam_evaluator.evaluate = recorded


usage_keys.install()


def run() -> None:
    record_calls(Path(os.environ[CALLS_FILE]))
    ministack.app = recorded(ministack.app, RequestRecord(Path(os.environ[REQUESTS_FILE])))
    ministack.main()


if __name__ == "__main__":
    run()
