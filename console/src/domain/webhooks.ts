import type { Webhook, WebhookDelivery, WebhookEvent } from "../api/types.ts";

/** The events that a webhook can be told of, as people call them. */
export const EVENTS: readonly { type: WebhookEvent; label: string }[] = [
  { type: "export.ready", label: "Ready" },
  { type: "export.failed", label: "Failed" },
  { type: "export.cancelled", label: "Cancelled" },
  { type: "export.expired", label: "Expired" },
  { type: "export.downloaded", label: "Downloaded for the first time" },
];

/** `Every event`, `Ready, Failed`. */
export function eventsText({ events }: Webhook): string {
  return events ? events.map(eventLabel).join(", ") : "Every event";
}

export function eventLabel(type: string): string {
  return type === "webhook.test" ? "Test" : (EVENTS.find((event) => event.type === type)?.label ?? type);
}

/** Why nothing is sent to a webhook, in a sentence. */
export function disabledText({ disabledReason }: Webhook): string {
  switch (disabledReason) {
    case "GONE":
      return "It answered that it is gone (410).";
    case "FAILING":
      return "Every attempt failed for three days.";
    default:
      return "An operator disabled it.";
  }
}

/** What came of an attempt: the answer's status, or why there was none. */
export function attemptText({ status, failure }: WebhookDelivery["attempts"][number]): string {
  return status === undefined ? (failure ?? "There was no answer.") : `Answered ${status}`;
}
