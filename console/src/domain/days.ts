/** Days as `YYYY-MM-DD`, and the times at which they begin and end in a zone. */
import type { Zone } from "./zone.ts";

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Whether a text is a day of the calendar. Years before 2000 are a year that is still being typed. */
export function isDay(text: string): boolean {
  const [, year, month, date] = (DAY.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || date === undefined || year < 2000) {
    return false;
  }
  const read = new Date(Date.UTC(year, month - 1, date));
  return read.getUTCMonth() === month - 1 && read.getUTCDate() === date;
}

/** Whether a text is a time as the API writes it. */
export function isTime(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text));
}

export function startOfDay(day: string, zone: Zone): string {
  return written(beginning(day, 0, zone));
}

/**
 * A day's last second: the API's bounds are inclusive, and its times whole seconds. It is the one before the next day
 * begins: where clocks go back at midnight, 23:59:59 comes twice.
 */
export function endOfDay(day: string, zone: Zone): string {
  return written(beginning(day, 1, zone) - 1000);
}

/** The day that a time falls on. */
export function dayOf(time: string, zone: Zone): string {
  const read = new Date(time);
  return zone === "UTC"
    ? utcDay(read.getTime())
    : utcDay(Date.UTC(read.getFullYear(), read.getMonth(), read.getDate()));
}

/** The first and the last day of the month that is `offset` months from now. */
export function monthOf(now: Date, offset: number, zone: Zone): { from: string; to: string } {
  const [year = 0, month = 1] = dayOf(now.toISOString(), zone).split("-").map(Number);
  const first = month - 1 + offset;
  return { from: utcDay(Date.UTC(year, first, 1)), to: utcDay(Date.UTC(year, first + 1, 0)) };
}

/** When a day begins, or the one that comes so many days later. */
function beginning(day: string, later: number, zone: Zone): number {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return zone === "UTC"
    ? Date.UTC(year, month - 1, date + later)
    : new Date(year, month - 1, date + later).getTime();
}

function written(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function utcDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
