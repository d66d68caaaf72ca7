"""SES's events of mails, which the local AWS does not send: as EventBridge passes them on to the queue."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

DETAIL_TYPES = {
    "Delivery": "Email Delivered",
    "DeliveryDelay": "Email Delivery Delayed",
    "Bounce": "Email Bounced",
    "Complaint": "Email Complaint Received",
    "Reject": "Email Rejected",
}


def ago(seconds: float = 0) -> str:
    """A time as SES writes it."""
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class MailService:
    """What SES would tell of the stack's mails."""

    def __init__(self, sqs: Any, events: Any, stack: dict[str, Any]) -> None:
        self.sqs = sqs
        self.events = events
        self.queue_url = stack["mailEventsQueueUrl"]
        self.configuration_set = f"{stack['stackName']}-mail"

    def delivery(self, message_id: str, *addresses: str, at: str | None = None) -> dict[str, Any]:
        told = {
            "timestamp": at or ago(),
            "processingTimeMillis": 833,
            "recipients": list(addresses),
            "smtpResponse": "250 2.6.0 Message received",
            "reportingMTA": "mta.example.com",
        }
        return self._event("Delivery", message_id, addresses, delivery=told)

    def delay(self, message_id: str, *addresses: str) -> dict[str, Any]:
        told = {
            "timestamp": ago(),
            "delayType": "TransientCommunicationFailure",
            "expirationTime": ago(-14 * 3600),
            "delayedRecipients": _recipients(addresses, "4.4.1", "smtp; 421 4.4.1 Unable to connect to remote host"),
        }
        return self._event("DeliveryDelay", message_id, addresses, deliveryDelay=told)

    def bounce(self, message_id: str, *addresses: str, kind: str = "Permanent") -> dict[str, Any]:
        told = {
            "bounceType": kind,
            "bounceSubType": "General",
            "bouncedRecipients": _recipients(addresses, "5.1.1", "smtp; 550 5.1.1 user unknown"),
            "timestamp": ago(),
            "feedbackId": f"{uuid.uuid4()}-000000",
            "reportingMTA": "dsn; mta.example.com",
        }
        return self._event("Bounce", message_id, addresses, bounce=told)

    def complaint(self, message_id: str, *addresses: str) -> dict[str, Any]:
        told = {
            "complainedRecipients": [{"emailAddress": address} for address in addresses],
            "timestamp": ago(),
            "feedbackId": f"{uuid.uuid4()}-000000",
            "complaintSubType": None,
            "userAgent": "Yahoo!-Mail-Feedback/2.0",
            "complaintFeedbackType": "abuse",
            "arrivalDate": ago(),
        }
        return self._event("Complaint", message_id, addresses, complaint=told)

    def rejection(self, message_id: str, *addresses: str) -> dict[str, Any]:
        return self._event("Reject", message_id, addresses, reject={"reason": "Bad content"})

    def rule(self) -> dict[str, Any]:
        """The stack's rule on the account's default bus."""
        [rule] = [
            rule
            for rule in self.events.list_rules()["Rules"]
            if rule.get("EventPattern") and self.configuration_set in rule["EventPattern"]
        ]
        return rule

    def is_passed_on(self, event: dict[str, Any]) -> bool:
        """Whether the rule sends the event to the queue."""
        pattern = self.rule()["EventPattern"]
        return self.events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]

    def tell(self, *events: dict[str, Any]) -> None:
        """Puts events into the queue. Nobody but AWS may put events of its own onto a bus."""
        for event in events:
            assert self.is_passed_on(event)
            self.sqs.send_message(QueueUrl=self.queue_url, MessageBody=json.dumps(event))

    def _event(self, kind: str, message_id: str, addresses: tuple[str, ...], **told: Any) -> dict[str, Any]:
        source = "exports@payout-exports.example"
        mail = {
            "timestamp": ago(2),
            "source": source,
            "sourceArn": f"arn:aws:ses:us-east-1:000000000000:identity/{source}",
            "sendingAccountId": "000000000000",
            "messageId": message_id,
            "destination": list(addresses),
            "headersTruncated": False,
            "headers": [{"name": "From", "value": source}, {"name": "To", "value": ", ".join(addresses)}],
            "commonHeaders": {"from": [source], "to": list(addresses), "messageId": message_id, "subject": "Export"},
            "tags": {
                "ses:configuration-set": [self.configuration_set],
                "ses:source-ip": ["192.0.2.0"],
                "ses:from-domain": ["payout-exports.example"],
                "ses:caller-identity": ["payout-exports-generator"],
            },
        }
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": DETAIL_TYPES[kind],
            "source": "aws.ses",
            "account": "000000000000",
            "time": ago()[:19] + "Z",
            "region": "us-east-1",
            "resources": [f"arn:aws:ses:us-east-1:000000000000:configuration-set/{self.configuration_set}"],
            "detail": {"eventType": kind, "mail": mail, **told},
        }


def _recipients(addresses: tuple[str, ...], status: str, code: str) -> list[dict[str, str]]:
    return [
        {"emailAddress": address, "action": "failed", "status": status, "diagnosticCode": code} for address in addresses
    ]
