"""LocalStack without Docker and without downloads, in its own virtual environment.

What LocalStack would download or ask Docker for is replaced:

- its DynamoDB is a server that runs already, at the port `DYNAMODB_LOCAL_PORT`, instead of Amazon's DynamoDB Local;
- its Lambda accepts functions, with everything that belongs to them, but cannot run them.

Its CloudFormation goes on behind a resource that it refuses, so that one deployment tells of all of them. Each refusal
is a line of JSON in the file `REFUSALS_FILE`, with the resource's logical id, its type and LocalStack's words.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from localstack.runtime.main import main
from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor
from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent
from localstack.services.dynamodb.server import DynamodbServer
from localstack.services.lambda_.invocation.docker_runtime_executor import DockerRuntimeExecutor

execute_resource_action = ChangeSetModelExecutor._execute_resource_action


def go_on_behind_refusals(file: Path) -> None:
    def noting(self: Any, *arguments: Any, **named: Any) -> ProgressEvent:
        event = execute_resource_action(self, *arguments, **named)
        resource, resource_type = named["logical_resource_id"], named["resource_type"]
        # A type that LocalStack does not know counts as deployed there.
        is_unknown = self.resource_provider_executor.try_load_resource_provider(resource_type) is None
        if event.status == OperationStatus.SUCCESS and not is_unknown:
            return event
        with file.open("a") as lines:
            lines.write(json.dumps({"resource": resource, "type": resource_type, "message": event.message}) + "\n")
        self.resources[resource] |= {"ResourceStatus": "CREATE_COMPLETE", "PhysicalResourceId": f"refused-{resource}"}
        return ProgressEvent(OperationStatus.SUCCESS, resource_model={}, message=event.message)

    ChangeSetModelExecutor._execute_resource_action = noting


def replace_what_is_missing() -> None:
    DynamodbServer.start_dynamodb = lambda self: True
    DockerRuntimeExecutor.prepare_version = classmethod(lambda cls, function_version: None)


if __name__ == "__main__":
    replace_what_is_missing()
    go_on_behind_refusals(Path(os.environ["REFUSALS_FILE"]))
    main()
