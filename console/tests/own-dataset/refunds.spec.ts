import { stack } from "../browser/support/stack.ts";
import { expect, openLaunch, signIn, test } from "../browser/support/test.ts";

test("a dataset that one file declares has its tabs, its form, its exports and its records", async ({
  page,
}) => {
  await signIn(page, stack.keys.operator2, "?dataset=refunds");
  await expect(page.getByRole("heading", { name: "Exports of refunds" })).toBeVisible();
  const dialog = await openLaunch(page, "refunds");
  await dialog.getByText("No longer wanted", { exact: true }).click();
  await dialog.getByLabel("Created from").fill("2026-01-01");
  await dialog.getByRole("button", { name: "Launch export" }).click();
  const row = page.getByRole("row").filter({ hasText: stack.keys.operator2.email });
  await expect(row).toContainText("from 1 Jan 2026 · reason No longer wanted");
  await expect(row.getByText("Ready", { exact: true })).toBeVisible();

  await row.getByRole("link", { name: /Show its records/ }).click();
  await expect(page.getByRole("heading", { name: "Refunds", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Reason No longer wanted" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Order count" })).toBeVisible();
  const refund = page.getByRole("row").filter({ hasText: "No longer wanted" }).first();
  await refund.getByRole("button").click();
  await expect(page.getByRole("dialog", { name: /^Refund / }).getByText("Order count")).toBeVisible();
});
