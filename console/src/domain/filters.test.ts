import { expect, test } from "vitest";
import { datasetBySlug, type Filter } from "./datasets.ts";
import { utcMonth } from "./days.ts";
import { describeFilters, EMPTY_FORM, formErrors, names, toFilters } from "./filters.ts";

const TRANSFERS: readonly Filter[] = datasetBySlug("funding-transfers")?.filters ?? [];
const TRANSACTIONS: readonly Filter[] = datasetBySlug("transactions")?.filters ?? [];

test("an empty form asks for everything", () => {
  expect(toFilters(TRANSFERS, EMPTY_FORM)).toBeUndefined();
  expect(formErrors(TRANSFERS, EMPTY_FORM)).toEqual({});
});

test("a form becomes the API's filters, its days whole ones in UTC and its amounts as written", () => {
  const form = {
    createdAtFrom: "2026-01-01",
    createdAtTo: "2026-01-31",
    statuses: ["COMPLETED"],
    supplierIds: "SUP-1, SUP-2,, SUP-1",
    amountMin: " 0.10 ",
    amountMax: "12345678901234567890.12",
    targetBalanceAccountType: "SUPPLIER",
  };
  expect(formErrors(TRANSFERS, form)).toEqual({});
  expect(toFilters(TRANSFERS, form)).toEqual({
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
    supplierIds: Array.from({ length: 101 }, (_, index) => `SUP-${index}`).join(),
  };
  expect(Object.keys(formErrors(TRANSFERS, form)).sort()).toEqual([
    "amountMax",
    "amountMin",
    "createdAtTo",
    "supplierIds",
  ]);
});

test("filters are told in words", () => {
  expect(describeFilters(TRANSFERS, {})).toEqual([]);
  expect(
    describeFilters(TRANSFERS, {
      createdAtFrom: "2026-01-01T00:00:00Z",
      createdAtTo: "2026-01-31T12:00:00Z",
      statuses: ["COMPLETED", "FAILED"],
      amountMin: "0.10",
      sourceBalanceAccountType: "MARKETPLACE",
    }),
  ).toEqual([
    "2026-01-01 to 2026-01-31 12:00:00 UTC",
    "status Completed, Failed",
    "amount from 0.10",
    "from marketplace accounts",
  ]);
  expect(
    describeFilters(TRANSACTIONS, {
      createdAtTo: "2026-01-31T23:59:59Z",
      statuses: ["CHARGED_BACK"],
      paymentMethods: ["CARD"],
    }),
  ).toEqual(["until 2026-01-31", "status Charged back", "paid by CARD"]);
});

test("a filter that the dataset no longer has is shown by its name", () => {
  expect(describeFilters([], { channels: ["WEB", "APP"] })).toEqual(["channels WEB, APP"]);
});

test("names are split, trimmed and kept once", () => {
  expect(names(" a ,b;\nb,,c c ")).toEqual(["a", "b", "c c"]);
});

test("months end where the calendar says", () => {
  expect(utcMonth(new Date("2026-01-15T00:00:00Z"), 0)).toEqual({ from: "2026-01-01", to: "2026-01-31" });
  expect(utcMonth(new Date("2026-01-31T23:59:59Z"), -1)).toEqual({ from: "2025-12-01", to: "2025-12-31" });
  expect(utcMonth(new Date("2024-03-31T00:00:00Z"), -1)).toEqual({ from: "2024-02-01", to: "2024-02-29" });
});
