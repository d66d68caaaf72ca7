import { expect, test } from "vitest";
import { barsOf, currenciesOf, type Day, scaleOf } from "./chart.ts";

function day(date: string, rowCount: number, totals: Record<string, string> = {}): Day {
  return { date, rowCount, totals };
}

test("each day has its bar, also those without records", () => {
  const { step, bars } = barsOf([day("2026-02-27", 3, { EUR: "1.10" }), day("2026-03-01", 2)]);
  expect(step).toBe("day");
  expect(bars).toEqual([
    { date: "2026-02-27", rowCount: 3, totals: { EUR: "1.10" } },
    { date: "2026-02-28", rowCount: 0, totals: {} },
    { date: "2026-03-01", rowCount: 2, totals: {} },
  ]);
  expect(barsOf([]).bars).toEqual([]);
});

test("many days become weeks and months, and nothing is lost or rounded", () => {
  const days = [
    day("2026-01-04", 1, { EUR: "0.10" }),
    day("2026-01-05", 2, { EUR: "0.20", USD: "-1" }),
    day("2026-01-11", 3, { EUR: "99999999999999999999.99" }),
    day("2026-08-01", 4),
  ];
  const weeks = barsOf(days);
  expect(weeks.step).toBe("week");
  expect(weeks.bars[0]).toEqual({ date: "2025-12-29", rowCount: 1, totals: { EUR: "0.10" } });
  expect(weeks.bars[1]).toEqual({
    date: "2026-01-05",
    rowCount: 5,
    totals: { EUR: "100000000000000000000.19", USD: "-1" },
  });
  const months = barsOf([...days, day("2031-12-31", 5)]);
  expect(months.step).toBe("month");
  expect(months.bars).toHaveLength(72);
  expect(months.bars.at(-1)?.rowCount).toBe(5);
});

test("the highest bar is the highest, also where all amounts are negative", () => {
  expect(scaleOf([1, 3, -2, 3])).toEqual({ most: 3, least: -2, highest: 1 });
  expect(scaleOf([-5, -1, -3])).toEqual({ most: 0, least: -5, highest: 1 });
});

test("the currency of the most days comes first", () => {
  expect(
    currenciesOf([
      day("2026-01-01", 1, { USD: "1" }),
      day("2026-01-02", 1, { USD: "1", EUR: "1" }),
      day("2026-01-03", 1, { CHF: "1" }),
    ]),
  ).toEqual(["USD", "CHF", "EUR"]);
});
