import { afterAll, beforeAll, expect, test } from "vitest";
import {
  allExports,
  allRecords,
  daysError,
  type ExportsView,
  isFiltered,
  listQuery,
  type RecordsView,
  readView,
  recordsPlace,
  unfiltered,
  writeView,
} from "./view.ts";

const zone = process.env.TZ;

beforeAll(() => {
  process.env.TZ = "Europe/Paris";
});

afterAll(() => {
  process.env.TZ = zone;
});

const FULL: ExportsView = {
  tab: "exports",
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

const RECORDS: RecordsView = {
  tab: "records",
  dataset: "funding-transfers",
  filters: {
    createdAtFrom: "2026-01-31T23:00:00Z",
    statuses: ["FAILED", "PENDING"],
    amountMin: "12345678901234567890.10",
    targetBalanceAccountType: "SUPPLIER",
    supplierIds: ["SUP-1", "Lopez, Ana & Co"],
  },
  sort: "createdAt:asc",
  limit: 50,
  cursor: "c+1",
};

test("an address tells the records' filters exactly as the API takes them", () => {
  const address =
    "?dataset=funding-transfers&tab=records&createdAtFrom=2026-01-31T23:00:00Z&statuses=FAILED&statuses=PENDING" +
    "&amountMin=12345678901234567890.10&targetBalanceAccountType=SUPPLIER&supplierIds=SUP-1" +
    "&supplierIds=Lopez,%20Ana%20%26%20Co&sort=createdAt:asc&limit=50&cursor=c%2B1";
  expect(writeView(RECORDS)).toBe(address);
  expect(readView(address)).toEqual(RECORDS);
  expect(recordsPlace(RECORDS, "c2")).toEqual({
    sort: "createdAt:asc",
    limit: 50,
    cursor: "c2",
  });
});

test("an address without a tab is from the time when there were only exports", () => {
  expect(readView("?dataset=transactions")).toEqual(allExports("transactions"));
  expect(readView("?status=READY").tab).toBe("exports");
});

test("what is usual is not in the address", () => {
  expect(writeView(allExports("transactions"))).toBe("?dataset=transactions");
  expect(writeView(allRecords("transactions"))).toBe("?dataset=transactions&tab=records");
  expect(readView("")).toEqual(allRecords(null));
});

test("an address that makes no sense shows everything", () => {
  expect(readView("?status=DONE,ready&from=2026-02-30&to=tomorrow&sort=size&limit=7&page=2")).toEqual(
    allExports(null),
  );
  expect(readView("?from=0202-01-01")).toEqual(allExports(null));
  expect(
    readView(
      "?dataset=funding-transfers&tab=records&createdAtFrom=today&statuses=DONE&amountMin=1,000&supplierIds=&x=1",
    ),
  ).toEqual(allRecords("funding-transfers"));
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
  expect(isFiltered({ ...allExports(null), sort: "createdAt:asc", limit: 10, cursor: "c" })).toBe(false);
  expect(isFiltered({ ...allExports(null), to: "2026-02-01" })).toBe(true);
  expect(isFiltered(allRecords("transactions"))).toBe(false);
  expect(isFiltered(RECORDS)).toBe(true);
  expect(unfiltered(RECORDS)).toEqual({ ...RECORDS, filters: {}, cursor: null });
});
