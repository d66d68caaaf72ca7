"""Whether mails arrive: what the mail service tells of each, and who is not written to any more."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from support.api import Api, Caller
from support.command import Command
from support.functions import Functions
from support.keys import Keys
from support.mail_service import MailService, ago
from support.mailbox import Mailbox
from support.problems import problem
from support.waiting import until

DATASET = "supplier-payouts"
COPY = "finance@example.com"


@pytest.fixture
def export(api: Api, newcomer: Caller) -> dict[str, Any]:
    return api.make(newcomer, DATASET, {"cc": [COPY]})


@pytest.fixture
def message_id(export: dict[str, Any]) -> str:
    [sending] = export["sendings"]
    return sending["messageId"]


def detail(api: Api, caller: Caller, export: dict[str, Any]) -> dict[str, Any]:
    return api.detail(caller, DATASET, export["exportId"]).json()


def delivery(api: Api, caller: Caller, export: dict[str, Any]) -> dict[str, str]:
    """What became of the latest mail, by recipient."""
    return detail(api, caller, export)["sendings"][0]["delivery"]


def learns(api: Api, caller: Caller, export: dict[str, Any], **expected: str) -> None:
    """Waits until the state of the requester's (`own`) and the copy's (`copy`) mail is as expected."""
    wanted = {caller.email: expected["own"], COPY: expected["copy"]}
    until(lambda: delivery(api, caller, export) == wanted)


def suppress(api: Api, service: MailService, caller: Caller, *addresses: str) -> None:
    """Lets addresses refuse a mail of the caller's."""
    export = api.make(
        caller, "marketplace-payouts", {"cc": [address for address in addresses if address != caller.email]}
    )
    [sending] = export["sendings"]
    service.tell(service.bounce(sending["messageId"], *addresses))

    def is_known() -> bool:
        [shown] = api.detail(caller, "marketplace-payouts", export["exportId"]).json()["sendings"]
        return all(shown["delivery"][address] == "BOUNCED" for address in addresses)

    until(is_known)


def test_nothing_is_known_until_something_is_told(export: dict[str, Any], newcomer: Caller) -> None:
    [sending] = export["sendings"]
    assert sending["delivery"] == {newcomer.email: "SENT", COPY: "SENT"}
    assert export["mail"] == {"state": "SENT"}
    assert "skipped" not in sending


def test_each_recipients_mail_is_followed(
    api: Api, newcomer: Caller, export: dict[str, Any], message_id: str, mail_service: MailService
) -> None:
    mail_service.tell(mail_service.delay(message_id, newcomer.email))
    learns(api, newcomer, export, own="DELAYED", copy="SENT")
    mail_service.tell(mail_service.delivery(message_id, newcomer.email))
    learns(api, newcomer, export, own="DELIVERED", copy="SENT")
    mail_service.tell(mail_service.bounce(message_id, COPY, kind="Transient"))
    learns(api, newcomer, export, own="DELIVERED", copy="SOFT_BOUNCED")
    assert detail(api, newcomer, export)["mail"] == {"state": "DELIVERED"}


def test_a_mail_that_everybody_refused_is_undelivered(
    api: Api, newcomer: Caller, export: dict[str, Any], message_id: str, mail_service: MailService
) -> None:
    mail_service.tell(mail_service.bounce(message_id, COPY))
    learns(api, newcomer, export, own="SENT", copy="BOUNCED")
    assert detail(api, newcomer, export)["mail"] == {"state": "SENT"}
    mail_service.tell(mail_service.bounce(message_id, newcomer.email.upper()))
    learns(api, newcomer, export, own="BOUNCED", copy="BOUNCED")
    mail = detail(api, newcomer, export)["mail"]
    assert mail["state"] == "UNDELIVERED" and "every address refused it" in mail["detail"]
    assert detail(api, newcomer, export)["status"] == "READY", "the file is as good as before"


def test_a_rejected_mail_reaches_nobody(
    api: Api, newcomer: Caller, export: dict[str, Any], message_id: str, mail_service: MailService
) -> None:
    mail_service.tell(mail_service.rejection(message_id, newcomer.email, COPY))
    learns(api, newcomer, export, own="REJECTED", copy="REJECTED")
    assert detail(api, newcomer, export)["mail"]["state"] == "UNDELIVERED"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_events_come_in_any_order_and_twice(
    api: Api,
    newcomer: Caller,
    export: dict[str, Any],
    message_id: str,
    mail_service: MailService,
    functions: Functions,
    order: tuple[int, ...],
) -> None:
    events = [
        mail_service.bounce(message_id, newcomer.email, kind="Transient"),
        mail_service.delivery(message_id, newcomer.email, COPY),
        mail_service.complaint(message_id, newcomer.email),
    ]
    told = [events[number] for number in (*order, *order)]
    assert functions.invoke("mail-events", batch(*told)) == {"batchItemFailures": []}
    assert delivery(api, newcomer, export) == {newcomer.email: "COMPLAINED", COPY: "DELIVERED"}
    assert detail(api, newcomer, export)["mail"] == {"state": "DELIVERED"}


def test_each_mail_about_an_export_is_followed_by_itself(
    api: Api, newcomer: Caller, export: dict[str, Any], message_id: str, mail_service: MailService
) -> None:
    assert api.post(newcomer, f"/v1/exports/{export['exportId']}/resend-email", json={"cc": []}).status_code == 200
    mail_service.tell(mail_service.delivery(message_id, COPY))

    def states() -> list[dict[str, str]]:
        return [sending["delivery"] for sending in detail(api, newcomer, export)["sendings"]]

    until(lambda: states() == [{newcomer.email: "SENT"}, {newcomer.email: "SENT", COPY: "DELIVERED"}])


def test_the_next_mails_skip_who_refused_one(
    api: Api, newcomer: Caller, mailbox: Mailbox, mail_service: MailService
) -> None:
    suppress(api, mail_service, newcomer, COPY)
    export = api.make(newcomer, DATASET, {"cc": [COPY.upper(), "audit@example.com"]})
    [sending] = export["sendings"]
    assert sending["recipients"] == [newcomer.email, "audit@example.com"]
    assert sending["skipped"] == [COPY.upper()]
    assert set(sending["delivery"]) == set(sending["recipients"])
    [mail] = mailbox.wait(export["exportId"])
    assert (mail.to, mail.cc) == ([newcomer.email], ["audit@example.com"])

    again = api.post(newcomer, f"/v1/exports/{export['exportId']}/resend-email").json()
    assert again["recipients"] == [newcomer.email, "audit@example.com"]
    assert again["skipped"] == [COPY.upper()]
    assert detail(api, newcomer, export)["sendings"][0]["skipped"] == [COPY.upper()]


def test_a_complaint_is_respected_and_a_soft_bounce_passes(
    api: Api, newcomer: Caller, export: dict[str, Any], message_id: str, mail_service: MailService
) -> None:
    mail_service.tell(mail_service.bounce(message_id, COPY, kind="Transient"))
    learns(api, newcomer, export, own="SENT", copy="SOFT_BOUNCED")
    [sending] = api.make(newcomer, DATASET, {"cc": [COPY]})["sendings"]
    assert sending["recipients"] == [newcomer.email, COPY]
    mail_service.tell(mail_service.complaint(message_id, COPY))
    learns(api, newcomer, export, own="SENT", copy="COMPLAINED")
    [sending] = api.make(newcomer, DATASET, {"cc": [COPY]})["sendings"]
    assert (sending["recipients"], sending["skipped"]) == ([newcomer.email], [COPY])


def test_without_anybody_to_write_to_an_export_is_ready_all_the_same(
    api: Api, newcomer: Caller, mailbox: Mailbox, mail_service: MailService
) -> None:
    suppress(api, mail_service, newcomer, newcomer.email, COPY)
    export = api.make(newcomer, DATASET, {"cc": [COPY]})
    assert export["mail"]["state"] == "NOT_SENT" and export["mail"]["detail"].startswith("No mail was sent")
    [sending] = export["sendings"]
    assert (sending["recipients"], sending["skipped"]) == ([], [newcomer.email, COPY])
    assert "messageId" not in sending and sending["delivery"] == {}
    assert mailbox.about(export["exportId"]) == []
    assert api.download(export)
    resend = f"/v1/exports/{export['exportId']}/resend-email"
    assert api.get(newcomer, f"/v1/exports/{export['exportId']}/links").json() == {"items": []}
    problem(api.post(newcomer, resend), 422, "ADDRESSES_SUPPRESSED")
    answer = api.post(newcomer, resend, json={"cc": ["audit@example.com"]})
    assert (answer.status_code, answer.json()["recipients"]) == (200, ["audit@example.com"])
    assert answer.json()["skipped"] == [newcomer.email]
    [mail] = mailbox.wait(export["exportId"])
    assert (mail.to, mail.cc) == (["audit@example.com"], [])
    assert detail(api, newcomer, export)["mail"] == {"state": "SENT"}


def test_no_tenant_learns_from_its_mails_what_others_sent(
    api: Api, newcomer: Caller, keys: Keys, mail_service: MailService
) -> None:
    suppress(api, mail_service, newcomer, COPY)
    stranger = keys.operator()
    [sending] = api.make(stranger, DATASET, {"cc": [COPY]})["sendings"]
    assert sending["recipients"] == [stranger.email, COPY]


def test_an_address_is_written_to_again_once_it_is_taken_off_the_list(
    api: Api, newcomer: Caller, mail_service: MailService, command: Command
) -> None:
    suppress(api, mail_service, newcomer, COPY)
    listed = command.run("suppressed-addresses", "list", "--tenant", newcomer.tenantId)
    assert listed.returncode == 0, listed.stderr
    assert COPY in listed.stdout and "BOUNCED" in listed.stdout
    remove = ("suppressed-addresses", "remove", "--tenant", newcomer.tenantId, "--address", COPY.upper())
    assert command.run(*remove).returncode == 0
    again = command.run(*remove)
    assert again.returncode == 1 and "is not suppressed" in again.stderr
    [sending] = api.make(newcomer, DATASET, {"cc": [COPY]})["sendings"]
    assert sending["recipients"] == [newcomer.email, COPY]


def test_an_event_that_comes_before_its_mail_is_recorded_comes_back(
    functions: Functions, mail_service: MailService
) -> None:
    early = mail_service.delivery("not-recorded-yet", COPY)
    late = mail_service.delivery("never-recorded", COPY)
    late["detail"]["mail"]["timestamp"] = ago(3600)
    opened = {**late, "detail-type": "Email Opened", "detail": {**late["detail"], "eventType": "Open"}}
    failed = functions.invoke("mail-events", batch(early, late, opened, {"source": "aws.ses"}))
    assert failed == {"batchItemFailures": [{"itemIdentifier": "0"}, {"itemIdentifier": "3"}]}


def test_the_rule_passes_on_events_of_the_stacks_own_mails(mail_service: MailService, sqs: Any) -> None:
    event = mail_service.delivery("1", COPY)
    assert mail_service.is_passed_on(event)
    for other in (
        {**event, "source": "somebody.else"},
        {**event, "detail-type": "Email Opened"},
        {**event, "detail": {**event["detail"], "mail": {"tags": {"ses:configuration-set": ["other"]}}}},
    ):
        assert not mail_service.is_passed_on(other)
    [target] = mail_service.events.list_targets_by_rule(Rule=mail_service.rule()["Name"])["Targets"]
    queue = sqs.get_queue_attributes(QueueUrl=mail_service.queue_url, AttributeNames=["QueueArn"])
    assert target["Arn"] == queue["Attributes"]["QueueArn"]


def test_mails_are_sent_so_that_the_service_tells_of_them(stack: dict[str, Any], aws: Any) -> None:
    ses = aws.client("sesv2", endpoint_url=stack["endpointUrl"])
    name = f"{stack['stackName']}-mail"
    [destination] = ses.get_configuration_set_event_destinations(ConfigurationSetName=name)["EventDestinations"]
    assert destination["Enabled"]
    assert set(destination["MatchingEventTypes"]) == {"DELIVERY", "DELIVERY_DELAY", "BOUNCE", "COMPLAINT", "REJECT"}
    assert destination["EventBridgeDestination"]["EventBusArn"].endswith(":event-bus/default")


def batch(*events: dict[str, Any]) -> dict[str, Any]:
    """An invocation with these events; a message's id is its place."""
    messages = [
        {"messageId": str(place), "body": json.dumps(event), "eventSource": "aws:sqs"}
        for place, event in enumerate(events)
    ]
    return {"Records": messages}
