"""The flows that are attacked."""

from __future__ import annotations

from .base import Flow
from .ends import Cancel, DeadLetter, Delete, Expiry, Reconciliation, Retry
from .events import Publisher, WebhookSender
from .exports import Continuation, Delivery, Multipart, SmallExport
from .feeds import Loader, Recorder
from .launches import MerchantTrigger, Trigger, TriggerWithoutKey
from .mails import Links, MailEvents, Resend
from .reads import Authorizer, Detail, Download, List
from .schedules import ScheduleRunner

FLOWS: tuple[type[Flow], ...] = (
    Trigger,
    TriggerWithoutKey,
    MerchantTrigger,
    SmallExport,
    Multipart,
    Continuation,
    Delivery,
    Resend,
    Download,
    Expiry,
    Reconciliation,
    DeadLetter,
    Authorizer,
    List,
    Detail,
    Cancel,
    Delete,
    Retry,
    Publisher,
    Links,
    MailEvents,
    WebhookSender,
    ScheduleRunner,
    Recorder,
    Loader,
)
