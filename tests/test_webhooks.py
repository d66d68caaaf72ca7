"""Webhooks: who is told of what, how it is signed and tried again, and where nothing is sent to."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from support.api import Api, Caller
from support.functions import Functions
from support.keys import Keys
from support.mailbox import Mailbox
from support.problems import problem, refusals
from support.receiver import Answer, Receiver, receiving
from support.sender import Sender
from support.waiting import until
from support.webhooks import Publisher, Webhooks, event_id, event_of, signature

UNKNOWN = "whk_01kh0c8rm0e4t8v2zj6m3x9q5a"
UNKNOWN_DELIVERY = "dlv_01kh0c8rm0e4t8v2zj6m3x9q5b"
ELSEWHERE = "https://hooks.example.com/exports"
FAILURE = Answer(500, b"broken")
# Nobody listens there.
NO_QUEUE = {"AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:9"}
AGAIN = {"batchItemFailures": [{"itemIdentifier": "again"}]}


@pytest.fixture(scope="module")
def publisher(stack: dict[str, Any], aws: boto3.Session) -> Publisher:
    return Publisher(aws.client("events", endpoint_url=stack["endpointUrl"]), stack["eventBusName"])


@pytest.fixture(scope="module")
def table(stack: dict[str, Any], aws: boto3.Session) -> Any:
    return aws.resource("dynamodb", endpoint_url=stack["endpointUrl"]).Table(stack["webhooksTable"])


@pytest.fixture(scope="module")
def webhooks(api: Api) -> Webhooks:
    return Webhooks(api)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def webhook(webhooks: Webhooks, newcomer: Caller, receiver: Receiver) -> dict[str, Any]:
    """A newcomer's webhook that the receiver gets."""
    return webhooks.register(newcomer, receiver.url)


@pytest.fixture
def soon(functions: Functions) -> Iterator[None]:
    """Two attempts more, a second apart."""
    with functions.changed("webhook-sender", WEBHOOK_PAUSES_SECONDS="1,1"):
        yield


# Registering


def test_a_webhook_is_registered_and_its_secret_is_shown_once(api: Api, newcomer: Caller) -> None:
    body = {"url": "https://HOOKS.example.com", "events": ["export.failed", "export.ready"], "description": "Ledger"}
    answer = api.post(newcomer, "/v1/webhooks", json=body)
    assert answer.status_code == 201
    made = answer.json()
    assert made.pop("secret").startswith("whsec_")
    assert made == {
        "webhookId": made["webhookId"],
        "url": "https://hooks.example.com/",
        "events": ["export.failed", "export.ready"],
        "description": "Ledger",
        "enabled": True,
        "createdAt": made["createdAt"],
        "createdBy": newcomer.userId,
    }
    assert api.get(newcomer, f"/v1/webhooks/{made['webhookId']}").json() == made
    assert api.get(newcomer, "/v1/webhooks").json() == {"items": [made]}


def test_every_problem_of_a_body_is_named(api: Api, newcomer: Caller) -> None:
    body = {"url": "ftp://hooks.example.com", "events": ["export.ready", "export.read"], "description": 7, "key": "x"}
    assert refusals(api.post(newcomer, "/v1/webhooks", json=body)) == [
        ("/description", "INVALID_TYPE"),
        ("/events/1", "INVALID_VALUE"),
        ("/key", "UNKNOWN_FIELD"),
        ("/url", "INVALID_VALUE"),
    ]
    assert refusals(api.post(newcomer, "/v1/webhooks")) == [("/url", "MISSING")]
    long = {"url": ELSEWHERE, "description": "x" * 201, "events": []}
    assert refusals(api.post(newcomer, "/v1/webhooks", json=long)) == [
        ("/description", "INVALID_VALUE"),
        ("/events", "TOO_FEW"),
    ]
    twice = {"url": ELSEWHERE, "events": ["export.ready", "export.ready"]}
    assert refusals(api.post(newcomer, "/v1/webhooks", json=twice)) == [("/events/1", "INVALID_VALUE")]
    assert api.get(newcomer, "/v1/webhooks").json() == {"items": []}


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "https://ana:secret@hooks.example.com/",
        "https://hooks.example.com:22/",
        "https://hooks.example.com/#top",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://0xa.1/",
        "https://169.254.169.254/latest/meta-data/",
        "http://169.254.169.254/latest/meta-data/",
        "https://[::ffff:169.254.169.254]/",
        "https://[fd00:ec2::254]/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        f"https://hooks.example.com/{'x' * 2000}",
        "https://hooks.example.com/" + 400 * "\u00e4",
        f"https://{'a.' * 125}example.com/",
        "hooks.example.com",
    ],
)
def test_a_url_that_nothing_may_be_sent_to_is_refused(api: Api, webhooks: Webhooks, newcomer: Caller, url: str) -> None:
    assert refusals(api.post(newcomer, "/v1/webhooks", json={"url": url})) == [("/url", "INVALID_VALUE")]
    made = webhooks.register(newcomer, ELSEWHERE)
    changed = api.request("PATCH", newcomer, f"/v1/webhooks/{made['webhookId']}", json={"url": url})
    assert refusals(changed) == [("/url", "INVALID_VALUE")]


def test_a_tenant_has_at_most_twenty(api: Api, webhooks: Webhooks, newcomer: Caller) -> None:
    made = [webhooks.register(newcomer, ELSEWHERE) for _ in range(20)]
    problem(api.post(newcomer, "/v1/webhooks", json={"url": ELSEWHERE}), 409, "LIMIT_REACHED")
    listed = api.get(newcomer, "/v1/webhooks").json()["items"]
    assert [webhook["webhookId"] for webhook in listed] == sorted(webhook["webhookId"] for webhook in made)
    assert api.request("DELETE", newcomer, f"/v1/webhooks/{made[0]['webhookId']}").status_code == 204
    webhooks.register(newcomer, ELSEWHERE)


def test_a_change_leaves_the_rest(api: Api, webhooks: Webhooks, newcomer: Caller) -> None:
    made = webhooks.register(newcomer, ELSEWHERE, events=["export.ready"], description="Ledger")
    del made["secret"]
    path = f"/v1/webhooks/{made['webhookId']}"

    def changed(body: Any) -> dict[str, Any]:
        answer = api.request("PATCH", newcomer, path, json=body)
        assert answer.status_code == 200, answer.text
        assert webhooks.show(newcomer, made) == answer.json()
        return answer.json()

    assert changed({}) == made
    assert changed({"url": "https://other.example.com/"}) == {**made, "url": "https://other.example.com/"}
    assert changed({"url": ELSEWHERE, "events": ["export.expired"]}) == {**made, "events": ["export.expired"]}
    assert changed({"events": None, "description": None}).keys() == made.keys() - {"events", "description"}
    disabled = changed({"enabled": False})
    assert (disabled["enabled"], disabled["disabledReason"]) == (False, "BY_OPERATOR")
    assert changed({"enabled": False})["disabledAt"] == disabled["disabledAt"], "again changes nothing"
    assert changed({"enabled": True, "events": ["export.ready"], "description": "Ledger"}) == made
    problems = api.request("PATCH", newcomer, path, json={"enabled": 1, "events": [], "secret": "x"})
    assert refusals(problems) == [("/enabled", "INVALID_TYPE"), ("/events", "TOO_FEW"), ("/secret", "UNKNOWN_FIELD")]


def test_what_is_removed_is_gone(api: Api, webhooks: Webhooks, newcomer: Caller) -> None:
    made = webhooks.register(newcomer, ELSEWHERE)
    assert api.request("DELETE", newcomer, f"/v1/webhooks/{made['webhookId']}").status_code == 204
    assert api.get(newcomer, "/v1/webhooks").json() == {"items": []}
    _assert_unknown(api, newcomer, made["webhookId"])


def test_bodies_are_json_of_64_kib_at_most(api: Api, webhooks: Webhooks, newcomer: Caller) -> None:
    path = f"/v1/webhooks/{webhooks.register(newcomer, ELSEWHERE)['webhookId']}"
    for method, each in [("POST", "/v1/webhooks"), ("PATCH", path), ("POST", f"{path}/rotate-secret")]:
        large = {"content": " " * (64 * 1024 + 1), "headers": {"content-type": "application/json"}}
        problem(api.request(method, newcomer, each, **large), 413, "PAYLOAD_TOO_LARGE")
        text = {"content": "{}", "headers": {"content-type": "text/plain"}}
        problem(api.request(method, newcomer, each, **text), 415, "UNSUPPORTED_MEDIA_TYPE")


# Isolation


def _each(webhook: str, delivery: str = UNKNOWN_DELIVERY) -> list[tuple[str, str, Any]]:
    """Every operation on one webhook."""
    path = f"/v1/webhooks/{webhook}"
    return [
        ("GET", path, None),
        ("PATCH", path, {"enabled": False}),
        ("DELETE", path, None),
        ("POST", f"{path}/rotate-secret", {}),
        ("POST", f"{path}/test", None),
        ("GET", f"{path}/deliveries", None),
        ("POST", f"{path}/deliveries/{delivery}/resend", None),
    ]


def _assert_unknown(api: Api, caller: Caller, webhook: str) -> None:
    for method, path, body in _each(webhook):
        problem(api.request(method, caller, path, json=body), 404, "NOT_FOUND")


def test_another_tenants_webhook_does_not_exist(
    api: Api,
    webhooks: Webhooks,
    newcomer: Caller,
    webhook: dict[str, Any],
    keys: Keys,
    receiver: Receiver,
    publisher: Publisher,
) -> None:
    sent = webhooks.test(newcomer, webhook)
    webhooks.ended(newcomer, webhook, sent["eventId"])
    stranger = keys.operator()
    _assert_unknown(api, stranger, webhook["webhookId"])
    path = f"/v1/webhooks/{webhook['webhookId']}/deliveries/{sent['deliveryId']}/resend"
    problem(api.post(stranger, path), 404, "NOT_FOUND")
    assert api.get(stranger, "/v1/webhooks").json() == {"items": []}
    # Nor is it told of their exports.
    own = webhooks.register(stranger, receiver.url)
    webhooks.ended(stranger, own, publisher.put(stranger.tenantId))
    assert [delivery["eventId"] for delivery in webhooks.deliveries(newcomer, webhook)["items"]] == [sent["eventId"]]
    _assert_unknown(api, newcomer, UNKNOWN)
    _assert_unknown(api, newcomer, "anything")


def test_an_id_with_more_behind_it_is_another_one(api: Api, webhooks: Webhooks, newcomer: Caller) -> None:
    made = webhooks.register(newcomer, ELSEWHERE)
    for character in ("%3F", "%23"):
        problem(api.request("DELETE", newcomer, f"/v1/webhooks/{made['webhookId']}{character}x"), 404, "NOT_FOUND")
        # The body is that of a new one.
        answer = api.post(newcomer, f"/v1/webhooks/{character}/test", json={"url": ELSEWHERE})
        problem(answer, 404, "NOT_FOUND")
    assert [one["webhookId"] for one in api.get(newcomer, "/v1/webhooks").json()["items"]] == [made["webhookId"]]


def test_who_may_not_manage_webhooks_is_forbidden(
    api: Api, webhooks: Webhooks, newcomer: Caller, keys: Keys, callers: dict[str, Caller]
) -> None:
    made = webhooks.register(newcomer, ELSEWHERE)
    reader = keys.operator(newcomer.tenantId, permissions=["funding-transfers:read", "funding-transfers:create"])
    # A supplier has the permission, and its role keeps it out.
    supplier = keys.supplier(newcomer.tenantId, "SUP-1001")
    assert "webhooks:manage" in api.get(supplier, "/v1/me").json()["permissions"]
    for caller in (reader, supplier):
        for method, path, body in [
            ("GET", "/v1/webhooks", None),
            ("POST", "/v1/webhooks", {"url": ELSEWHERE}),
            *_each(made["webhookId"]),
        ]:
            problem(api.request(method, caller, path, json=body), 403, "FORBIDDEN")
    assert webhooks.show(newcomer, made)["enabled"]
    problem(api.get(callers["merchant"], "/v1/webhooks"), 403, "FORBIDDEN")


def test_a_colleague_manages_what_another_operator_registered(
    api: Api, webhooks: Webhooks, newcomer: Caller, keys: Keys
) -> None:
    made = webhooks.register(newcomer, ELSEWHERE)
    colleague = keys.operator(newcomer.tenantId)
    assert webhooks.show(colleague, made)["createdBy"] == newcomer.userId
    assert api.request("DELETE", colleague, f"/v1/webhooks/{made['webhookId']}").status_code == 204


# Deliveries


def test_an_event_of_the_bus_arrives_signed(
    webhooks: Webhooks, newcomer: Caller, webhook: dict[str, Any], receiver: Receiver, publisher: Publisher
) -> None:
    # What the bus might have besides stays here.
    identifier = publisher.put(
        newcomer.tenantId, retryOf="exp_1", downloadUrl="https://secret.example", email="a@b.example"
    )
    delivery = webhooks.ended(newcomer, webhook, identifier)
    [request] = receiver.received
    assert request.path == "/hook"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == identifier
    assert abs(int(request.headers["webhook-timestamp"]) - time.time()) < 60
    assert request.headers["webhook-signature"] == signature(webhook["secret"], request)
    assert json.loads(request.body) == {
        "id": identifier,
        "type": "export.ready",
        "timestamp": "2026-11-26T06:00:00Z",
        "tenantId": newcomer.tenantId,
        "data": {
            "exportId": "exp_01kh0c8rm0e4t8v2zj6m3x9q5af",
            "exportType": "FUNDING_TRANSFERS",
            "status": "READY",
            "requesterId": "ana",
            "retryOf": "exp_1",
        },
    }
    [attempt] = delivery.pop("attempts")
    assert (attempt["status"], attempt["answer"]) == (200, "ok")
    assert delivery == {
        "deliveryId": identifier.replace("evt_", "dlv_"),
        "eventId": identifier,
        "eventType": "export.ready",
        "state": "DELIVERED",
        "createdAt": delivery["createdAt"],
        "attemptCount": 1,
    }


def test_an_export_is_told_of_as_it_lives(
    api: Api, webhooks: Webhooks, newcomer: Caller, webhook: dict[str, Any], receiver: Receiver, mailbox: Mailbox
) -> None:
    export = api.make(newcomer, "supplier-payouts")
    for _ in range(2):
        assert api.http.get(mailbox.wait(export["exportId"])[0].link).status_code == 302
    api.request("DELETE", newcomer, f"/v1/exports/{export['exportId']}")
    requests = receiver.wait(3)
    told = {body["type"]: body for body in (json.loads(request.body) for request in requests)}
    assert sorted(told) == ["export.downloaded", "export.expired", "export.ready"]
    for body in told.values():
        assert (body["tenantId"], body["data"]["exportId"]) == (newcomer.tenantId, export["exportId"])
    assert told["export.ready"]["data"]["status"] == "READY"
    for request in requests:
        assert request.headers["webhook-signature"] == signature(webhook["secret"], request)
        assert not any(hidden in request.body for hidden in (newcomer.email.encode(), b"token", b"http"))


def test_only_the_events_that_were_chosen_are_sent(
    webhooks: Webhooks, newcomer: Caller, receiver: Receiver, publisher: Publisher
) -> None:
    some = webhooks.register(newcomer, receiver.url, events=["export.failed"])
    every = webhooks.register(newcomer, receiver.url)
    for event_type in ("export.ready", "export.cancelled", "export.expired", "export.downloaded", "export.failed"):
        identifier = publisher.put(newcomer.tenantId, event_type)
        webhooks.ended(newcomer, every, identifier)
    webhooks.ended(newcomer, some, identifier)
    types = [delivery["eventType"] for delivery in webhooks.deliveries(newcomer, some)["items"]]
    assert types == ["export.failed"]
    assert len(webhooks.deliveries(newcomer, every)["items"]) == 5


def test_an_event_that_comes_twice_is_delivered_once(
    webhooks: Webhooks, newcomer: Caller, webhook: dict[str, Any], receiver: Receiver, publisher: Publisher
) -> None:
    identifier = event_id()
    for _ in range(3):
        publisher.put(newcomer.tenantId, identifier=identifier)
    webhooks.ended(newcomer, webhook, identifier)
    last = publisher.put(newcomer.tenantId)
    webhooks.ended(newcomer, webhook, last)
    assert [request.headers["webhook-id"] for request in receiver.received] == [identifier, last]
    assert len(webhooks.deliveries(newcomer, webhook)["items"]) == 2


def test_messages_that_come_again_or_mean_nothing_do_nothing(
    webhooks: Webhooks,
    newcomer: Caller,
    webhook: dict[str, Any],
    receiver: Receiver,
    functions: Functions,
    publisher: Publisher,
) -> None:
    identifier = publisher.put(newcomer.tenantId)
    webhooks.ended(newcomer, webhook, identifier)
    before = webhooks.deliveries(newcomer, webhook)
    job = _job(newcomer, webhook, identifier, 0)
    for body in (job, job, _job(newcomer, webhook, identifier, 5), "", "{}", "not json", '{"detail": {}}'):
        assert functions.invoke("webhook-sender", _message(body)) == {"batchItemFailures": []}
    stranger = json.dumps({**json.loads(job), "tenantId": "another-tenant"})
    assert functions.invoke("webhook-sender", _message(stranger)) == {"batchItemFailures": []}
    assert webhooks.deliveries(newcomer, webhook) == before
    assert len(receiver.received) == 1


def test_an_attempt_that_another_process_makes_is_left_to_it_until_its_lease_ends(
    webhooks: Webhooks,
    newcomer: Caller,
    webhook: dict[str, Any],
    receiver: Receiver,
    functions: Functions,
    publisher: Publisher,
    table: Any,
) -> None:
    receiver.answers = [FAILURE]
    with functions.changed("webhook-sender", WEBHOOK_PAUSES_SECONDS="600"):
        identifier = publisher.put(newcomer.tenantId)
        webhooks.once(newcomer, webhook, identifier, lambda delivery: delivery["attemptCount"] == 1)
        past = (datetime.now(timezone.utc) - timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        job = _message(_job(newcomer, webhook, identifier, 1))
        assert functions.invoke("webhook-sender", job) == {"batchItemFailures": []}
        assert len(receiver.received) == 1, "it is not due yet"
        key = {
            "partition": f"deliveries#{newcomer.tenantId}#{webhook['webhookId']}",
            "sort": identifier.replace("evt_", "dlv_"),
        }
        now = int(time.time() * 1000)
        _set(table, key, nextAttemptAt=past, leaseUntil=now + 60_000)
        assert functions.invoke("webhook-sender", job) == {"batchItemFailures": []}
        assert len(receiver.received) == 1, "another process has it"
        # That process died.
        _set(table, key, leaseUntil=now - 1)
        assert functions.invoke("webhook-sender", job) == {"batchItemFailures": []}
    first, second = receiver.received
    assert first.body == second.body
    assert webhooks.ended(newcomer, webhook, identifier)["attemptCount"] == 2


def test_a_failure_is_tried_again_with_the_same_event(
    soon: None, webhooks: Webhooks, newcomer: Caller, webhook: dict[str, Any], receiver: Receiver, publisher: Publisher
) -> None:
    answer = b"\xff" + b"x" * 2000
    receiver.answers = [Answer(500, answer), Answer(307, b"", {"location": receiver.url.replace("hook", "elsewhere")})]
    identifier = publisher.put(newcomer.tenantId)
    delivery = webhooks.ended(newcomer, webhook, identifier)
    assert delivery["state"] == "DELIVERED"
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 307, 200]
    assert delivery["attempts"][0]["answer"] == "\ufffd" + "x" * 1023
    assert [request.path for request in receiver.received] == ["/hook"] * 3, "a redirect is not followed"
    assert {request.headers["webhook-id"] for request in receiver.received} == {identifier}
    assert len({request.body for request in receiver.received}) == 1
    for request in receiver.received:
        assert request.headers["webhook-signature"] == signature(webhook["secret"], request)
    assert "failingSince" not in webhooks.show(newcomer, webhook)


def test_an_event_is_given_up_after_the_last_attempt(
    soon: None, webhooks: Webhooks, newcomer: Caller, webhook: dict[str, Any], receiver: Receiver, publisher: Publisher
) -> None:
    receiver.usual = FAILURE
    delivery = webhooks.ended(newcomer, webhook, publisher.put(newcomer.tenantId))
    assert (delivery["state"], delivery["attemptCount"], len(receiver.received)) == ("FAILED", 3, 3)
    shown = webhooks.show(newcomer, webhook)
    assert shown["enabled"] and shown["failingSince"]


def test_an_endpoint_can_ask_for_a_longer_pause(
    soon: None, webhooks: Webhooks, newcomer: Caller, webhook: dict[str, Any], receiver: Receiver, publisher: Publisher
) -> None:
    receiver.answers = [Answer(503, b"", {"retry-after": "1000"})]
    identifier = publisher.put(newcomer.tenantId)
    delivery = webhooks.once(newcomer, webhook, identifier, lambda delivery: delivery["attemptCount"] == 1)
    first, due = (datetime.fromisoformat(each) for each in (delivery["attempts"][0]["at"], delivery["nextAttemptAt"]))
    assert timedelta(seconds=999) <= due - first <= timedelta(seconds=1030)


def test_what_does_not_answer_is_told_in_a_sentence(webhooks: Webhooks, newcomer: Caller, publisher: Publisher) -> None:
    # Nobody listens there.
    webhook = webhooks.register(newcomer, "http://127.0.0.1:1/")
    identifier = publisher.put(newcomer.tenantId)
    delivery = webhooks.once(newcomer, webhook, identifier, lambda delivery: delivery["attemptCount"] == 1)
    [attempt] = delivery["attempts"]
    assert attempt["failure"] == "The host refused the connection."
    assert "status" not in attempt and "answer" not in attempt


def test_deliveries_come_page_by_page(
    api: Api, webhooks: Webhooks, newcomer: Caller, webhook: dict[str, Any], keys: Keys
) -> None:
    sent = [webhooks.test(newcomer, webhook)["deliveryId"] for _ in range(5)]
    listed, cursor = [], {}
    while True:
        page = webhooks.deliveries(newcomer, webhook, limit=2, **cursor)
        listed.append([delivery["deliveryId"] for delivery in page["items"]])
        if page["nextCursor"] is None:
            break
        cursor = {"cursor": page["nextCursor"]}
    assert [len(page) for page in listed] == [2, 2, 1]
    assert sum(listed, []) == sorted(sent, reverse=True)
    path = f"/v1/webhooks/{webhook['webhookId']}/deliveries"
    refused = api.get(newcomer, path, params={"limit": 0, "cursor": "x", "state": "FAILED"})
    assert refusals(refused) == [
        ("/cursor", "INVALID_VALUE"),
        ("/limit", "OUT_OF_RANGE"),
        ("/state", "UNKNOWN_FIELD"),
    ]
    colleague = keys.operator(newcomer.tenantId)
    assert refusals(api.get(colleague, path, params=cursor)) == [("/cursor", "INVALID_VALUE")]


# What fails at the wrong moment


def test_an_event_whose_message_could_not_be_sent_is_sent_when_it_comes_again(
    webhooks: Webhooks, newcomer: Caller, webhook: dict[str, Any], receiver: Receiver, functions: Functions
) -> None:
    identifier = event_id()
    event = _message(json.dumps({"detail": event_of(newcomer.tenantId, "export.ready", identifier)}))
    with functions.changed("webhook-sender", **NO_QUEUE):
        assert functions.invoke("webhook-sender", event) == AGAIN
    [recorded] = webhooks.deliveries(newcomer, webhook)["items"]
    assert (recorded["state"], recorded["attempts"], receiver.received) == ("PENDING", [], [])
    assert functions.invoke("webhook-sender", event) == {"batchItemFailures": []}
    assert webhooks.ended(newcomer, webhook, identifier)["attemptCount"] == 1
    assert functions.invoke("webhook-sender", event) == {"batchItemFailures": []}
    assert len(receiver.received) == 1


def test_an_attempt_that_could_not_see_to_the_next_one_is_made_again(
    webhooks: Webhooks,
    newcomer: Caller,
    webhook: dict[str, Any],
    receiver: Receiver,
    functions: Functions,
    publisher: Publisher,
    table: Any,
) -> None:
    receiver.answers = [FAILURE, FAILURE]
    with functions.changed("webhook-sender", WEBHOOK_PAUSES_SECONDS="600,1"):
        identifier = publisher.put(newcomer.tenantId)
        webhooks.once(newcomer, webhook, identifier, lambda delivery: delivery["attemptCount"] == 1)
        key = {
            "partition": f"deliveries#{newcomer.tenantId}#{webhook['webhookId']}",
            "sort": identifier.replace("evt_", "dlv_"),
        }
        _set(table, key, nextAttemptAt="2026-11-26T06:00:00Z")
        job = _message(_job(newcomer, webhook, identifier, 1))
        with functions.changed("webhook-sender", **NO_QUEUE):
            assert functions.invoke("webhook-sender", job) == AGAIN
        assert webhooks.deliveries(newcomer, webhook)["items"][0]["attemptCount"] == 1, "it is not recorded"
        # Its lease is over by the time that the message comes back.
        _set(table, key, leaseUntil=0)
        assert functions.invoke("webhook-sender", job) == {"batchItemFailures": []}
    assert webhooks.ended(newcomer, webhook, identifier)["state"] == "DELIVERED"
    assert len({request.headers["webhook-id"] for request in receiver.received}) == 1
    assert len(receiver.received) == 3


def test_the_mail_is_sent_once_the_mail_service_takes_it(
    webhooks: Webhooks,
    newcomer: Caller,
    webhook: dict[str, Any],
    receiver: Receiver,
    functions: Functions,
    publisher: Publisher,
    sender: Sender,
    mailbox: Mailbox,
) -> None:
    receiver.usual = Answer(410)
    with sender.unverified():
        identifier = publisher.put(newcomer.tenantId)
        assert webhooks.ended(newcomer, webhook, identifier)["state"] == "FAILED"
        job = _message(_job(newcomer, webhook, identifier, 0))
        assert functions.invoke("webhook-sender", job) == AGAIN
    assert functions.invoke("webhook-sender", job) == {"batchItemFailures": []}
    assert len(mailbox.about(webhook["webhookId"])) == 1
    assert len(receiver.received) == 1


# By hand


def test_a_test_event_is_sent_whatever_was_chosen(webhooks: Webhooks, newcomer: Caller, receiver: Receiver) -> None:
    webhook = webhooks.register(newcomer, receiver.url, events=["export.expired"])
    sent = webhooks.test(newcomer, webhook)
    assert (sent["state"], sent["eventType"], sent["attempts"]) == ("PENDING", "webhook.test", [])
    assert webhooks.ended(newcomer, webhook, sent["eventId"])["state"] == "DELIVERED"
    [request] = receiver.received
    assert request.headers["webhook-signature"] == signature(webhook["secret"], request)
    body = json.loads(request.body)
    assert (body["type"], body["data"]) == ("webhook.test", {"webhookId": webhook["webhookId"]})
    assert body["tenantId"] == newcomer.tenantId


def test_an_event_is_sent_again_by_hand(
    soon: None,
    api: Api,
    webhooks: Webhooks,
    newcomer: Caller,
    webhook: dict[str, Any],
    receiver: Receiver,
    publisher: Publisher,
) -> None:
    receiver.answers = [FAILURE] * 4
    identifier = publisher.put(newcomer.tenantId)
    failed = webhooks.ended(newcomer, webhook, identifier)
    assert failed["state"] == "FAILED"
    path = f"/v1/webhooks/{webhook['webhookId']}/deliveries/{failed['deliveryId']}/resend"
    answer = api.post(newcomer, path)
    assert answer.status_code == 202
    assert answer.json()["state"] == "PENDING"
    delivered = webhooks.ended(newcomer, webhook, identifier)
    assert (delivered["state"], delivered["attemptCount"]) == ("DELIVERED", 5), "with all its attempts again"
    assert api.post(newcomer, path).status_code == 202, "also when it has arrived"
    receiver.wait(6)
    webhooks.once(newcomer, webhook, identifier, lambda delivery: delivery["attemptCount"] == 6)
    assert len({request.body for request in receiver.received}) == 1
    unknown = f"/v1/webhooks/{webhook['webhookId']}/deliveries/{UNKNOWN_DELIVERY}/resend"
    problem(api.post(newcomer, unknown), 404, "NOT_FOUND")


def test_both_secrets_sign_while_one_takes_the_others_place(
    api: Api, webhooks: Webhooks, newcomer: Caller, webhook: dict[str, Any], receiver: Receiver
) -> None:
    path = f"/v1/webhooks/{webhook['webhookId']}/rotate-secret"

    def signatures() -> list[str]:
        webhooks.ended(newcomer, webhook, webhooks.test(newcomer, webhook)["eventId"])
        return receiver.received[-1].headers["webhook-signature"].split(" ")

    def rotated(body: Any) -> dict[str, Any]:
        answer = api.post(newcomer, path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    second = rotated({})
    day = datetime.fromisoformat(second["previousSecretUntil"]) - datetime.now(timezone.utc)
    assert timedelta(hours=23, minutes=58) < day <= timedelta(hours=24)
    assert signatures() == [signature(each["secret"], receiver.received[-1]) for each in (second, webhook)]
    third = rotated({"overlapSeconds": 604800})
    assert signatures() == [signature(each["secret"], receiver.received[-1]) for each in (third, second)]
    fourth = rotated({"overlapSeconds": 0})
    assert signatures() == [signature(fourth["secret"], receiver.received[-1])]
    assert len({each["secret"] for each in (webhook, second, third, fourth)}) == 4
    assert "ecret" not in json.dumps(webhooks.show(newcomer, webhook))
    for seconds, code in ((604801, "OUT_OF_RANGE"), (-1, "OUT_OF_RANGE"), ("60", "INVALID_TYPE")):
        refused = api.post(newcomer, path, json={"overlapSeconds": seconds})
        assert refusals(refused) == [("/overlapSeconds", code)]


# Disabling


def test_three_days_of_failures_disable_it_and_its_owner_is_told(
    api: Api,
    webhooks: Webhooks,
    newcomer: Caller,
    webhook: dict[str, Any],
    receiver: Receiver,
    publisher: Publisher,
    table: Any,
    mailbox: Mailbox,
) -> None:
    receiver.usual = FAILURE
    identifier = publisher.put(newcomer.tenantId)
    webhooks.once(newcomer, webhook, identifier, lambda delivery: delivery["attemptCount"] == 1)
    key = {"partition": f"webhooks#{newcomer.tenantId}", "sort": webhook["webhookId"]}
    since = (datetime.now(timezone.utc) - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    _set(table, key, failingSince=since)
    last = publisher.put(newcomer.tenantId)
    assert webhooks.ended(newcomer, webhook, last)["state"] == "FAILED"
    [mail] = mailbox.wait(webhook["webhookId"])
    assert (mail.to, mail.cc) == ([newcomer.email], [])
    assert receiver.url in mail.text and "three days" in mail.text
    shown = webhooks.show(newcomer, webhook)
    assert (shown["enabled"], shown["disabledReason"]) == (False, "FAILING")
    until(lambda: "isNoticeDue" not in table.get_item(Key=key, ConsistentRead=True)["Item"])
    # What was still on its way ends, and nothing new begins.
    delivery = f"/v1/webhooks/{webhook['webhookId']}/deliveries/{identifier.replace('evt_', 'dlv_')}/resend"
    problem(api.post(newcomer, delivery), 409, "WEBHOOK_DISABLED")
    problem(api.post(newcomer, f"/v1/webhooks/{webhook['webhookId']}/test"), 409, "WEBHOOK_DISABLED")
    ended = webhooks.ended(newcomer, webhook, identifier)
    assert ended["state"] == "FAILED"
    publisher.put(newcomer.tenantId)
    enabled = {"enabled": True}
    shown = api.request("PATCH", newcomer, f"/v1/webhooks/{webhook['webhookId']}", json=enabled).json()
    assert shown["enabled"] and not shown.keys() & {"failingSince", "disabledAt", "disabledReason"}
    receiver.usual = Answer()
    assert api.post(newcomer, delivery).status_code == 202
    assert webhooks.ended(newcomer, webhook, identifier)["state"] == "DELIVERED"
    assert len(mailbox.about(webhook["webhookId"])) == 1


def test_one_that_is_gone_is_disabled_at_once(
    webhooks: Webhooks,
    newcomer: Caller,
    webhook: dict[str, Any],
    receiver: Receiver,
    publisher: Publisher,
    mailbox: Mailbox,
) -> None:
    receiver.usual = Answer(410, b"gone")
    delivery = webhooks.ended(newcomer, webhook, publisher.put(newcomer.tenantId))
    assert (delivery["state"], delivery["attemptCount"]) == ("FAILED", 1)
    assert webhooks.show(newcomer, webhook)["disabledReason"] == "GONE"
    [mail] = mailbox.wait(webhook["webhookId"])
    assert "410" in mail.text


def test_the_mail_is_not_lost_if_a_process_dies_before_it(
    webhooks: Webhooks,
    newcomer: Caller,
    webhook: dict[str, Any],
    functions: Functions,
    publisher: Publisher,
    table: Any,
    mailbox: Mailbox,
) -> None:
    identifier = publisher.put(newcomer.tenantId)
    webhooks.ended(newcomer, webhook, identifier)
    key = {"partition": f"webhooks#{newcomer.tenantId}", "sort": webhook["webhookId"]}
    _set(table, key, disabledAt="2026-11-26T06:00:00Z", disabledReason="FAILING", isNoticeDue=True)
    for _ in range(2):
        functions.invoke("webhook-sender", _message(_job(newcomer, webhook, identifier, 0)))
    assert len(mailbox.about(webhook["webhookId"])) == 1


def test_nothing_is_sent_to_one_that_is_disabled_or_removed(
    api: Api, webhooks: Webhooks, newcomer: Caller, webhook: dict[str, Any], receiver: Receiver, publisher: Publisher
) -> None:
    other = webhooks.register(newcomer, ELSEWHERE)
    path = f"/v1/webhooks/{webhook['webhookId']}"
    api.request("PATCH", newcomer, path, json={"enabled": False})
    api.request("DELETE", newcomer, f"/v1/webhooks/{other['webhookId']}")
    control = webhooks.register(newcomer, f"{receiver.url}/control")
    webhooks.ended(newcomer, control, publisher.put(newcomer.tenantId))
    assert [request.path for request in receiver.received] == ["/hook/control"]
    assert webhooks.deliveries(newcomer, webhook)["items"] == []


# The guard


def test_a_stack_that_is_not_local_calls_no_loopback_address(
    api: Api,
    webhooks: Webhooks,
    newcomer: Caller,
    webhook: dict[str, Any],
    receiver: Receiver,
    functions: Functions,
) -> None:
    by_name = webhooks.register(newcomer, receiver.url.replace("127.0.0.1", "localhost"))
    with functions.changed("webhook-sender", ALLOW_LOOPBACK_WEBHOOKS="false"):
        for each in (webhook, by_name):
            sent = webhooks.test(newcomer, each)
            tried = webhooks.once(newcomer, each, sent["eventId"], lambda delivery: delivery["attemptCount"] == 1)
            assert "not on the public internet" in tried["attempts"][0]["failure"]
    assert receiver.received == []
    with functions.changed("webhooks", ALLOW_LOOPBACK_WEBHOOKS="false"):
        for url in (receiver.url, "https://127.0.0.1/", "https://localhost/"):
            assert refusals(api.post(newcomer, "/v1/webhooks", json={"url": url})) == [("/url", "INVALID_VALUE")]


def test_no_secret_and_no_url_reaches_a_log(
    api: Api,
    webhooks: Webhooks,
    newcomer: Caller,
    receiver: Receiver,
    logs: Any,
    stack: dict[str, Any],
) -> None:
    webhook = webhooks.register(newcomer, f"{receiver.url}/of-a-hidden-path")
    webhooks.ended(newcomer, webhook, webhooks.test(newcomer, webhook)["eventId"])
    secrets = [
        webhook["secret"],
        api.post(newcomer, f"/v1/webhooks/{webhook['webhookId']}/rotate-secret").json()["secret"],
    ]

    def lines() -> str:
        groups = [f"/aws/lambda/{stack['stackName']}-{name}" for name in ("webhooks", "webhook-sender")]
        found = [logs.filter_log_events(logGroupName=group, limit=10_000)["events"] for group in groups]
        return "\n".join(event["message"] for events in found for event in events)

    until(lambda: webhook["webhookId"] in lines())
    for hidden in (*secrets, "of-a-hidden-path", newcomer.email):
        assert hidden not in lines()


def _job(caller: Caller, webhook: dict[str, Any], identifier: str, attempt: int) -> str:
    """The message that asks for an attempt."""
    names = {"tenantId": caller.tenantId, "webhookId": webhook["webhookId"]}
    return json.dumps({**names, "deliveryId": identifier.replace("evt_", "dlv_"), "attempt": attempt})


def _message(body: str) -> dict[str, Any]:
    return {"Records": [{"messageId": "again", "body": body, "eventSource": "aws:sqs"}]}


def _set(table: Any, key: dict[str, str], **attributes: Any) -> None:
    table.update_item(
        Key=key,
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
        ExpressionAttributeNames={f"#{name}": name for name in attributes},
        ExpressionAttributeValues={f":{name}": value for name, value in attributes.items()},
    )
