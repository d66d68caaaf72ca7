import type { Caller } from "../api/types.ts";
import type { Column, ColumnKind, Dataset } from "./datasets.ts";

/** As many columns as are read without scrolling sideways; a record's other fields are in its drawer. */
const MOST_SHOWN = 8;
const MOST_CATEGORIES = 2;
const ACRONYMS = new Set(["id", "psp", "iban", "bic"]);

/** What people call a column: as its filter does, if there is one that compares it with a single value. */
export function labelOf(dataset: Dataset, name: string): string {
  const filter = dataset.filters.find(({ column, kind }) => column === name && kind === "choice");
  return filter?.label ?? wordsOf(name);
}

/** `transferId` as `Transfer ID`. */
export function wordsOf(name: string): string {
  const words = name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  const written = words.map((word) => (ACRONYMS.has(word) ? word.toUpperCase() : word)).join(" ");
  return written.charAt(0).toUpperCase() + written.slice(1);
}

/** The columns that a caller's file has. */
export function columnsFor(caller: Caller, dataset: Dataset): readonly Column[] {
  return caller.role === "SUPPLIER"
    ? dataset.columns.filter((column) => !column.isOperatorsOnly)
    : dataset.columns;
}

/**
 * The columns that people read first, as a statement has them: when, what, in which state, whose, and how much at the
 * right. They follow from the columns' kinds, so that a dataset need not choose them.
 */
export function tableColumns(caller: Caller, dataset: Dataset): readonly Column[] {
  const all = columnsFor(caller, dataset);
  const named = (...names: (string | undefined)[]) => all.filter(({ name }) => names.includes(name));
  const ofKinds = (...kinds: ColumnKind[]) => all.filter(({ kind }) => kinds.includes(kind));
  const supplier = caller.role === "SUPPLIER" ? undefined : dataset.supplier;
  const reference = ofKinds("text").find(({ name }) => !isAboutSupplier(dataset, name));
  const categories = ofKinds("choice", "code").filter(({ name }) => name !== "status");
  const shown = [
    ...named("createdAt"),
    ...named(dataset.id),
    ...named("status"),
    ...named(supplier),
    ...categories.slice(0, MOST_CATEGORIES),
    ...named(reference?.name),
  ];
  const counts = ofKinds("count").slice(0, Math.max(MOST_SHOWN - 2 - shown.length, 0));
  return [...shown, ...counts, ...named("amount")].slice(-MOST_SHOWN);
}

function isAboutSupplier(dataset: Dataset, name: string): boolean {
  return name === dataset.supplier || name === "supplierName" || name === "failureReason";
}

/** What people call a value of a column of choices. */
export function choiceLabel(column: Column | undefined, value: string): string {
  return column?.choices?.find((choice) => choice.value === value)?.label ?? value;
}
