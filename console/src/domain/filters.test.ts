import { expect, test } from "vitest";
import { datasetBySlug, type Filter } from "./datasets.ts";
import { describeFilters, describeGroup, formErrors, groupsOf, names, toFilters, toForm } from "./filters.ts";

const TRANSFERS: readonly Filter[] = datasetBySlug("funding-transfers")?.filters ?? [];
const TRANSACTIONS: readonly Filter[] = datasetBySlug("transactions")?.filters ?? [];

test("an empty form asks for everything", () => {
  expect(toFilters(TRANSFERS, {}, "UTC")).toEqual({});
  expect(formErrors(TRANSFERS, {}, "UTC")).toEqual({});
});

test("a form becomes the API's filters, its days whole ones in UTC and its amounts as written", () => {
  const form = {
    createdAtFrom: "2026-01-01",
    createdAtTo: "2026-01-31",
    statuses: ["COMPLETED"],
    supplierIds: ["SUP-1", "SUP-2"],
    amountMin: " 0.10 ",
    amountMax: "12345678901234567890.12",
    targetBalanceAccountType: "SUPPLIER",
  };
  expect(formErrors(TRANSFERS, form, "UTC")).toEqual({});
  expect(toFilters(TRANSFERS, form, "UTC")).toEqual({
    createdAtFrom: "2026-01-01T00:00:00Z",
    createdAtTo: "2026-01-31T23:59:59Z",
    statuses: ["COMPLETED"],
    supplierIds: ["SUP-1", "SUP-2"],
    amountMin: "0.10",
    amountMax: "12345678901234567890.12",
    targetBalanceAccountType: "SUPPLIER",
  });
});

test("mistakes are told at their fields", () => {
  const form = {
    createdAtFrom: "2026-02-01",
    createdAtTo: "2026-01-31",
    amountMin: "1,000",
    amountMax: "1e3",
    supplierIds: Array.from({ length: 101 }, (_, index) => `SUP-${index}`),
  };
  expect(Object.keys(formErrors(TRANSFERS, form, "UTC")).sort()).toEqual([
    "amountMax",
    "amountMin",
    "createdAtTo",
    "supplierIds",
  ]);
});

test("filters are told in words", () => {
  expect(describeFilters(TRANSFERS, {}, "UTC")).toEqual([]);
  expect(
    describeFilters(
      TRANSFERS,
      {
        createdAtFrom: "2026-01-01T00:00:00Z",
        createdAtTo: "2026-01-31T12:00:00Z",
        statuses: ["COMPLETED", "FAILED"],
        amountMin: "0.10",
        sourceBalanceAccountType: "MARKETPLACE",
      },
      "UTC",
    ),
  ).toEqual([
    "Jan 1, 2026 to Jan 31, 2026, 12:00:00 PM UTC",
    "status Completed, Failed",
    "amount from 0.10",
    "from marketplace accounts",
  ]);
  expect(
    describeFilters(
      TRANSACTIONS,
      {
        createdAtTo: "2026-01-31T23:59:59Z",
        statuses: ["CHARGED_BACK"],
        paymentMethods: ["CARD"],
      },
      "UTC",
    ),
  ).toEqual(["until Jan 31, 2026", "status Charged back", "paid by CARD"]);
});

test("a filter that the dataset no longer has is shown by its name", () => {
  expect(describeFilters([], { channels: ["WEB", "APP"] }, "UTC")).toEqual(["channels WEB, APP"]);
});

test("names are split, trimmed and kept once", () => {
  expect(names(" a ,b;\nb,,c c ")).toEqual(["a", "b", "c c"]);
});

test("a form that is filled in with filters becomes the very same filters", () => {
  const filters = {
    createdAtFrom: "2026-01-05T08:30:01Z",
    createdAtTo: "2026-01-31T23:59:59Z",
    statuses: ["FAILED"],
    amountMax: "12345678901234567890.12345678",
    changedSince: "2026-01-01T00:00:00Z",
    supplierIds: ["Lopez, Ana"],
  };
  const form = toForm(TRANSFERS, filters, "UTC");
  expect(form).toEqual({
    ...filters,
    createdAtTo: "2026-01-31",
    changedSince: "2026-01-01",
  });
  expect(formErrors(TRANSFERS, form, "UTC")).toEqual({});
  expect(toFilters(TRANSFERS, form, "UTC")).toEqual(filters);
  const methods = { paymentMethods: ["CARD", "CASH"] };
  expect(toFilters(TRANSACTIONS, toForm(TRANSACTIONS, methods, "UTC"), "UTC")).toEqual(methods);
});

test("the two bounds of a column are set together, and told in words", () => {
  const groups = groupsOf(TRANSFERS);
  expect(groups.map((group) => group.map(({ name }) => name))).toEqual([
    ["createdAtFrom", "createdAtTo"],
    ["statuses"],
    ["amountMin", "amountMax"],
    ["sourceBalanceAccountType"],
    ["targetBalanceAccountType"],
    ["changedSince"],
    ["supplierIds"],
  ]);
  const values = {
    createdAtFrom: "2026-01-01T00:00:00Z",
    createdAtTo: "2026-01-31T23:59:59Z",
    amountMax: "100",
    sourceBalanceAccountType: "MARKETPLACE",
    supplierIds: ["SUP-1", "SUP-2", "SUP-3"],
  };
  expect(groups.map((group) => describeGroup(group, values, "UTC"))).toEqual([
    "Jan 1, 2026 to Jan 31, 2026",
    "",
    "up to 100",
    "Marketplace",
    "",
    "",
    "SUP-1 and 2 more",
  ]);
});
