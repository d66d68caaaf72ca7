import type { Filters } from "../api/types.ts";
import type { Filter, FilterKind } from "./datasets.ts";
import { dayOf, endOfDay, isDay, isTime, startOfDay } from "./days.ts";
import { day, exactTime } from "./format.ts";
import { amount } from "./money.ts";
import type { Zone } from "./zone.ts";

/**
 * A form of filters as it is filled in: by a filter's name a text, or the list of the chosen values. A day is one of the
 * zone that the page shows; a time that no day of it begins or ends with stays the time that it is.
 */
export type FilterForm = Readonly<Record<string, string | readonly string[]>>;

export type FieldErrors = Partial<Record<string, string>>;

/** The kinds of filter that take several values. */
export const MULTIPLE: ReadonlySet<FilterKind> = new Set(["choices", "suppliers", "texts"]);

const AMOUNT = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
/** The most values that the API takes. */
const MOST_TEXTS = 100;

/** Whether a text is an amount as the API writes it. */
export function isAmount(text: string): boolean {
  return AMOUNT.test(text);
}

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
export function formErrors(filters: readonly Filter[], form: FilterForm, zone: Zone): FieldErrors {
  const errors: FieldErrors = {};
  for (const { name, kind, label } of filters) {
    const text = textOf(form, name).trim();
    const values = kind === "texts" ? names(text) : chosenOf(form, name);
    if (kind === "day" && text !== "" && !isDay(text) && !isTime(text)) {
      errors[name] = "Choose a day.";
    } else if (kind === "amount" && text !== "" && !isAmount(text)) {
      errors[name] = "Write a plain decimal such as 1000.50.";
    } else if (values.length > MOST_TEXTS) {
      errors[name] = `At most ${MOST_TEXTS} ${label.toLowerCase()} can be named.`;
    }
  }
  const bounds = ["createdAtFrom", "createdAtTo"].map((name) => textOf(form, name));
  const [from, to] = bounds.map((text) => (isTime(text) ? text : isDay(text) ? startOfDay(text, zone) : ""));
  if (from && to && from > to) {
    errors.createdAtTo = "The end date is before the start date.";
  }
  return errors;
}

/** A form without errors as the API's filters; nothing set is no filters at all. */
export function toFilters(filters: readonly Filter[], form: FilterForm, zone: Zone): Filters {
  const set = filters.flatMap((filter) => {
    const value = setTo(filter, form, zone);
    return value.length > 0 ? [[filter.name, value] as const] : [];
  });
  return Object.fromEntries(set);
}

function setTo({ name, kind }: Filter, form: FilterForm, zone: Zone): string | readonly string[] {
  const text = textOf(form, name).trim();
  switch (kind) {
    case "day":
      return isDay(text) ? (name === "createdAtTo" ? endOfDay(text, zone) : startOfDay(text, zone)) : text;
    case "choices":
    case "suppliers":
      return chosenOf(form, name);
    case "texts":
      return names(text);
    default:
      return text;
  }
}

/** The form that becomes these filters. */
export function toForm(filters: readonly Filter[], values: Filters, zone: Zone): FilterForm {
  const set = filters.flatMap(({ name, kind }): [string, string | readonly string[]][] => {
    const value = values[name];
    if (value === undefined) {
      return [];
    }
    if (kind === "day") {
      return [[name, dayOrTime(name, String(value), zone)]];
    }
    return [[name, kind === "texts" ? [value].flat().join(", ") : value]];
  });
  return Object.fromEntries(set);
}

function dayOrTime(name: string, time: string, zone: Zone): string {
  const day = dayOf(time, zone);
  const bound = name === "createdAtTo" ? endOfDay(day, zone) : startOfDay(day, zone);
  return time === bound ? day : time;
}

/** Filters that are set together, in their order: the two bounds of a column are. */
export function groupsOf(filters: readonly Filter[]): (readonly [Filter, ...Filter[]])[] {
  const groups: [Filter, ...Filter[]][] = [];
  for (const filter of filters) {
    const last = groups.at(-1);
    const isBound = filter.kind === "day" || filter.kind === "amount";
    if (isBound && last?.[0].column === filter.column) {
      last.push(filter);
    } else {
      groups.push([filter]);
    }
  }
  return groups;
}

/** What a group of filters is set to, in words; empty if nothing of it is set. */
export function describeGroup(
  [first, ...others]: readonly [Filter, ...Filter[]],
  values: Filters,
  zone: Zone,
) {
  const isRange = others.length > 0 || ["createdAt", "amount"].includes(first.column);
  if (isRange) {
    return rangeOf(first.column, values, zone) ?? "";
  }
  const words = [values[first.name] ?? []].flat().map((value) => wordOf(first, value, zone));
  return words.length > 2 ? `${words[0]} and ${words.length - 1} more` : words.join(", ");
}

/** An export's filters, a phrase each, in the dataset's order. */
export function describeFilters(filters: readonly Filter[], values: Filters, zone: Zone): string[] {
  const declared = filters.map((filter) => filter.name);
  const unknown = Object.keys(values).filter((name) => !declared.includes(name));
  return [...declared, ...unknown].flatMap((name) => phraseOf(filters, values, name, zone) ?? []);
}

/** What a filter adds to the description. Two bounds of the same column make one phrase, told with the first. */
function phraseOf(filters: readonly Filter[], values: Filters, name: string, zone: Zone): string | undefined {
  const { createdAtFrom: from, amountMin } = values;
  const value = values[name];
  if (value === undefined || (name === "createdAtTo" && from) || (name === "amountMax" && amountMin)) {
    return undefined;
  }
  if (name === "createdAtFrom" || name === "createdAtTo") {
    return rangeOf("createdAt", values, zone);
  }
  if (name === "amountMin" || name === "amountMax") {
    return `amount ${rangeOf("amount", values, zone)}`;
  }
  const filter = filters.find((filter) => filter.name === name);
  // In the middle of a sentence.
  const inText = (word: string) => (filter?.kind === "choice" ? word.toLowerCase() : word);
  const words = [value].flat().map((one) => inText(wordOf(filter, one, zone)));
  return (filter?.phrase ?? `${name} {}`).replace("{}", () => words.join(", "));
}

function wordOf(filter: Filter | undefined, value: string, zone: Zone): string {
  if (filter?.kind === "day") {
    return boundText(filter.name, value, zone);
  }
  return filter?.choices?.find((choice) => choice.value === value)?.label ?? value;
}

/** `1 Jan 2026 to 31 Jan 2026`, `from 100`. */
function rangeOf(column: string, values: Filters, zone: Zone): string | undefined {
  const { createdAtFrom, createdAtTo, amountMin, amountMax } = values;
  return column === "amount"
    ? range(amountMin && amount(String(amountMin)), amountMax && amount(String(amountMax)), "up to")
    : range(
        createdAtFrom && boundText("createdAtFrom", String(createdAtFrom), zone),
        createdAtTo && boundText("createdAtTo", String(createdAtTo), zone),
        "until",
      );
}

function range(from: unknown, to: unknown, upTo: string): string | undefined {
  if (from && to) {
    return from === to ? String(from) : `${from} to ${to}`;
  }
  return from ? `from ${from}` : to ? `${upTo} ${to}` : undefined;
}

/** A bound that is a day's first or last second as the day; any other as the time that it is. */
function boundText(name: string, time: string, zone: Zone): string {
  const shown = dayOrTime(name, time, zone);
  return isDay(shown) ? day(shown) : exactTime(time, zone);
}

/** Comma-separated names, each once. */
export function names(text: string): string[] {
  const parts = text.split(/[,;\n\t]/).map((name) => name.trim());
  return [...new Set(parts.filter((name) => name !== ""))];
}
