import { expect, test } from "vitest";
import type { Caller } from "../api/types.ts";
import { columnsFor, labelOf, tableColumns, wordsOf } from "./columns.ts";
import { DATASETS, type Dataset, datasetBySlug, hasMoney, may } from "./datasets.ts";

const caller = (role: Caller["role"]): Caller => ({
  tenantId: "t",
  tenantName: "T",
  userId: "u",
  email: "ana@northwind.example",
  role,
  permissions: [],
});
const shown = (role: Caller["role"], slug: string) =>
  tableColumns(caller(role), datasetBySlug(slug) as Dataset).map(({ name }) => name);

test("the columns that people read first follow from their kinds", () => {
  expect(shown("OPERATOR", "funding-transfers")).toEqual([
    "createdAt",
    "transferId",
    "status",
    "supplierExternalId",
    "sourceBalanceAccountType",
    "targetBalanceAccountType",
    "reference",
    "amount",
  ]);
  expect(shown("OPERATOR", "marketplace-payouts")).toEqual([
    "createdAt",
    "payoutId",
    "status",
    "reference",
    "orderCount",
    "amount",
  ]);
});

test("each dataset's table begins with when and ends with how much, if it has amounts", () => {
  for (const dataset of DATASETS) {
    const names = shown("OPERATOR", dataset.slug);
    expect(names.slice(0, 2)).toEqual(["createdAt", dataset.id]);
    expect(names.at(-1) === "amount").toBe(hasMoney(dataset));
    expect(names.length).toBeLessThanOrEqual(8);
  }
});

test("a record without amount and status is read by what was done, to what and by whom", () => {
  expect(shown("OPERATOR", "audit-events")).toEqual([
    "createdAt",
    "eventId",
    "action",
    "exportType",
    "userId",
  ]);
});

test("a dataset may have one permission for both acts", () => {
  const audit = datasetBySlug("audit-events") as Dataset;
  const transfers = datasetBySlug("funding-transfers") as Dataset;
  const auditor = { ...caller("OPERATOR"), permissions: ["audit:read"] };
  expect(may(auditor, "create", audit) && may(auditor, "read", audit)).toBe(true);
  expect(may(auditor, "read", transfers)).toBe(false);
  expect(may({ ...auditor, role: "SUPPLIER" }, "read", audit)).toBe(false);
  expect(may({ ...auditor, permissions: ["audit-events:read"] }, "read", audit)).toBe(false);
});

test("suppliers see neither themselves as a column nor what is for operators only", () => {
  expect(shown("SUPPLIER", "funding-transfers")).not.toContain("supplierExternalId");
  const columns = columnsFor(caller("SUPPLIER"), datasetBySlug("transactions") as Dataset);
  expect(columns.map(({ name }) => name)).not.toContain("platformCommission");
});

test("columns have names that people read", () => {
  expect(["transferId", "pspReference", "createdAt"].map(wordsOf)).toEqual([
    "Transfer ID",
    "PSP reference",
    "Created at",
  ]);
  const transfers = datasetBySlug("funding-transfers") as Dataset;
  expect(labelOf(transfers, "sourceBalanceAccountType")).toBe("From balance account");
  expect(labelOf(transfers, "status")).toBe("Status");
});
