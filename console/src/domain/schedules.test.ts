import { expect, test } from "vitest";
import type { Caller, Schedule, When } from "../api/types.ts";
import { type Dataset, datasetBySlug } from "./datasets.ts";
import {
  beginsAnew,
  isDue,
  periodText,
  scheduleErrors,
  scheduleFilters,
  stateOf,
  toWhen,
  toWhenForm,
  whenText,
} from "./schedules.ts";

const DAILY: When = { every: "DAY", at: "06:30", timeZone: "Europe/Paris" };
const WEEKLY: When = { ...DAILY, every: "WEEK", daysOfWeek: ["FRIDAY", "MONDAY", "WEDNESDAY"] };
const MONTHLY: When = { ...DAILY, every: "MONTH", dayOfMonth: 1 };
const LAST: When = { ...DAILY, every: "MONTH", dayOfMonth: "LAST" };

const SCHEDULE: Schedule = {
  scheduleId: "sch_1",
  name: "Morning file",
  dataset: "transactions",
  filters: {},
  cc: [],
  when: DAILY,
  paused: false,
  createdAt: "2026-02-10T09:30:00Z",
  nextRuns: [],
};

test("a schedule says in words when it runs, and in whose time", () => {
  expect(whenText(DAILY)).toBe("Each day at 06:30, Europe/Paris");
  expect(whenText(WEEKLY)).toBe("On Mondays, Wednesdays and Fridays at 06:30, Europe/Paris");
  expect(whenText(MONTHLY)).toBe("On day 1 of each month at 06:30, Europe/Paris");
  expect(whenText(LAST)).toBe("On the last day of each month at 06:30, Europe/Paris");
});

test.each([DAILY, WEEKLY, MONTHLY, LAST])("a form becomes what it was filled in with: $every", (when) => {
  expect(toWhen(toWhenForm(when, "UTC"))).toEqual(when);
});

test("only what the choice needs is sent, and the other choices' fields are kept", () => {
  const form = toWhenForm(WEEKLY, "UTC");
  expect(toWhen({ ...form, every: "DAY" })).toEqual(DAILY);
  expect(toWhen({ ...form, every: "MONTH" })).toEqual(MONTHLY);
  expect(toWhenForm(undefined, "Asia/Tokyo").timeZone).toBe("Asia/Tokyo");
});

test("everything that is wrong is told at its field", () => {
  const form = toWhenForm(WEEKLY, "UTC");
  expect(scheduleErrors("Morning file", form)).toEqual({});
  expect(scheduleErrors(" ", { ...form, at: "", timeZone: " ", daysOfWeek: [] })).toEqual({
    name: "Write a name.",
    at: "Choose a time of day.",
    timeZone: "Choose a time zone.",
    daysOfWeek: "Choose at least one day.",
  });
  expect(scheduleErrors("a", { ...form, every: "DAY", daysOfWeek: [] })).toEqual({});
  expect(scheduleErrors("😀".repeat(100), form)).toEqual({});
  expect(scheduleErrors("a".repeat(101), form).name).toContain("100");
});

test("other days or another zone begin anew, another time of day does not", () => {
  expect(beginsAnew(WEEKLY, { ...WEEKLY, at: "12:00" })).toBe(false);
  expect(beginsAnew(WEEKLY, { ...WEEKLY, daysOfWeek: ["MONDAY", "WEDNESDAY", "FRIDAY"] })).toBe(false);
  expect(beginsAnew(WEEKLY, { ...WEEKLY, daysOfWeek: ["MONDAY"] })).toBe(true);
  expect(beginsAnew(WEEKLY, { ...WEEKLY, timeZone: "UTC" })).toBe(true);
  expect(beginsAnew(MONTHLY, LAST)).toBe(true);
});

test("a period is named by its days", () => {
  const period = {
    from: "2026-01-31T23:00:00Z",
    to: "2026-02-28T22:59:59Z",
    firstDay: "2026-02-01",
    lastDay: "2026-02-28",
    timeZone: "Europe/Paris",
  };
  expect(periodText(period)).toMatch(/1.* to .*28.* in Europe\/Paris$/);
  expect(periodText({ ...period, lastDay: "2026-02-01" })).not.toContain(" to ");
  const run = { at: "2026-03-01T05:30:00Z", period };
  expect(isDue(run, new Date("2026-03-01T05:29:59Z"))).toBe(false);
  expect(isDue(run, new Date("2026-03-01T05:30:00Z"))).toBe(true);
});

test("a schedule that was stopped is not one that its owner paused", () => {
  expect(stateOf(SCHEDULE)).toBe("ACTIVE");
  expect(stateOf({ ...SCHEDULE, paused: true })).toBe("PAUSED");
  expect(stateOf({ ...SCHEDULE, paused: true, pausedReason: "No key." })).toBe("STOPPED");
});

test("a schedule has every filter but those of time", () => {
  const caller: Caller = {
    tenantId: "acme",
    tenantName: "Acme",
    userId: "ana",
    email: "ana@acme.example",
    role: "OPERATOR",
    permissions: [],
  };
  const transfers = datasetBySlug("funding-transfers") as Dataset;
  const names = scheduleFilters(caller, transfers).map(({ name }) => name);
  expect(names).toContain("statuses");
  expect(names).toContain("amountMin");
  for (const name of ["createdAtFrom", "createdAtTo", "changedSince"]) {
    expect(names).not.toContain(name);
  }
});
