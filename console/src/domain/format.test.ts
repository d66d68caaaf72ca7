import { expect, test } from "vitest";
import { choice, duration, fileSize, rows, shortId, utcTime } from "./format.ts";

test("sizes have the unit that fits", () => {
  expect([0, 1, 999, 1000, 9949, 9960, 999_499, 999_500, 2_097_152, 5e12].map(fileSize)).toEqual([
    "0 bytes",
    "1 byte",
    "999 bytes",
    "1.0 kB",
    "9.9 kB",
    "10 kB",
    "999 kB",
    "1.0 MB",
    "2.1 MB",
    "5.0 TB",
  ]);
});

test("durations have the unit that fits", () => {
  const minute = 60_000;
  expect(
    [-5, 30_000, minute, 59 * minute, 60 * minute, 47.9 * 60 * minute, 7 * 1440 * minute].map(duration),
  ).toEqual([
    "less than a minute",
    "less than a minute",
    "1 minute",
    "59 minutes",
    "1 hour",
    "47 hours",
    "7 days",
  ]);
});

test("texts are for people", () => {
  expect(utcTime("2026-02-10T09:30:00Z")).toBe("2026-02-10 09:30:00 UTC");
  expect(rows(1)).toBe("1 row");
  expect(rows(12_480)).toBe("12,480 rows");
  expect(choice("INSUFFICIENT_FUNDS")).toBe("Insufficient funds");
  expect(shortId("exp_01kh0c8rm0e4t8v2zj6m3x9q5af")).toBe("…x9q5af");
});
