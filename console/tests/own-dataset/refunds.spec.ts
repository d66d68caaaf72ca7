import { stack } from "../browser/support/stack.ts";
import { expect, openLaunch, signIn, test } from "../browser/support/test.ts";

test("a dataset that one file declares has its tab, its form and its exports", async ({ page }) => {
  await signIn(page, stack.keys.operator2, "?dataset=refunds");
  await expect(page.getByRole("heading", { name: "Exports of refunds" })).toBeVisible();
  const dialog = await openLaunch(page, "refunds");
  await dialog.getByText("No longer wanted", { exact: true }).click();
  await dialog.getByLabel("Created from").fill("2026-01-01");
  await dialog.getByRole("button", { name: "Launch export" }).click();
  const row = page.getByRole("row").filter({ hasText: stack.keys.operator2.email });
  await expect(row).toContainText("from 1 Jan 2026 · reason No longer wanted");
  await expect(row.getByText("Ready", { exact: true })).toBeVisible();
});
