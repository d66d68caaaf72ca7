import { expect, test } from "vitest";
import type { Webhook } from "../api/types.ts";
import { attemptText, disabledText, eventLabel, eventsText } from "./webhooks.ts";

const WEBHOOK: Webhook = {
  webhookId: "whk_1",
  url: "https://hooks.example.com/",
  enabled: true,
  createdAt: "2026-02-10T09:30:00Z",
  createdBy: "ana",
};

test("a webhook says in words what it is told of and why it is told nothing", () => {
  expect(eventsText(WEBHOOK)).toBe("Every event");
  expect(eventsText({ ...WEBHOOK, events: ["export.ready", "export.downloaded"] })).toBe(
    "Ready, Downloaded for the first time",
  );
  expect(disabledText({ ...WEBHOOK, enabled: false, disabledReason: "FAILING" })).toContain("three days");
  expect(disabledText({ ...WEBHOOK, enabled: false, disabledReason: "GONE" })).toContain("410");
  expect(disabledText({ ...WEBHOOK, enabled: false, disabledReason: "BY_OPERATOR" })).toContain("operator");
});

test("an event that this page does not know yet keeps its name", () => {
  expect(eventLabel("webhook.test")).toBe("Test");
  expect(eventLabel("export.archived")).toBe("export.archived");
});

test("an attempt says what came of it", () => {
  const attempt = { at: "2026-02-10T09:30:00Z", milliseconds: 20 };
  expect(attemptText({ ...attempt, status: 503 })).toBe("Answered 503");
  expect(attemptText({ ...attempt, failure: "There was no answer within 10 seconds." })).toContain(
    "10 seconds",
  );
});
