import { expect, test } from "vitest";
import { type Dataset, datasetBySlug } from "./datasets.ts";
import { matching, suppliersOf } from "./suppliers.ts";

const TRANSFERS = datasetBySlug("funding-transfers") as Dataset;

test("records name their suppliers, each once", () => {
  expect(
    suppliersOf(TRANSFERS, [
      { supplierExternalId: "SUP-1", supplierName: null },
      { supplierExternalId: "SUP-1", supplierName: "Harbour" },
      { supplierExternalId: null, supplierName: null },
    ]),
  ).toEqual([{ id: "SUP-1", name: "Harbour" }]);
});

test("suppliers are found by id and name, those that begin with the text first", () => {
  const all = [
    { id: "SUP-1", name: "Old Harbour" },
    { id: "SUP-2", name: "Harbour" },
    { id: "HAR-3", name: null },
  ];
  expect(matching(all, " har").map(({ id }) => id)).toEqual(["HAR-3", "SUP-2", "SUP-1"]);
  expect(matching(all, "sup-2").map(({ id }) => id)).toEqual(["SUP-2"]);
  expect(matching(all, "")).toHaveLength(3);
});
