"""The flows that are attacked."""

from __future__ import annotations

from .base import Flow
from .ends import Cancel, DeadLetter, Delete, Expiry, Reconciliation, Retry
from .events import Publisher, Webhooks, WebhookSender
from .exports import CompressedContinuation, Continuation, Delivery, Multipart, SmallExport
from .feeds import Loader, LoaderAgain, Recorder
from .launches import MerchantTrigger, Trigger, TriggerWithoutKey
from .mails import Links, MailEvents, Resend
from .reads import Authorizer, Detail, Download, Estimate, Find, List, Records
from .schedules import ScheduleRunner, Schedules

FLOWS: tuple[type[Flow], ...] = (
    Trigger,
    TriggerWithoutKey,
    MerchantTrigger,
    SmallExport,
    Multipart,
    Continuation,
    CompressedContinuation,
    Delivery,
    Resend,
    Download,
    Expiry,
    Reconciliation,
    DeadLetter,
    Authorizer,
    List,
    Detail,
    Find,
    Records,
    Estimate,
    Cancel,
    Delete,
    Retry,
    Publisher,
    Links,
    MailEvents,
    Webhooks,
    WebhookSender,
    Schedules,
    ScheduleRunner,
    Recorder,
    Loader,
    LoaderAgain,
)
