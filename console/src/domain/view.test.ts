import { afterAll, beforeAll, expect, test } from "vitest";
import { daysError, emptyView, isFiltered, listQuery, readView, type View, writeView } from "./view.ts";

const zone = process.env.TZ;

beforeAll(() => {
  process.env.TZ = "Europe/Paris";
});

afterAll(() => {
  process.env.TZ = zone;
});

const FULL: View = {
  dataset: "funding-transfers",
  statuses: ["READY", "EXPIRED"],
  from: "2026-02-01",
  to: "2026-03-31",
  sort: "createdAt:asc",
  limit: 50,
  cursor: "b64+/=",
};

test("an address tells a view and a view its address", () => {
  const address =
    "?dataset=funding-transfers&status=READY,EXPIRED&from=2026-02-01&to=2026-03-31&sort=createdAt:asc&limit=50&cursor=b64%2B%2F%3D";
  expect(writeView(FULL)).toBe(address);
  expect(readView(address)).toEqual(FULL);
});

test("what is usual is not in the address", () => {
  expect(writeView(emptyView("transactions"))).toBe("?dataset=transactions");
  expect(writeView(emptyView(null))).toBe("");
  expect(readView("")).toEqual(emptyView(null));
});

test("an address that makes no sense shows everything", () => {
  expect(readView("?status=DONE,ready&from=2026-02-30&to=tomorrow&sort=size&limit=7&page=2")).toEqual(
    emptyView(null),
  );
  expect(readView("?from=0202-01-01").from).toBeNull();
});

test("days are those of the zone, to their last second, also when clocks change", () => {
  expect(listQuery(FULL, "UTC")).toMatchObject({
    createdAtFrom: "2026-02-01T00:00:00Z",
    createdAtTo: "2026-03-31T23:59:59Z",
  });
  expect(listQuery(FULL, "local")).toEqual({
    status: ["READY", "EXPIRED"],
    createdAtFrom: "2026-01-31T23:00:00Z",
    createdAtTo: "2026-03-31T21:59:59Z",
    sort: "createdAt:asc",
    limit: 50,
    cursor: "b64+/=",
  });
});

test("the end does not come before the start", () => {
  expect(daysError({ from: "2026-02-02", to: "2026-02-01" })).not.toBeNull();
  expect(daysError({ from: "2026-02-01", to: "2026-02-01" })).toBeNull();
  expect(daysError({ from: "2026-02-01", to: null })).toBeNull();
});

test("sorting and pages are no filters", () => {
  expect(isFiltered({ ...emptyView(null), sort: "createdAt:asc", limit: 10, cursor: "c" })).toBe(false);
  expect(isFiltered({ ...emptyView(null), to: "2026-02-01" })).toBe(true);
});
