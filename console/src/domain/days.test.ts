import { afterAll, beforeAll, expect, test } from "vitest";
import { dayOf, endOfDay, isTime, monthOf, startOfDay } from "./days.ts";
import { exactTime, time, timeInText } from "./format.ts";
import { browserZone, zoneName } from "./zone.ts";

const before = process.env.TZ;

beforeAll(() => {
  process.env.TZ = "Europe/Madrid";
});

afterAll(() => {
  process.env.TZ = before;
});

test("a day begins and ends where its zone says, also when clocks change", () => {
  expect([startOfDay("2026-03-29", "UTC"), endOfDay("2026-03-29", "UTC")]).toEqual([
    "2026-03-29T00:00:00Z",
    "2026-03-29T23:59:59Z",
  ]);
  expect([startOfDay("2026-03-29", "local"), endOfDay("2026-03-29", "local")]).toEqual([
    "2026-03-28T23:00:00Z",
    "2026-03-29T21:59:59Z",
  ]);
});

test("a day whose clocks change at midnight has all its hours", () => {
  process.env.TZ = "Africa/Cairo";
  expect([startOfDay("2026-10-29", "local"), endOfDay("2026-10-29", "local")]).toEqual([
    "2026-10-28T21:00:00Z",
    "2026-10-29T21:59:59Z",
  ]);
  expect(startOfDay("2026-10-30", "local")).toBe("2026-10-29T22:00:00Z");
  expect(endOfDay("2026-04-23", "local")).toBe("2026-04-23T21:59:59Z");
  expect(startOfDay("2026-04-24", "local")).toBe("2026-04-23T22:00:00Z");
  process.env.TZ = "Europe/Madrid";
});

test("the last day of the calendar has an end", () => {
  expect(endOfDay("9999-12-31", "UTC")).toBe("9999-12-31T23:59:59Z");
  // Further east it ends in the year 10000.
  expect(() => endOfDay(dayOf("9999-12-31T23:59:59Z", "local"), "local")).not.toThrow();
});

test("a time falls on the day of its zone", () => {
  expect(dayOf("2026-01-31T23:30:00Z", "UTC")).toBe("2026-01-31");
  expect(dayOf("2026-01-31T23:30:00Z", "local")).toBe("2026-02-01");
});

test("months end where the calendar says, and begin where the zone says", () => {
  const month = (now: string, offset: number) => monthOf(new Date(now), offset, "UTC");
  expect(month("2026-01-15T00:00:00Z", 0)).toEqual({ from: "2026-01-01", to: "2026-01-31" });
  expect(month("2026-01-31T23:59:59Z", -1)).toEqual({ from: "2025-12-01", to: "2025-12-31" });
  expect(month("2024-03-31T00:00:00Z", -1)).toEqual({ from: "2024-02-01", to: "2024-02-29" });
  expect(monthOf(new Date("2026-01-31T23:59:59Z"), 0, "local")).toEqual({
    from: "2026-02-01",
    to: "2026-02-28",
  });
});

test("only what the API writes is a time", () => {
  expect(["2026-01-31T23:30:00Z", "2026-01-31", "2026-01-32T00:00:00Z", "today"].map(isTime)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test("a zone has the name that people know it by", () => {
  expect([zoneName("UTC"), zoneName("local")]).toEqual(["UTC", "Europe/Madrid"]);
  process.env.TZ = "Etc/UTC";
  expect(browserZone()).toBe("UTC");
  process.env.TZ = "Europe/Madrid";
});

test("a time says its zone unless something near does", () => {
  const ascii = (text: string) => text.replace(/\s/g, " ");
  expect(ascii(time("2026-02-10T09:30:05Z", "UTC"))).toBe("Feb 10, 2026, 9:30 AM");
  expect(ascii(timeInText("2026-02-10T09:30:05Z", "UTC"))).toBe("Feb 10, 2026, 9:30 AM UTC");
  expect(ascii(exactTime("2026-02-10T09:30:05Z", "UTC"))).toBe("Feb 10, 2026, 9:30:05 AM UTC");
});
