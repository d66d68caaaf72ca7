import { expect, test } from "vitest";
import type { Caller } from "../api/types.ts";
import { columnsFor, labelOf, tableColumns, wordsOf } from "./columns.ts";
import { DATASETS, type Dataset, datasetBySlug } from "./datasets.ts";

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

test("each dataset's table begins with when and ends with how much", () => {
  for (const { slug, id } of DATASETS) {
    const names = shown("OPERATOR", slug);
    expect([names[0], names[1], names.at(-1)]).toEqual(["createdAt", id, "amount"]);
    expect(names.length).toBeLessThanOrEqual(8);
  }
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
