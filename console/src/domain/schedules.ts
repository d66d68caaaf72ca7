import type { Caller, Period, Schedule, ScheduleRun, Weekday, When } from "../api/types.ts";
import { type Dataset, type Filter, filtersFor } from "./datasets.ts";
import type { FieldErrors } from "./filters.ts";
import { day } from "./format.ts";

export const WEEKDAYS: readonly { value: Weekday; label: string }[] = [
  { value: "MONDAY", label: "Monday" },
  { value: "TUESDAY", label: "Tuesday" },
  { value: "WEDNESDAY", label: "Wednesday" },
  { value: "THURSDAY", label: "Thursday" },
  { value: "FRIDAY", label: "Friday" },
  { value: "SATURDAY", label: "Saturday" },
  { value: "SUNDAY", label: "Sunday" },
];

/** The days that each month has. */
export const DAYS_OF_MONTH: readonly number[] = Array.from({ length: 28 }, (_, index) => index + 1);

const LONGEST_NAME = 100;
const AND = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** When a schedule runs, as a form has it: what another choice needs is kept. */
export interface WhenForm {
  every: When["every"];
  at: string;
  timeZone: string;
  daysOfWeek: readonly Weekday[];
  /** `1` to `28`, or `LAST`. */
  dayOfMonth: string;
}

/** `zone`: what is offered where nothing was chosen yet. */
export function toWhenForm(when: When | undefined, zone: string): WhenForm {
  return {
    every: when?.every ?? "DAY",
    at: when?.at ?? "06:30",
    timeZone: when?.timeZone ?? zone,
    daysOfWeek: when?.daysOfWeek ?? ["MONDAY"],
    dayOfMonth: String(when?.dayOfMonth ?? 1),
  };
}

export function toWhen({ every, at, timeZone, daysOfWeek, dayOfMonth }: WhenForm): When {
  const common = { every, at, timeZone: timeZone.trim() };
  switch (every) {
    case "DAY":
      return common;
    case "WEEK":
      return { ...common, daysOfWeek: [...daysOfWeek] };
    case "MONTH":
      return { ...common, dayOfMonth: dayOfMonth === "LAST" ? dayOfMonth : Number(dayOfMonth) };
  }
}

/** What is wrong with a schedule, by field. The API checks all of it again. */
export function scheduleErrors(name: string, when: WhenForm): FieldErrors {
  const length = [...name.trim()].length;
  return {
    ...(length === 0 ? { name: "Write a name." } : {}),
    ...(length > LONGEST_NAME ? { name: `Write at most ${LONGEST_NAME} characters.` } : {}),
    ...(when.at === "" ? { at: "Choose a time of day." } : {}),
    ...(when.timeZone.trim() === "" ? { timeZone: "Choose a time zone." } : {}),
    ...(when.every === "WEEK" && when.daysOfWeek.length === 0
      ? { daysOfWeek: "Choose at least one day." }
      : {}),
  };
}

/** Whether a schedule that is changed so exports whole periods anew: another time of day moves none. */
export function beginsAnew(before: When, after: When): boolean {
  const periods = ({ every, timeZone, daysOfWeek = [], dayOfMonth }: When) =>
    [every, timeZone, dayOfMonth, ...[...daysOfWeek].sort()].join();
  return periods(before) !== periods(after);
}

/** `On Mondays and Fridays at 06:30, Europe/Paris`. */
export function whenText(when: When): string {
  return `${daysText(when)} at ${when.at}, ${when.timeZone}`;
}

function daysText({ every, daysOfWeek = [], dayOfMonth }: When): string {
  switch (every) {
    case "DAY":
      return "Each day";
    case "WEEK": {
      const days = WEEKDAYS.filter(({ value }) => daysOfWeek.includes(value));
      return `On ${AND.format(days.map(({ label }) => `${label}s`))}`;
    }
    case "MONTH":
      return dayOfMonth === "LAST" ? "On the last day of each month" : `On day ${dayOfMonth} of each month`;
  }
}

/** What the file of each run holds. */
export function contentText(every: When["every"]): string {
  switch (every) {
    case "DAY":
      return "Each file has the records of the day before.";
    case "WEEK":
      return "Each file has the records of the days since the last of these days.";
    case "MONTH":
      return "Each file has the records of the calendar month before, whatever the day.";
  }
}

/** `1 Feb 2026 to 28 Feb 2026 in Europe/Paris`. */
export function periodText({ firstDay, lastDay, timeZone }: Period): string {
  const days = firstDay === lastDay ? day(firstDay) : `${day(firstDay)} to ${day(lastDay)}`;
  return `${days} in ${timeZone}`;
}

/** `STOPPED`: not by its owner. */
export type ScheduleState = "ACTIVE" | "PAUSED" | "STOPPED";

export function stateOf({ paused, pausedReason }: Schedule): ScheduleState {
  return paused ? (pausedReason === undefined ? "PAUSED" : "STOPPED") : "ACTIVE";
}

/** Whether a run's time is over, so that it waits: its owner has a pending export of the kind, or it comes in minutes. */
export function isDue({ at }: ScheduleRun, now: Date): boolean {
  return new Date(at) <= now;
}

/** What a schedule may filter by: its runs set the time themselves. */
export function scheduleFilters(caller: Caller, dataset: Dataset): readonly Filter[] {
  return filtersFor(caller, dataset).filter(({ kind }) => kind !== "day");
}
