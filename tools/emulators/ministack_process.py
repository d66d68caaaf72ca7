"""The local AWS of `make up`, of which the server at the port `DATA_SERVICES_PORT` has the data services: S3, SQS,
DynamoDB and SESv2. MiniStack stays API Gateway, CloudFormation and Lambda, with what gives functions their messages."""

from __future__ import annotations

import os
from typing import Any

from faults.http import Request
from ministack import app as ministack
from ministack.core.concurrency import esm_wake
from ministack.services import dynamodb, sqs
from stack import aws, emulator_process
from stack.settings import Stack

from .data_services import DataServices, in_front
from .event_sources import Queues, Streams

# Behind which a function has something to do. Streams are looked at once a second.
SENDING = "AmazonSQS.SendMessage"


def read_elsewhere(services: DataServices, queues: Queues, other: Stack) -> None:
    """Has the event source mappings read the other server's queues and streams, once it has started."""
    streams = Streams(aws.client(other, "dynamodb"), aws.client(other, "dynamodbstreams"))

    def replace(module: Any, name: str, replacement: Any) -> None:
        own = getattr(module, name)

        def chosen(*arguments: Any, **scope: Any) -> Any:
            return replacement(*arguments) if services.is_started else own(*arguments, **scope)

        setattr(module, name, chosen)

    replace(sqs, "_receive_messages_for_esm", queues.receive)
    replace(sqs, "_delete_messages_for_esm", queues.delete)
    replace(dynamodb, "stream_start_position", streams.start)
    replace(dynamodb, "stream_end_position", streams.end)
    replace(dynamodb, "stream_records_since", streams.since)


def main() -> None:
    other = Stack(int(os.environ["DATA_SERVICES_PORT"]))
    queues = Queues(aws.client(other, "sqs"))

    def wake(request: Request) -> None:
        if request.headers.get("x-amz-target", "").startswith(SENDING):
            queues.pauses.end()
            esm_wake.set()

    services = DataServices(other.port, wake)
    read_elsewhere(services, queues, other)
    ministack.app = in_front(services, ministack.app)
    emulator_process.run()


if __name__ == "__main__":
    main()
