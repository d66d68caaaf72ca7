import type { ExportStatus, Filters, ListQuery, RecordsPlace } from "../api/types.ts";
import { type Dataset, datasetBySlug, type Filter } from "./datasets.ts";
import { endOfDay, isDay, isTime, startOfDay } from "./days.ts";
import { isAmount, MULTIPLE } from "./filters.ts";
import type { Zone } from "./zone.ts";

export const STATUSES: readonly ExportStatus[] = ["PENDING", "READY", "FAILED", "CANCELLED", "EXPIRED"];
export const PAGE_SIZES: readonly number[] = [10, 25, 50, 100];
export const DEFAULT_PAGE_SIZE = 25;

export type Sort = "createdAt:desc" | "createdAt:asc";

/** What the page shows: everything that its address says. */
export type View = ExportsView | RecordsView | WebhooksView | SchedulesView;
/** A view of what belongs to a dataset. */
export type DatasetView = ExportsView | RecordsView;

interface Place {
  /** A dataset's slug; null: the first that the caller may see. */
  dataset: string | null;
  sort: Sort;
  limit: number;
  cursor: string | null;
}

/** A dataset's exports. */
export interface ExportsView extends Place {
  tab: "exports";
  statuses: ExportStatus[];
  /** Days of the zone that the page shows. */
  from: string | null;
  to: string | null;
  /** The export whose details are open, whether or not the list shows it. */
  export: string | null;
}

/** A dataset's records. */
export interface RecordsView extends Place {
  tab: "records";
  /** As the API takes them, so that an address means the same records in every time zone. */
  filters: Filters;
  /** What the address names beside them that is no filter, or has a value that the filter cannot have. */
  notUnderstood: readonly string[];
}

const PLACE = { sort: "createdAt:desc", limit: DEFAULT_PAGE_SIZE, cursor: null } as const;

/** Where events of exports are posted to. */
export interface WebhooksView extends Place {
  tab: "webhooks";
}

/** Which exports are made by themselves. */
export interface SchedulesView extends Place {
  tab: "schedules";
}

export function allWebhooks(): WebhooksView {
  return { tab: "webhooks", dataset: null, ...PLACE };
}

export function allSchedules(): SchedulesView {
  return { tab: "schedules", dataset: null, ...PLACE };
}

export function allExports(dataset: string | null): ExportsView {
  return { tab: "exports", dataset, statuses: [], from: null, to: null, export: null, ...PLACE };
}

export function allRecords(dataset: string | null, filters: Filters = {}): RecordsView {
  return { tab: "records", dataset, filters, notUnderstood: [], ...PLACE };
}

/** The same tab without its filters. */
export function unfiltered(view: DatasetView): DatasetView {
  const all = view.tab === "exports" ? allExports(view.dataset) : allRecords(view.dataset);
  return { ...all, sort: view.sort, limit: view.limit };
}

/**
 * Reads a query string. What it does not understand it leaves out, so that an old link still opens; of the records'
 * filters it says so. One that names no tab is from the time when there were only exports.
 */
export function readView(search: string): View {
  const parameters = new URLSearchParams(search);
  if (parameters.get("tab") === "webhooks") {
    return allWebhooks();
  }
  if (parameters.get("tab") === "schedules") {
    return allSchedules();
  }
  const limit = Number(parameters.get("limit"));
  const place: Place = {
    dataset: parameters.get("dataset"),
    sort: parameters.get("sort") === "createdAt:asc" ? "createdAt:asc" : "createdAt:desc",
    limit: PAGE_SIZES.includes(limit) ? limit : DEFAULT_PAGE_SIZE,
    cursor: parameters.get("cursor"),
  };
  if (parameters.get("tab") === "records" || [...parameters].length === 0) {
    const read = readFilters(datasetBySlug(place.dataset), parameters);
    // A cursor is a place in what the whole address asks for.
    const cursor = read.notUnderstood.length > 0 ? null : place.cursor;
    return { tab: "records", ...place, ...read, cursor };
  }
  const given = new Set((parameters.get("status") ?? "").split(","));
  const day = (name: string) => {
    const value = parameters.get(name);
    return value !== null && isDay(value) ? value : null;
  };
  return {
    tab: "exports",
    ...place,
    statuses: STATUSES.filter((status) => given.has(status)),
    from: day("from"),
    to: day("to"),
    export: parameters.get("export"),
  };
}

/** What an address of records may name beside the dataset's filters. */
const NO_FILTERS: readonly string[] = ["tab", "dataset", "sort", "limit", "cursor"];

/** A filter is read as a whole or not at all: a part of it would be another question. */
function readFilters(
  dataset: Dataset | undefined,
  parameters: URLSearchParams,
): Pick<RecordsView, "filters" | "notUnderstood"> {
  if (!dataset) {
    return { filters: {}, notUnderstood: [] };
  }
  const offered = dataset.filters;
  const known = [...NO_FILTERS, ...offered.map(({ name }) => name)];
  const notUnderstood = new Set([...parameters.keys()].filter((name) => !known.includes(name)));
  const filters: Record<string, string | readonly string[]> = {};
  for (const filter of offered) {
    const given = parameters.getAll(filter.name).flatMap((text) => valuesOf(filter, text));
    const values = [...new Set(given)].filter((value) => value.trim() !== "");
    const [first, second] = values;
    if (first === undefined) {
      continue;
    }
    if (!values.every((value) => isValueOf(filter, value))) {
      notUnderstood.add(filter.name);
    } else if (MULTIPLE.has(filter.kind)) {
      filters[filter.name] = values;
    } else if (second === undefined) {
      filters[filter.name] = first;
    } else {
      notUnderstood.add(filter.name);
    }
  }
  return { filters, notUnderstood: [...notUnderstood] };
}

/** Choices may stand in one list, and a day for its first or last second in UTC: people write addresses, too. */
function valuesOf({ name, kind }: Filter, text: string): string[] {
  if (kind === "choices") {
    return text.split(",");
  }
  if (kind === "day" && isDay(text)) {
    return [name === "createdAtTo" ? endOfDay(text, "UTC") : startOfDay(text, "UTC")];
  }
  return [text];
}

function isValueOf({ kind, choices }: Filter, value: string): boolean {
  switch (kind) {
    case "day":
      return isTime(value);
    case "amount":
      return isAmount(value);
    case "choices":
    case "choice":
      return choices?.some((choice) => choice.value === value) ?? false;
    default:
      return true;
  }
}

/** A query string that names the dataset that is shown, and else says what it said. */
export function withDataset(search: string, slug: string): string {
  const others = search
    .replace(/^\?/, "")
    .split("&")
    .filter((part) => part !== "" && !/^(dataset|tab)(=|$)/.test(part));
  const tab = readView(search).tab === "records" ? ["tab=records"] : [];
  return `?${[`dataset=${slug}`, ...tab, ...others].join("&")}`;
}

/** The query string of a view: the same view always has the same one. */
export function writeView(view: View): string {
  const parts: [string, string | null][] = [
    ["dataset", view.dataset],
    ...partsOf(view),
    ["sort", view.sort === "createdAt:asc" ? view.sort : null],
    ["limit", view.limit === DEFAULT_PAGE_SIZE ? null : String(view.limit)],
    ["cursor", view.cursor],
  ];
  const written = parts.flatMap(([name, value]) => (value ? `${name}=${readable(value)}` : []));
  return written.length > 0 ? `?${written.join("&")}` : "";
}

function partsOf(view: View): [string, string | null][] {
  switch (view.tab) {
    case "records":
      return recordsParts(view);
    case "exports":
      return exportsParts(view);
    case "webhooks":
    case "schedules":
      return [["tab", view.tab]];
  }
}

function recordsParts({ filters }: RecordsView): [string, string][] {
  const values = Object.entries(filters).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  return [["tab", "records"], ...values];
}

function exportsParts({ statuses, from, to, export: open }: ExportsView): [string, string | null][] {
  return [
    ["status", statuses.join(",")],
    ["from", from],
    ["to", to],
    ["export", open],
  ];
}

/** These two need no escape in an address. */
function readable(value: string): string {
  return encodeURIComponent(value).replace(/%2C/g, ",").replace(/%3A/g, ":");
}

export function isFiltered(view: DatasetView): boolean {
  return view.tab === "records"
    ? Object.keys(view.filters).length > 0
    : view.statuses.length > 0 || view.from !== null || view.to !== null;
}

/** What is wrong with the view's days, in a sentence. */
export function daysError(view: Pick<ExportsView, "from" | "to">): string | null {
  return view.from !== null && view.to !== null && view.from > view.to
    ? "The end date is before the start date."
    : null;
}

/** The view as the API is asked for it. */
export function listQuery(view: ExportsView, zone: Zone): ListQuery {
  return {
    ...placeQuery(view),
    ...(view.statuses.length > 0 ? { status: view.statuses } : {}),
    ...(view.from ? { createdAtFrom: startOfDay(view.from, zone) } : {}),
    ...(view.to ? { createdAtTo: endOfDay(view.to, zone) } : {}),
  };
}

/** The page of the records that the API is asked for: the view's own, or a later one. */
export function recordsPlace(view: RecordsView, cursor: string | null = view.cursor): RecordsPlace {
  return placeQuery({ ...view, cursor });
}

function placeQuery({ sort, limit, cursor }: Place) {
  return { sort, limit, ...(cursor ? { cursor } : {}) };
}
