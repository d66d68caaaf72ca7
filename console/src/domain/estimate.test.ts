import { expect, test } from "vitest";
import type { Estimate } from "../api/types.ts";
import { type Dataset, datasetBySlug } from "./datasets.ts";
import { describeEstimate, describeWait } from "./estimate.ts";

const TRANSFERS = datasetBySlug("funding-transfers") as Dataset;

function estimate(rows: [number, number], bytes: [number, number], seconds: [number, number]): Estimate {
  const range = ([min, max]: [number, number]) => ({ min, max, isExact: min === max });
  return {
    rowCount: range(rows),
    fileSize: range(bytes),
    seconds: { min: seconds[0], max: seconds[1] },
    totals: null,
    statuses: null,
    days: null,
  };
}

test("an estimate is told in words", () => {
  expect(describeEstimate(estimate([12_406, 12_406], [2_080_000, 2_140_000], [1, 4]), TRANSFERS)).toBe(
    "12,406 funding transfers, about 2.1 MB, ready in a few seconds",
  );
  expect(describeEstimate(estimate([1, 1], [190, 190], [1, 1]), TRANSFERS)).toBe(
    "1 record, about 190 bytes, ready in a few seconds",
  );
  expect(describeEstimate(estimate([0, 0], [90, 90], [1, 1]), TRANSFERS)).toBe(
    "No funding transfers: the file would have its header alone",
  );
});

test("the size of a file that will be compressed is told as that of its text", () => {
  const size = estimate([12_406, 12_406], [2_080_000, 2_140_000], [1, 4]);
  expect(describeEstimate(size, TRANSFERS, true)).toBe(
    "12,406 funding transfers, about 2.1 MB before compression, ready in a few seconds",
  );
});

test("what is not known exactly does not look exact", () => {
  expect(
    describeEstimate(estimate([1_213_456, 1_534_567], [210_000_000, 260_000_000], [70, 280]), TRANSFERS),
  ).toBe("About 1.2 to 1.5 million funding transfers, about 210 to 260 MB, ready in 1 to 5 minutes");
  expect(describeEstimate(estimate([11_234, 15_678], [900_000, 1_400_000], [1, 30]), TRANSFERS)).toBe(
    "About 11,000 to 16,000 funding transfers, about 900 kB to 1.4 MB, ready in less than a minute",
  );
});

test("a wait has the unit that people would use", () => {
  expect(
    [
      [1, 10],
      [5, 60],
      [60, 70],
      [170, 190],
      [60, 5400],
      [3600, 7200],
    ].map(([min = 0, max = 0]) => describeWait({ min, max })),
  ).toEqual([
    "a few seconds",
    "less than a minute",
    "about 1 minute",
    "about 3 minutes",
    "1 to 90 minutes",
    "1 to 2 hours",
  ]);
});
