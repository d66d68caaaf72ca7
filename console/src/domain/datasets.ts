import type { Caller, ExportType, Role } from "../api/types.ts";
import { DATASETS as DECLARED } from "./datasets.generated.ts";

/** One kind of record that can be exported, as `/v1/payments/{slug}/export` knows it. */
export interface Dataset {
  slug: string;
  type: ExportType;
  title: string;
  /** Within a sentence. */
  name: string;
  roles: readonly Role[];
  /** What a key needs, if it is no permission of the dataset's own. */
  permission?: string;
  /** The column that identifies a record. */
  id: string;
  /** The column that names the supplier whom a record belongs to. */
  supplier?: string;
  /** The statuses of records that went wrong. */
  failures: readonly string[];
  /** The file's columns, in order. */
  columns: readonly Column[];
  /** What a launch may filter by; empty: all is exported. */
  filters: readonly Filter[];
}

/** A column of the file, and a field of a record. */
export interface Column {
  name: string;
  kind: ColumnKind;
  /** A supplier's file leaves it out. */
  isOperatorsOnly?: boolean;
  /** The values of the kind `choice`. */
  choices?: readonly Choice[];
}

export type ColumnKind =
  | "identifier"
  | "code"
  | "choice"
  | "time"
  | "amount"
  | "currency"
  | "count"
  | "last_four"
  | "text";

/** A filter of records, and of the export that is made of them. */
export interface Filter {
  /** As the API names it. */
  name: string;
  /** What it compares: a column, or when a record was received. */
  column: string;
  kind: FilterKind;
  label: string;
  /** How an export's filters are described: `paid by {}`. */
  phrase: string;
  /** The values of the kinds `choices` and `choice`. */
  choices?: readonly Choice[];
  /** A value that a person could type. */
  example?: string;
}

/** How a person sets a filter. `choices`, `suppliers` and `texts` take several values. */
export type FilterKind = "day" | "amount" | "suppliers" | "choices" | "choice" | "texts" | "text";

export interface Choice {
  value: string;
  label: string;
}

export const DATASETS: readonly Dataset[] = DECLARED;

/** Whether the records have amounts, which can be added up. */
export function hasMoney(dataset: Dataset): boolean {
  return dataset.columns.some(({ name }) => name === "amount");
}

export function datasetBySlug(slug: string | null): Dataset | undefined {
  return DATASETS.find((dataset) => dataset.slug === slug);
}

export function may(caller: Caller, act: "create" | "read", dataset: Dataset): boolean {
  const permission = dataset.permission ?? `${dataset.slug}:${act}`;
  return dataset.roles.includes(caller.role) && caller.permissions.includes(permission);
}

export function mayManageWebhooks(caller: Caller): boolean {
  return caller.role === "OPERATOR" && caller.permissions.includes("webhooks:manage");
}

/** The datasets that the caller can export, and so let a schedule export. */
export function exportedBy(caller: Caller): Dataset[] {
  return DATASETS.filter((dataset) => may(caller, "create", dataset));
}

/** The datasets that the caller can do anything with. */
export function datasetsOf(caller: Caller): Dataset[] {
  return DATASETS.filter((dataset) => may(caller, "read", dataset) || may(caller, "create", dataset));
}

/** What the caller may filter a launch by: a supplier's file holds only its own records anyway. */
export function filtersFor(caller: Caller, dataset: Dataset): readonly Filter[] {
  return caller.role === "SUPPLIER"
    ? dataset.filters.filter((filter) => filter.kind !== "suppliers")
    : dataset.filters;
}
