"""The running stack, and who may call it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from support.api import Api, Caller
from support.bucket import Bucket
from support.bus import Bus, listening
from support.command import Command
from support.contract import Contract
from support.feed import Feed
from support.functions import Functions
from support.generator import Generator
from support.inbox import Inbox
from support.keys import Keys
from support.ledger import Ledger
from support.mail_service import MailService
from support.mailbox import Mailbox
from support.merchant import MerchantApi
from support.schedules import Schedules
from support.sender import Sender
from support.table import ExportsTable, LedgerTable

ROOT = Path(__file__).resolve().parents[1]
# For what the stack's own tools do.
sys.path.append(str(ROOT / "tools"))
STACK_FILE = Path(os.environ.get("STACK_JSON", ROOT / ".local" / "stack.json"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What looks back on the whole session comes last."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "last: runs after every other test")


@pytest.fixture
def whole_run(request: pytest.FixtureRequest) -> None:
    """Skips what only a run of every test can say."""
    run = {item.path for item in request.session.items}
    if not run.issuperset(Path(__file__).parent.glob("test_*.py")) or request.config.option.keyword:
        pytest.skip("Only a run of every test can say that.")


@pytest.fixture(scope="session")
def stack() -> dict[str, Any]:
    """What `make up` wrote of the stack."""
    if not STACK_FILE.is_file():
        pytest.exit("No stack runs: start it with `make up`, or run everything with `make test`.", returncode=2)
    return json.loads(STACK_FILE.read_text())


@pytest.fixture(scope="session")
def aws(stack: dict[str, Any]) -> boto3.Session:
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=stack["region"])


@pytest.fixture(scope="session")
def contract(stack: dict[str, Any]) -> Contract:
    """The OpenAPI files, against which every answer of the session is checked."""
    return Contract(ROOT / "infra", stack)


@pytest.fixture(scope="session")
def http(contract: Contract) -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30, event_hooks={"response": [contract.see]}) as client:
        yield client


@pytest.fixture(scope="session")
def api(stack: dict[str, Any], http: httpx.Client) -> Api:
    return Api(stack["operatorApiUrl"], http)


@pytest.fixture(scope="session")
def merchant_api(stack: dict[str, Any], http: httpx.Client) -> MerchantApi:
    return MerchantApi(stack["merchantApiUrl"], http)


@pytest.fixture(scope="session")
def callers(stack: dict[str, Any]) -> dict[str, Caller]:
    return {name: Caller(**described) for name, described in stack["keys"].items()}


@pytest.fixture(scope="session")
def operator(callers: dict[str, Caller]) -> Caller:
    return callers["operator"]


@pytest.fixture(scope="session")
def supplier(callers: dict[str, Caller]) -> Caller:
    return callers["supplier"]


@pytest.fixture(scope="session")
def keys(stack: dict[str, Any], aws: boto3.Session) -> Keys:
    dynamodb = aws.resource("dynamodb", endpoint_url=stack["endpointUrl"])
    return Keys(dynamodb.Table(stack["apiKeysTable"]))


@pytest.fixture
def newcomer(keys: Keys) -> Caller:
    """An operator of a tenant that has no records, no exports and nobody else."""
    return keys.operator()


@pytest.fixture(scope="session")
def mailbox(stack: dict[str, Any], http: httpx.Client) -> Mailbox:
    return Mailbox(stack["endpointUrl"], http)


@pytest.fixture(scope="session")
def exports_table(stack: dict[str, Any], aws: boto3.Session) -> ExportsTable:
    dynamodb = aws.resource("dynamodb", endpoint_url=stack["endpointUrl"])
    return ExportsTable(dynamodb.Table(stack["exportsTable"]))


@pytest.fixture(scope="session")
def ledger_table(stack: dict[str, Any], aws: boto3.Session) -> LedgerTable:
    dynamodb = aws.resource("dynamodb", endpoint_url=stack["endpointUrl"])
    return LedgerTable(dynamodb.Table(stack["ledgerTable"]))


@pytest.fixture(scope="session")
def s3(stack: dict[str, Any], aws: boto3.Session) -> Any:
    return aws.client("s3", endpoint_url=stack["endpointUrl"])


@pytest.fixture(scope="session")
def bucket(s3: Any, stack: dict[str, Any]) -> Bucket:
    return Bucket(s3, stack["bucket"])


@pytest.fixture(scope="session")
def sqs(stack: dict[str, Any], aws: boto3.Session) -> Any:
    return aws.client("sqs", endpoint_url=stack["endpointUrl"])


@pytest.fixture(scope="session")
def feed(sqs: Any, stack: dict[str, Any]) -> Feed:
    return Feed(sqs, stack)


@pytest.fixture(scope="session")
def command(stack: dict[str, Any]) -> Command:
    return Command(stack)


@pytest.fixture(scope="session")
def inbox(s3: Any, sqs: Any, stack: dict[str, Any]) -> Inbox:
    return Inbox(s3, sqs, stack)


@pytest.fixture(scope="module")
def bus(stack: dict[str, Any], aws: boto3.Session, sqs: Any) -> Iterator[Bus]:
    """What the stack tells others, from now on."""
    events = aws.client("events", endpoint_url=stack["endpointUrl"])
    with listening(events, sqs, stack["eventBusName"]) as heard:
        yield heard


@pytest.fixture(scope="session")
def logs(stack: dict[str, Any], aws: boto3.Session) -> Any:
    return aws.client("logs", endpoint_url=stack["endpointUrl"])


@pytest.fixture(scope="session")
def lambdas(stack: dict[str, Any], aws: boto3.Session) -> Any:
    return aws.client("lambda", endpoint_url=stack["endpointUrl"])


@pytest.fixture(scope="session")
def iam(stack: dict[str, Any], aws: boto3.Session) -> Any:
    return aws.client("iam", endpoint_url=stack["endpointUrl"])


@pytest.fixture(scope="session")
def generator(stack: dict[str, Any], lambdas: Any) -> Generator:
    return Generator(lambdas, stack["stackName"])


@pytest.fixture(scope="session")
def functions(stack: dict[str, Any], lambdas: Any) -> Functions:
    return Functions(lambdas, stack["stackName"])


@pytest.fixture(scope="session")
def reconcile(functions: Functions) -> Callable[[], None]:
    """One pass of the reconciler."""
    return lambda: functions.invoke("reconciler", {})


@pytest.fixture(scope="session")
def schedules(
    stack: dict[str, Any], aws: boto3.Session, api: Api, functions: Functions, exports_table: ExportsTable
) -> Schedules:
    scheduler = aws.client("scheduler", endpoint_url=stack["endpointUrl"])
    return Schedules(api, functions, exports_table, scheduler, stack["stackName"])


@pytest.fixture(scope="session")
def sender(stack: dict[str, Any], aws: boto3.Session) -> Sender:
    return Sender(aws.client("sesv2", endpoint_url=stack["endpointUrl"]))


@pytest.fixture(scope="session")
def mail_service(stack: dict[str, Any], aws: boto3.Session, sqs: Any) -> MailService:
    return MailService(sqs, aws.client("events", endpoint_url=stack["endpointUrl"]), stack)


@pytest.fixture(scope="session")
def ledger() -> Ledger:
    """The demo data, as the files have it."""
    return Ledger(ROOT / ".local" / "demo-data")
