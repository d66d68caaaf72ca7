import type { Filters } from "../api/types.ts";
import { endOfUtcDay, isDay, startOfUtcDay } from "./days.ts";
import { choice, utcTime } from "./format.ts";

/** The launch form as it is filled in: every field a text or a list, empty when not set. */
export interface FilterForm {
  createdAtFrom: string;
  createdAtTo: string;
  statuses: string[];
  supplierIds: string;
  amountMin: string;
  amountMax: string;
  sourceBalanceAccountType: string;
  targetBalanceAccountType: string;
  paymentMethods: string;
}

export type FieldErrors = Partial<Record<string, string>>;

const AMOUNT = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const MOST_SUPPLIERS = 100;
type BalanceAccountType = NonNullable<Filters["sourceBalanceAccountType"]>;

export function emptyForm(): FilterForm {
  return {
    createdAtFrom: "",
    createdAtTo: "",
    statuses: [],
    supplierIds: "",
    amountMin: "",
    amountMax: "",
    sourceBalanceAccountType: "",
    targetBalanceAccountType: "",
    paymentMethods: "",
  };
}

/** What is wrong with a form, by field. The API checks all of it again. */
export function formErrors(form: FilterForm): FieldErrors {
  const errors: FieldErrors = {};
  for (const field of ["createdAtFrom", "createdAtTo"] as const) {
    if (form[field] !== "" && !isDay(form[field])) {
      errors[field] = "Choose a day.";
    }
  }
  if (form.createdAtFrom !== "" && form.createdAtTo !== "" && form.createdAtFrom > form.createdAtTo) {
    errors.createdAtTo = "The end date is before the start date.";
  }
  for (const field of ["amountMin", "amountMax"] as const) {
    if (form[field].trim() !== "" && !AMOUNT.test(form[field].trim())) {
      errors[field] = "Write a plain decimal such as 1000.50.";
    }
  }
  if (names(form.supplierIds).length > MOST_SUPPLIERS) {
    errors.supplierIds = `At most ${MOST_SUPPLIERS} suppliers can be named.`;
  }
  return errors;
}

/** A form without errors as the API's filters; nothing set is no filters at all. */
export function toFilters(form: FilterForm): Filters | undefined {
  const filters: Filters = {
    ...(form.createdAtFrom ? { createdAtFrom: startOfUtcDay(form.createdAtFrom) } : {}),
    ...(form.createdAtTo ? { createdAtTo: endOfUtcDay(form.createdAtTo) } : {}),
    ...(form.statuses.length > 0 ? { statuses: form.statuses } : {}),
    ...list("supplierIds", form.supplierIds),
    ...(form.amountMin.trim() ? { amountMin: form.amountMin.trim() } : {}),
    ...(form.amountMax.trim() ? { amountMax: form.amountMax.trim() } : {}),
    ...accountType("sourceBalanceAccountType", form.sourceBalanceAccountType),
    ...accountType("targetBalanceAccountType", form.targetBalanceAccountType),
    ...list("paymentMethods", form.paymentMethods),
  };
  return Object.keys(filters).length > 0 ? filters : undefined;
}

/** An export's filters, a phrase each. */
export function describeFilters(filters: Filters): string[] {
  const phrases: string[] = [];
  const { createdAtFrom: from, createdAtTo: to, amountMin: min, amountMax: max } = filters;
  if (from && to) {
    phrases.push(`${startText(from)} to ${endText(to)}`);
  } else if (from) {
    phrases.push(`from ${startText(from)}`);
  } else if (to) {
    phrases.push(`until ${endText(to)}`);
  }
  if (filters.statuses?.length) {
    phrases.push(`status ${filters.statuses.map(choice).join(", ")}`);
  }
  if (min !== undefined && max !== undefined) {
    phrases.push(`amount ${min} to ${max}`);
  } else if (min !== undefined) {
    phrases.push(`amount from ${min}`);
  } else if (max !== undefined) {
    phrases.push(`amount up to ${max}`);
  }
  if (filters.sourceBalanceAccountType) {
    phrases.push(`from ${filters.sourceBalanceAccountType.toLowerCase()} accounts`);
  }
  if (filters.targetBalanceAccountType) {
    phrases.push(`to ${filters.targetBalanceAccountType.toLowerCase()} accounts`);
  }
  if (filters.supplierIds?.length) {
    phrases.push(`suppliers ${filters.supplierIds.join(", ")}`);
  }
  if (filters.paymentMethods?.length) {
    phrases.push(`paid by ${filters.paymentMethods.join(", ")}`);
  }
  return phrases;
}

/** Comma-separated names, each once. */
export function names(text: string): string[] {
  const parts = text.split(/[,;\n\t]/).map((name) => name.trim());
  return [...new Set(parts.filter((name) => name !== ""))];
}

function list(field: "supplierIds" | "paymentMethods", text: string): Filters {
  const values = names(text);
  return values.length > 0 ? { [field]: values } : {};
}

function accountType(field: "sourceBalanceAccountType" | "targetBalanceAccountType", value: string): Filters {
  return value === "" ? {} : { [field]: value as BalanceAccountType };
}

function startText(time: string): string {
  return time.endsWith("T00:00:00Z") ? time.slice(0, 10) : utcTime(time);
}

function endText(time: string): string {
  return time.endsWith("T23:59:59Z") ? time.slice(0, 10) : utcTime(time);
}
