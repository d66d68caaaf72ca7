import { expect, test } from "vitest";
import type { Caller, Export } from "../api/types.ts";
import { DATASETS, datasetsOf, filtersFor } from "./datasets.ts";
import { blockingExport, progressText, settled } from "./exports.ts";
import { placeErrors } from "./pointers.ts";
import { nextRefresh } from "./polling.ts";

const CALLER: Caller = {
  tenantId: "northwind-market",
  tenantName: "Northwind Market",
  userId: "ana",
  email: "ana@northwind.example",
  role: "OPERATOR",
  permissions: DATASETS.flatMap(({ slug, permission }) =>
    permission ? [permission] : [`${slug}:create`, `${slug}:read`],
  ),
};
const NOW = Date.parse("2026-02-10T10:00:00Z");

function item(exportId: string, change: Partial<Export> = {}): Export {
  return {
    exportId,
    type: "SUPPLIER_PAYOUTS",
    status: "PENDING",
    createdAt: "2026-02-10T09:30:00Z",
    recipients: ["ana@northwind.example"],
    filters: {},
    ...change,
  };
}

test("a role sees its datasets, as far as the key's permissions go", () => {
  const slugs = (caller: Caller) => datasetsOf(caller).map((dataset) => dataset.slug);
  expect(slugs(CALLER)).toEqual(DATASETS.map((dataset) => dataset.slug));
  const ofSuppliers = slugs({ ...CALLER, role: "SUPPLIER" });
  expect(ofSuppliers).toEqual(expect.arrayContaining(["transactions", "funding-transfers"]));
  expect(ofSuppliers).not.toContain("supplier-payouts");
  expect(ofSuppliers).not.toContain("marketplace-payouts");
  expect(slugs({ ...CALLER, permissions: ["supplier-payouts:read"] })).toEqual(["supplier-payouts"]);
});

test("suppliers are not asked which supplier", () => {
  for (const dataset of DATASETS) {
    const offered = filtersFor({ ...CALLER, role: "SUPPLIER" }, dataset);
    expect(offered.map((filter) => filter.name)).not.toContain("supplierIds");
  }
});

test("only the caller's own young pending export blocks another", () => {
  const others = item("exp_1", { recipients: ["ben@northwind.example", "ana@northwind.example"] });
  const old = item("exp_2", { createdAt: "2026-02-10T08:59:59Z" });
  const own = item("exp_3", { recipients: ["Ana@Northwind.example"] });
  expect(blockingExport(CALLER, [others, old], NOW)).toBeUndefined();
  expect(blockingExport(CALLER, [others, old, own], NOW)).toBe(own);
});

test("what ended is found, in the list or gone from it", () => {
  const ready = item("exp_1", { status: "READY" });
  expect(
    settled([item("exp_1"), item("exp_2"), item("exp_3")], [ready, item("exp_3"), item("exp_4")]),
  ).toEqual({
    ended: [ready],
    gone: [item("exp_2")],
  });
});

test("a list is asked for again when something in it may have changed", () => {
  expect(nextRefresh([], 0, NOW)).toBeNull();
  expect(nextRefresh([item("exp_1", { status: "FAILED" })], 0, NOW)).toBeNull();
  expect(nextRefresh([item("exp_1")], 0, NOW)).toBe(1000);
  expect(nextRefresh([item("exp_1")], 50, NOW)).toBe(10_000);
  const ready = item("exp_1", { status: "READY", expiresAt: "2026-02-10T10:00:30Z" });
  expect(nextRefresh([ready], 3, NOW)).toBe(31_000);
  // By a clock that is ahead of the service's, the file should have expired already.
  expect(nextRefresh([{ ...ready, expiresAt: "2026-02-10T09:00:00Z" }], 50, NOW)).toBe(10_000);
  expect(nextRefresh([{ ...ready, expiresAt: "2027-02-10T10:00:30Z" }], 3, NOW)).toBeNull();
});

test("a message beside the form is needed only for what no field says", () => {
  const problem = { pointer: "/cc/0", code: "INVALID_VALUE" as const, detail: "must be an email address" };
  expect(placeErrors([problem], ["cc"], ["a@b"]).isWhole).toBe(true);
  expect(placeErrors([problem, { ...problem, pointer: "" }], ["cc"], ["a@b"]).isWhole).toBe(false);
  expect(placeErrors([], ["cc"], []).isWhole).toBe(false);
});

test("the API's errors find their fields", () => {
  const problem = (pointer: string, detail: string) => ({ pointer, code: "INVALID_VALUE" as const, detail });
  expect(
    placeErrors(
      [
        problem("/cc/1", "must be an email address"),
        problem("/filters/statuses/0", "must be one of A, B"),
        problem("/filters/amountMin", "must be a number"),
        problem("/filters/amountMin", "is too long"),
        problem("/filters/a~1b", "is not a field"),
        problem("/when/timeZone", "must be a time zone"),
        problem("", "must be JSON"),
      ],
      ["cc", "statuses", "amountMin", "timeZone"],
      ["a@example.com", "b@example"],
    ),
  ).toEqual({
    fields: {
      cc: "b@example must be an email address.",
      statuses: "Must be one of A, B.",
      amountMin: "Must be a number. Is too long.",
      timeZone: "Must be a time zone.",
    },
    rest: ["/filters/a~1b is not a field", "The request must be JSON"],
    isWhole: false,
  });
});

test("a pending export says in words how far it is", () => {
  const at = (stage: "QUEUED" | "MAKING" | "SENDING", rowsWritten: number) =>
    progressText(item("exp_1", { progress: { stage, rowsWritten } }));
  expect(at("QUEUED", 0)).toBe("Waiting for its turn");
  expect(at("MAKING", 0)).toBe("Making the file");
  expect(at("MAKING", 12_000)).toBe("12,000 rows written");
  expect(at("SENDING", 12_000)).toBe("Sending the mail");
});
