import type { Filters } from "../api/types.ts";
import type { Filter } from "./datasets.ts";
import { dayOf, endOfDay, isDay, startOfDay } from "./days.ts";
import { day, exactTime } from "./format.ts";
import type { Zone } from "./zone.ts";

/** The launch form as it is filled in: by a filter's name a text, or the list of the chosen values. */
export type FilterForm = Readonly<Record<string, string | readonly string[]>>;

export type FieldErrors = Partial<Record<string, string>>;

const AMOUNT = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
/** The most values that the API takes. */
const MOST_TEXTS = 100;

export const EMPTY_FORM: FilterForm = {};

/** What a field of a single value holds; empty if it is not set. */
export function textOf(form: FilterForm, name: string): string {
  const value = form[name];
  return typeof value === "string" ? value : "";
}

/** The chosen values of a filter. */
export function chosenOf(form: FilterForm, name: string): readonly string[] {
  const value = form[name];
  return Array.isArray(value) ? value : [];
}

/** What is wrong with a form, by field. The API checks all of it again. */
export function formErrors(filters: readonly Filter[], form: FilterForm): FieldErrors {
  const errors: FieldErrors = {};
  for (const { name, kind, label } of filters) {
    const text = textOf(form, name).trim();
    if (kind === "day" && text !== "" && !isDay(text)) {
      errors[name] = "Choose a day.";
    } else if (kind === "amount" && text !== "" && !AMOUNT.test(text)) {
      errors[name] = "Write a plain decimal such as 1000.50.";
    } else if ((kind === "suppliers" || kind === "texts") && names(text).length > MOST_TEXTS) {
      errors[name] = `At most ${MOST_TEXTS} ${label.toLowerCase()} can be named.`;
    }
  }
  const [from, to] = [textOf(form, "createdAtFrom"), textOf(form, "createdAtTo")];
  if (from !== "" && to !== "" && from > to) {
    errors.createdAtTo = "The end date is before the start date.";
  }
  return errors;
}

/** A form without errors as the API's filters; nothing set is no filters at all. */
export function toFilters(filters: readonly Filter[], form: FilterForm, zone: Zone): Filters | undefined {
  const set = filters.flatMap((filter) => {
    const value = setTo(filter, form, zone);
    return value.length > 0 ? [[filter.name, value] as const] : [];
  });
  return set.length > 0 ? Object.fromEntries(set) : undefined;
}

function setTo({ name, kind }: Filter, form: FilterForm, zone: Zone): string | readonly string[] {
  const text = textOf(form, name).trim();
  switch (kind) {
    case "day":
      return text && (name === "createdAtTo" ? endOfDay(text, zone) : startOfDay(text, zone));
    case "choices":
      return chosenOf(form, name);
    case "suppliers":
    case "texts":
      return names(text);
    default:
      return text;
  }
}

/** An export's filters, a phrase each, in the dataset's order. */
export function describeFilters(filters: readonly Filter[], values: Filters, zone: Zone): string[] {
  const declared = filters.map((filter) => filter.name);
  const unknown = Object.keys(values).filter((name) => !declared.includes(name));
  return [...declared, ...unknown].flatMap((name) => phraseOf(filters, values, name, zone) ?? []);
}

/** What a filter adds to the description. Two bounds of the same column make one phrase, told with the first. */
function phraseOf(filters: readonly Filter[], values: Filters, name: string, zone: Zone): string | undefined {
  const { createdAtFrom: from, createdAtTo: to, amountMin, amountMax } = values;
  const value = values[name];
  if (value === undefined || (name === "createdAtTo" && from) || (name === "amountMax" && amountMin)) {
    return undefined;
  }
  if (name === "createdAtFrom" || name === "createdAtTo") {
    return range(from && startText(String(from), zone), to && endText(String(to), zone), "until");
  }
  if (name === "amountMin" || name === "amountMax") {
    return `amount ${range(amountMin, amountMax, "up to")}`;
  }
  const filter = filters.find((filter) => filter.name === name);
  const words = [value].flat().map((word) => wordOf(filter, word, zone));
  return (filter?.phrase ?? `${name} {}`).replace("{}", () => words.join(", "));
}

function wordOf(filter: Filter | undefined, value: string, zone: Zone): string {
  if (filter?.kind === "day") {
    return startText(value, zone);
  }
  const label = filter?.choices?.find((choice) => choice.value === value)?.label ?? value;
  // In the middle of a sentence.
  return filter?.kind === "choice" ? label.toLowerCase() : label;
}

function range(from: unknown, to: unknown, upTo: string): string {
  if (from && to) {
    return `${from} to ${to}`;
  }
  return from ? `from ${from}` : `${upTo} ${to}`;
}

/** Comma-separated names, each once. */
export function names(text: string): string[] {
  const parts = text.split(/[,;\n\t]/).map((name) => name.trim());
  return [...new Set(parts.filter((name) => name !== ""))];
}

/** A bound that is a day's first second as the day; any other as the time that it is. */
function startText(time: string, zone: Zone): string {
  const start = dayOf(time, zone);
  return time === startOfDay(start, zone) ? day(start) : exactTime(time, zone);
}

function endText(time: string, zone: Zone): string {
  const end = dayOf(time, zone);
  return time === endOfDay(end, zone) ? day(end) : exactTime(time, zone);
}
