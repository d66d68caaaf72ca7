import type { Estimate } from "../api/types.ts";
import { sum } from "./money.ts";

export type Day = NonNullable<Estimate["days"]>[number];

/** A bar of the chart: a day, or more days where days would be too narrow. */
export interface Bar {
  /** Its first day. */
  date: string;
  rowCount: number;
  /** By currency. */
  totals: Readonly<Record<string, string>>;
}

export interface Bars {
  step: "day" | "week" | "month";
  bars: Bar[];
}

const DAY_MILLISECONDS = 86_400_000;
const MOST_DAYS = 200;
const MOST_WEEKS_IN_DAYS = 900;

/** A bar for each day from the first to the last that has records; weeks or months where those are many. */
export function barsOf(days: readonly Day[]): Bars {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) {
    return { step: "day", bars: [] };
  }
  const span = (Date.parse(last.date) - Date.parse(first.date)) / DAY_MILLISECONDS + 1;
  const step = span <= MOST_DAYS ? "day" : span <= MOST_WEEKS_IN_DAYS ? "week" : "month";
  const bars = new Map<string, Bar>();
  for (let date = startOf(first.date, step); date <= last.date; date = next(date, step)) {
    bars.set(date, { date, rowCount: 0, totals: {} });
  }
  for (const day of days) {
    const date = startOf(day.date, step);
    const bar = bars.get(date);
    if (bar) {
      bars.set(date, added(bar, day));
    }
  }
  return { step, bars: [...bars.values()] };
}

/** The bounds of a drawing of these values, which has zero in it, and the place of the highest value. */
export function scaleOf(values: readonly number[]): { most: number; least: number; highest: number } {
  return {
    most: Math.max(...values, 0),
    least: Math.min(...values, 0),
    highest: values.indexOf(Math.max(...values)),
  };
}

/** The currencies of all bars, the one with the most records' days first. */
export function currenciesOf(days: readonly Day[]): string[] {
  const counts = new Map<string, number>();
  for (const currency of days.flatMap(({ totals }) => Object.keys(totals))) {
    counts.set(currency, (counts.get(currency) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1))
    .map(([name]) => name);
}

function added(bar: Bar, day: Day): Bar {
  const totals: Record<string, string> = { ...bar.totals };
  for (const [currency, total] of Object.entries(day.totals)) {
    totals[currency] = sum(totals[currency] ?? "0", total);
  }
  return { ...bar, rowCount: bar.rowCount + day.rowCount, totals };
}

function startOf(date: string, step: Bars["step"]): string {
  const day = new Date(`${date}T00:00:00Z`);
  if (step === "week") {
    // Weeks begin on Monday.
    day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  } else if (step === "month") {
    day.setUTCDate(1);
  }
  return day.toISOString().slice(0, 10);
}

function next(date: string, step: Bars["step"]): string {
  const day = new Date(`${date}T00:00:00Z`);
  if (step === "month") {
    day.setUTCMonth(day.getUTCMonth() + 1);
  } else {
    day.setUTCDate(day.getUTCDate() + (step === "week" ? 7 : 1));
  }
  return day.toISOString().slice(0, 10);
}
