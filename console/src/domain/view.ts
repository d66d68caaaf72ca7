import type { ExportStatus, ListQuery } from "../api/types.ts";
import { endOfDay, isDay, startOfDay } from "./days.ts";
import type { Zone } from "./zone.ts";

export const STATUSES: readonly ExportStatus[] = ["PENDING", "READY", "FAILED", "EXPIRED"];
export const PAGE_SIZES: readonly number[] = [10, 25, 50, 100];
export const DEFAULT_PAGE_SIZE = 25;

export type Sort = "createdAt:desc" | "createdAt:asc";

/** What the history shows: everything that the page's address says. */
export interface View {
  /** A dataset's slug; null: the first that the caller may see. */
  dataset: string | null;
  statuses: ExportStatus[];
  /** Days of the zone that the page shows. */
  from: string | null;
  to: string | null;
  sort: Sort;
  limit: number;
  cursor: string | null;
}

export function emptyView(dataset: string | null): View {
  return {
    dataset,
    statuses: [],
    from: null,
    to: null,
    sort: "createdAt:desc",
    limit: DEFAULT_PAGE_SIZE,
    cursor: null,
  };
}

/** Reads a query string. What it does not understand it leaves out, so that an old link still opens. */
export function readView(search: string): View {
  const parameters = new URLSearchParams(search);
  const given = new Set((parameters.get("status") ?? "").split(","));
  const limit = Number(parameters.get("limit"));
  const day = (name: string) => {
    const value = parameters.get(name);
    return value !== null && isDay(value) ? value : null;
  };
  return {
    dataset: parameters.get("dataset"),
    statuses: STATUSES.filter((status) => given.has(status)),
    from: day("from"),
    to: day("to"),
    sort: parameters.get("sort") === "createdAt:asc" ? "createdAt:asc" : "createdAt:desc",
    limit: PAGE_SIZES.includes(limit) ? limit : DEFAULT_PAGE_SIZE,
    cursor: parameters.get("cursor"),
  };
}

/** The query string of a view: the same view always has the same one. */
export function writeView(view: View): string {
  const parts = [
    ["dataset", view.dataset],
    ["status", view.statuses.join(",")],
    ["from", view.from],
    ["to", view.to],
    ["sort", view.sort === "createdAt:asc" ? view.sort : null],
    ["limit", view.limit === DEFAULT_PAGE_SIZE ? null : String(view.limit)],
    ["cursor", view.cursor],
  ]
    .filter(([, value]) => value)
    // Readable in the address bar; these two need no escape there.
    .map(
      ([name, value]) =>
        `${name}=${encodeURIComponent(value as string)
          .replace(/%2C/g, ",")
          .replace(/%3A/g, ":")}`,
    );
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}

export function isFiltered(view: View): boolean {
  return view.statuses.length > 0 || view.from !== null || view.to !== null;
}

/** What is wrong with the view's days, in a sentence. */
export function daysError(view: Pick<View, "from" | "to">): string | null {
  return view.from !== null && view.to !== null && view.from > view.to
    ? "The end date is before the start date."
    : null;
}

/** The view as the API is asked for it. */
export function listQuery(view: View, zone: Zone): ListQuery {
  return {
    sort: view.sort,
    limit: view.limit,
    ...(view.statuses.length > 0 ? { status: view.statuses } : {}),
    ...(view.from ? { createdAtFrom: startOfDay(view.from, zone) } : {}),
    ...(view.to ? { createdAtTo: endOfDay(view.to, zone) } : {}),
    ...(view.cursor ? { cursor: view.cursor } : {}),
  };
}
