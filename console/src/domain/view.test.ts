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
  withDataset,
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
  export: "exp_1",
  sort: "createdAt:asc",
  limit: 50,
  cursor: "b64+/=",
};

test("an address tells a view and a view its address", () => {
  const address =
    "?dataset=funding-transfers&status=READY,EXPIRED&from=2026-02-01&to=2026-03-31&export=exp_1&sort=createdAt:asc&limit=50&cursor=b64%2B%2F%3D";
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
  notUnderstood: [],
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
});

test.each([
  "createdAtFrom=today",
  "createdAtFrom=2026-02-30",
  "statuses=DONE",
  "statuses=FAILED&statuses=DONE",
  "statuses=FAILED,DONE",
  "statuses=failed",
  "amountMin=1,000",
  "amountMin=0100",
  "amountMin=1&amountMin=2",
  "status=FAILED",
])("an address that says %s is not one of all records without saying so", (text) => {
  expect(readView(`?dataset=funding-transfers&tab=records&amountMax=9&${text}`)).toEqual({
    ...allRecords("funding-transfers", { amountMax: "9" }),
    notUnderstood: [text.split("=")[0]],
  });
});

test("an address that is not understood as a whole opens at its first page", () => {
  const address = "?dataset=funding-transfers&tab=records&amountMin=1&cursor=c1";
  expect(readView(address).cursor).toBe("c1");
  expect(readView(`${address}&statuses=DONE`).cursor).toBeNull();
});

test("filters are read as people write them, too", () => {
  const filtersOf = (search: string) => {
    const view = readView(`?dataset=funding-transfers&tab=records&${search}`);
    return view.tab === "records" && view.notUnderstood.length === 0 && view.filters;
  };
  expect(filtersOf("statuses=FAILED,PENDING")).toEqual({ statuses: ["FAILED", "PENDING"] });
  expect(filtersOf("createdAtFrom=2026-02-01&createdAtTo=2026-02-01")).toEqual({
    createdAtFrom: "2026-02-01T00:00:00Z",
    createdAtTo: "2026-02-01T23:59:59Z",
  });
  expect(filtersOf("amountMin=5&amountMin=5&supplierIds=")).toEqual({ amountMin: "5" });
});

test("an address without a dataset keeps its filters for the one that is shown", () => {
  expect(withDataset("?tab=records&statuses=FAILED&x=1", "funding-transfers")).toBe(
    "?dataset=funding-transfers&tab=records&statuses=FAILED&x=1",
  );
  expect(withDataset("?tab=records&dataset=gone&amountMin=5", "funding-transfers")).toBe(
    "?dataset=funding-transfers&tab=records&amountMin=5",
  );
  expect(withDataset("", "transactions")).toBe("?dataset=transactions&tab=records");
  expect(withDataset("?status=READY", "transactions")).toBe("?dataset=transactions&status=READY");
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

test.each(["webhooks", "schedules"])(
  "the %s have an address of their own, which belongs to no dataset",
  (tab) => {
    const view = readView(`?tab=${tab}&dataset=transactions`);
    expect(view).toMatchObject({ tab, dataset: null });
    expect(writeView(view)).toBe(`?tab=${tab}`);
  },
);
