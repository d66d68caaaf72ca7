"""The resources of the template that flows work with, once more for each lane, so that flows can run side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from samcli.yamlhelper import yaml_parse
from stack import aws, build
from stack.settings import REGION, SENDER_EMAIL, TEMPLATE, Failure, Stack
from stack.template import FUNCTION, resources

from .process import lambda_environment

TABLE = "AWS::DynamoDB::Table"
QUEUE = "AWS::SQS::Queue"
ACCOUNT = "000000000000"
CONFIGURATION_SET = "faults-mail"
LINK_API_URL = "https://link.example/api"
# Of a table, what its creation takes.
OF_A_TABLE = (
    "AttributeDefinitions",
    "KeySchema",
    "LocalSecondaryIndexes",
    "GlobalSecondaryIndexes",
    "BillingMode",
)


@dataclass(frozen=True)
class Function:
    """A function as the template has it."""

    name: str
    timeout_seconds: int
    memory_mb: int
    variables: tuple[str, ...]

    @property
    def binary(self) -> Path:
        path = build.binaries_folder() / self.name
        if not path.is_file():
            raise Failure(f"{path} is missing: run `make up` first.")
        return path


@dataclass(frozen=True)
class Queue:
    """A queue as the template has it."""

    name: str
    visibility_seconds: int
    most_receives: int


class Template:
    """What template.yaml says."""

    def __init__(self) -> None:
        template = yaml_parse(TEMPLATE.read_text())
        defaults = template["Globals"]["Function"]
        self.functions = {
            function.name: function
            for function in (
                Function(
                    name=resource["Metadata"]["BuildProperties"]["Binary"],
                    timeout_seconds=resource["Properties"].get("Timeout", defaults["Timeout"]),
                    memory_mb=resource["Properties"].get("MemorySize", defaults["MemorySize"]),
                    variables=tuple(resource["Properties"].get("Environment", {}).get("Variables", {})),
                )
                for _, resource in resources(template, FUNCTION)
            )
        }
        self.tables = {name: resource["Properties"] for name, resource in resources(template, TABLE)}
        self.queues = {
            name: Queue(
                name=name,
                visibility_seconds=resource["Properties"].get("VisibilityTimeout", 30),
                most_receives=resource["Properties"].get("RedrivePolicy", {}).get("maxReceiveCount", 0),
            )
            for name, resource in resources(template, QUEUE)
        }


@dataclass(frozen=True)
class Cloud:
    """A lane's resources, by the names of the template: `ExportsTable` is the table `ExportsTable-3`."""

    template: Template
    stack: Stack
    lane: str

    def name(self, resource: str) -> str:
        return f"{resource}-{self.lane}"

    def bucket(self, resource: str) -> str:
        return self.name(resource).lower()

    def queue_url(self, resource: str) -> str:
        return f"{self.stack.endpoint}/{ACCOUNT}/{self.name(resource)}"

    def key_names(self, table: str) -> tuple[str, ...]:
        return tuple(key["AttributeName"] for key in self.template.tables[table]["KeySchema"])

    def create(self) -> str:
        """Makes the resources. Returns the ARN of the stream of exports."""
        dynamodb = aws.client(self.stack, "dynamodb")
        for resource, properties in self.template.tables.items():
            arguments = {name: properties[name] for name in OF_A_TABLE if name in properties}
            if "StreamSpecification" in properties:
                arguments["StreamSpecification"] = {**properties["StreamSpecification"], "StreamEnabled": True}
            dynamodb.create_table(TableName=self.name(resource), **arguments)
        s3, sqs = aws.client(self.stack, "s3"), aws.client(self.stack, "sqs")
        for bucket in ("ExportsBucket", "InboxBucket"):
            s3.create_bucket(Bucket=self.bucket(bucket))
        for queue in self.template.queues:
            sqs.create_queue(QueueName=self.name(queue))
        aws.client(self.stack, "events").create_event_bus(Name=self.name("EventBus"))
        aws.client(self.stack, "scheduler").create_schedule_group(Name=self.name("ScheduleGroup"))
        return dynamodb.describe_table(TableName=self.name("ExportsTable"))["Table"]["LatestStreamArn"]

    def environment(self, function: str, attempts: int, **others: str) -> dict[str, str]:
        """What a function finds in its environment. `attempts` is how often the SDK makes a call."""
        template = self.template.functions[function]
        lambda_own = lambda_environment(function, template.memory_mb) | {"AWS_MAX_ATTEMPTS": str(attempts)}
        return lambda_own | {name: self._value(name, function) for name in template.variables} | others

    def _value(self, name: str, function: str) -> str:
        values = self._values()
        try:
            return values[name]
        except KeyError:
            raise Failure(f"tools/faults/cloud.py has no value for {name}, which {function} needs.") from None

    def _queue_arn(self, resource: str) -> str:
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.name(resource)}"

    def _values(self) -> Mapping[str, str]:
        return {
            "ALLOW_LOOPBACK_WEBHOOKS": "true",
            "API_KEYS_TABLE": self.name("ApiKeysTable"),
            "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH": "true",
            "ESTIMATE_TIME_MILLISECONDS": "1500",
            "MOST_EXPORTS_PER_TENANT": "5",
            "RATE_KEY_PREFIX": "0123456789abcdefrate",
            "EVENT_BUS_NAME": self.name("EventBus"),
            "EXPORTS_BUCKET": self.bucket("ExportsBucket"),
            "EXPORTS_QUEUE_URL": self.queue_url("ExportsQueue"),
            "EXPORTS_TABLE": self.name("ExportsTable"),
            "HISTORY_LIFETIME_DAYS": "400",
            "INBOX_BUCKET": self.bucket("InboxBucket"),
            "INBOX_QUEUE_URL": self.queue_url("InboxQueue"),
            "LEDGER_DEAD_LETTER_QUEUE_URL": self.queue_url("LedgerDeadLetterQueue"),
            "LEDGER_TABLE": self.name("LedgerTable"),
            "LINK_API_URL": LINK_API_URL,
            "LINK_LIFETIME_SECONDS": "604800",
            "MAIL_CONFIGURATION_SET": CONFIGURATION_SET,
            "S3_PATH_STYLE": "true",
            "SCHEDULE_GROUP": self.name("ScheduleGroup"),
            "SCHEDULE_RUNNER_ARN": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:schedule-runner",
            "SCHEDULER_DEAD_LETTER_QUEUE_ARN": self._queue_arn("SchedulerDeadLetterQueue"),
            "SCHEDULER_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/scheduler",
            "SENDER_EMAIL": SENDER_EMAIL,
            "WEBHOOKS_TABLE": self.name("WebhooksTable"),
            "WEBHOOK_PAUSES_SECONDS": "5,60",
            "WEBHOOK_QUEUE_URL": self.queue_url("WebhookQueue"),
            "WEBHOOK_SECRETS_TABLE": self.name("WebhookSecretsTable"),
        }


def prepare_account(stack: Stack) -> None:
    """What all lanes share: the sender, and the configuration set of mails."""
    ses = aws.client(stack, "sesv2")
    ses.create_email_identity(EmailIdentity=SENDER_EMAIL)
    ses.create_configuration_set(ConfigurationSetName=CONFIGURATION_SET)
