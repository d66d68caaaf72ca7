"""The functions that template.yaml deploys, and what they find in their environment here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from samcli.yamlhelper import yaml_parse
from stack.settings import REGION, TEMPLATE, Failure
from stack.template import FUNCTION, resources

from .server import Server
from .settings import RELEASE

VALUES = {
    "ALLOW_LOOPBACK_WEBHOOKS": "false",
    "API_KEYS_TABLE": "api-keys",
    "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH": "true",
    "ESTIMATE_TIME_MILLISECONDS": "1500",
    "EVENT_BUS_NAME": "events",
    "EXPORTS_BUCKET": "exports",
    "EXPORTS_TABLE": "exports",
    "HISTORY_LIFETIME_DAYS": "400",
    "INBOX_BUCKET": "inbox",
    "LEDGER_TABLE": "ledger",
    "LINK_API_URL": "https://link.example/api",
    "LINK_LIFETIME_SECONDS": "604800",
    "MAIL_CONFIGURATION_SET": "payout-exports-mail",
    "MOST_EXPORTS_PER_TENANT": "5",
    "RATE_KEY_PREFIX": "0123456789abcdefrate",
    "S3_PATH_STYLE": "true",
    "SCHEDULE_GROUP": "schedules",
    "SCHEDULE_RUNNER_ARN": "arn:aws:lambda:us-east-1:000000000000:function:schedule-runner",
    "SCHEDULER_DEAD_LETTER_QUEUE_ARN": "arn:aws:sqs:us-east-1:000000000000:scheduler-dead-letters",
    "SCHEDULER_ROLE_ARN": "arn:aws:iam::000000000000:role/scheduler",
    "SENDER_EMAIL": "exports@payout-exports.example",
    "WEBHOOKS_TABLE": "webhooks",
    "WEBHOOK_PAUSES_SECONDS": "5,60",
    "WEBHOOK_SECRETS_TABLE": "webhook-secrets",
}


@dataclass(frozen=True)
class Function:
    """A function as the template has it."""

    name: str
    memory_mb: int
    variables: tuple[str, ...]

    @property
    def binary(self) -> Path:
        return RELEASE / self.name

    def environment(self, server: Server) -> dict[str, str]:
        """What Lambda would set, and what the template does."""
        lambda_own = {
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory_mb),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
        }
        return aws_environment(server) | lambda_own | {name: self._value(name, server) for name in self.variables}

    def _value(self, name: str, server: Server) -> str:
        if name.endswith("_QUEUE_URL"):
            return f"{server.endpoint}/000000000000/{name.removesuffix('_QUEUE_URL').lower().replace('_', '-')}"
        try:
            return VALUES[name]
        except KeyError:
            raise Failure(f"tools/bench/functions.py has no value for {name}, which {self.name} needs.") from None


def deployed() -> list[Function]:
    """Every function of the template."""
    template = yaml_parse(TEMPLATE.read_text())
    default_memory = template["Globals"]["Function"]["MemorySize"]
    return [
        Function(
            name=resource["Metadata"]["BuildProperties"]["Binary"],
            memory_mb=resource["Properties"].get("MemorySize", default_memory),
            variables=tuple(_variables(resource["Properties"])),
        )
        for _, resource in resources(template, FUNCTION)
    ]


def _variables(properties: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Mapping[str, str]:
    return properties.get("Environment", {}).get("Variables", {})


def aws_environment(server: Server) -> dict[str, str]:
    """The server as the only AWS that there is."""
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_LAMBDA_RUNTIME_API": server.runtime_api,
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": "test",
        "NO_PROXY": "127.0.0.1",
    }
    if server.own_ca:
        environment |= {
            # Node.js has the usual authorities within it; rustls and boto3 load them all.
            "NODE_EXTRA_CA_CERTS": str(server.own_ca),
            "SSL_CERT_FILE": str(server.trusted_ca),
            "AWS_CA_BUNDLE": str(server.trusted_ca),
        }
    return environment
