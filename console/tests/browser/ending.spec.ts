import { Exports, whileHeld } from "./support/exports.ts";
import { newOperator } from "./support/people.ts";
import { expect, rowOf, signIn, test } from "./support/test.ts";

test("a pending export that has not begun is cancelled with one click, and another can be launched", async ({
  page,
  person,
}) => {
  const exports = new Exports(person);
  await whileHeld(async () => {
    const pending = await exports.launch();
    await signIn(page, person);
    const row = rowOf(page, pending.exportId);
    await expect(row).toContainText("Waiting for its turn");
    await row.getByRole("button", { name: /^Cancel/ }).click();
    await expect(page.getByRole("status").filter({ hasText: "was cancelled." })).toBeVisible();
    await expect(row.getByText("Cancelled", { exact: true })).toBeVisible();
    await expect(row).toContainText(`by ${person.userId}`);
    await expect(row.getByRole("progressbar")).toHaveCount(0);

    await row.getByRole("button", { name: /^Launch again/ }).click();
    await expect(page.getByRole("status").filter({ hasText: "was launched again" })).toBeVisible();
    await expect(page.getByRole("rowheader")).toHaveCount(2);
    await page.getByRole("button", { name: /^Cancel/ }).click();
    await expect(page.getByRole("button", { name: /^Launch again/ })).toHaveCount(2);
  });
});

test("an export with rows is cancelled only after a question", async ({ page, person }) => {
  const exports = new Exports(person);
  await whileHeld(async () => {
    const pending = await exports.launch();
    await exports.begin(pending, 12_000);
    await signIn(page, person);
    const row = rowOf(page, pending.exportId);
    await expect(row).toContainText("12,000 rows written");
    await row.getByRole("button", { name: /^Cancel/ }).click();
    const dialog = page.getByRole("dialog", { name: /^Cancel export/ });
    await expect(dialog).toContainText("What was made so far, 12,000 rows, is thrown away");
    await dialog.getByRole("button", { name: "Go on with it" }).click();
    await expect(row.getByRole("button", { name: /^Cancel/ })).toBeFocused();
    await expect(row.getByRole("progressbar")).toBeVisible();

    await row.getByRole("button", { name: /^Cancel/ }).click();
    await dialog.getByRole("button", { name: "Cancel the export" }).click();
    await expect(page.getByRole("status").filter({ hasText: "was cancelled." })).toBeVisible();
    await expect(row.getByText("Cancelled", { exact: true })).toBeVisible();
  });
});

test("what ended meanwhile is not cancelled: the page says so, and shows how it is", async ({
  page,
  person,
}) => {
  const exports = new Exports(person);
  await whileHeld(async () => {
    const pending = await exports.launch();
    await signIn(page, person);
    const cancel = rowOf(page, pending.exportId).getByRole("button", { name: /^Cancel/ });
    await expect(cancel).toBeVisible();
    // The list does not see its end before the click.
    await page.route("**/export?*", (route) => route.abort());
    await exports.giveUp(pending);
    await cancel.click();
    await expect(
      page.getByRole("status").filter({ hasText: "was not cancelled: it is failed by now." }),
    ).toBeVisible();
    await page.unroute("**/export?*");
    await expect(rowOf(page, pending.exportId)).toContainText("Failed");
  });
});

test("a file is deleted after a question, and who deleted it is shown", async ({ page, person }) => {
  const item = await new Exports(person).make();
  await signIn(page, person);
  const row = rowOf(page, item.exportId);
  const more = row.getByRole("button", { name: /More actions/ });
  await more.click();
  await page.getByRole("menuitem", { name: "Delete file…" }).click();
  const dialog = page.getByRole("dialog", { name: /^Delete the file/ });
  await expect(dialog).toContainText("All links to it stop working at once");
  await page.keyboard.press("Escape");
  await expect(more).toBeFocused();
  await expect(row.getByText("Ready", { exact: true })).toBeVisible();

  await more.click();
  await page.getByRole("menuitem", { name: "Delete file…" }).press("Enter");
  await dialog.getByRole("button", { name: "Delete the file" }).click();
  await expect(
    page.getByRole("status").filter({ hasText: /The file of export .* was deleted\./ }),
  ).toBeVisible();
  await expect(row.getByText("Expired", { exact: true })).toBeVisible();
  await expect(row).toContainText(`deleted by ${person.userId}`);
  await expect(row.getByRole("button", { name: /Download/ })).toHaveCount(0);
  await expect(more).toBeFocused();
});

test("an export that is over is launched again with one click, with its filters and copies", async ({
  page,
  person,
}) => {
  const filters = { createdAtFrom: "2026-01-05T08:30:01Z", amountMax: "12345678901234567890.12345678" };
  const expired = await new Exports(person).makeExpired({ cc: ["finance@example.com"], filters });
  await signIn(page, person, "?dataset=funding-transfers&status=EXPIRED");
  await rowOf(page, expired.exportId)
    .getByRole("button", { name: /^Launch again/ })
    .click();
  await expect(page.getByRole("status").filter({ hasText: "was launched again" })).toBeVisible();
  await expect(page.getByRole("rowheader")).toHaveCount(2);
  expect(page.url()).not.toContain("status");
  const newest = page.getByRole("row").nth(1);
  await expect(newest).toContainText("from 5 Jan 2026, 08:30:01 UTC");
  await expect(newest).toContainText("finance@example.com");
});

test("a click on Launch again whose answer was lost launches one export however often it is repeated", async ({
  page,
  person,
}) => {
  const exports = new Exports(person);
  const expired = await exports.makeExpired();
  await signIn(page, person);
  let isLost = false;
  await page.route("**/retry", async (route) => {
    if (isLost) {
      return route.continue();
    }
    isLost = true;
    await route.fetch();
    return route.abort();
  });
  const again = rowOf(page, expired.exportId).getByRole("button", { name: /^Launch again/ });
  await again.click();
  await expect(page.getByRole("status", { name: "Notices" })).toContainText(
    "was not launched again. The service cannot be reached",
  );
  await again.click();
  await expect(page.getByRole("status").filter({ hasText: "was launched again" })).toBeVisible();
  await expect(page.getByRole("rowheader")).toHaveCount(2);
});

test("while another export of the kind is pending, Launch again says which", async ({ page, person }) => {
  const exports = new Exports(person);
  const expired = await exports.makeExpired();
  await whileHeld(async () => {
    const pending = await exports.launch();
    await signIn(page, person);
    await rowOf(page, expired.exportId)
      .getByRole("button", { name: /^Launch again/ })
      .click();
    await expect(page.getByRole("status", { name: "Notices" })).toContainText(
      `was not launched again: your export …${pending.exportId.slice(-6)} is still pending.`,
    );
    await exports.giveUp(pending);
  });
});

test("a colleague's export is not retried, but the form can be filled in like it", async ({ page }) => {
  const person = await newOperator({ isAlone: true });
  const exports = new Exports(person, "supplier-payouts");
  const ready = await exports.makeExpired({ cc: ["finance@example.com"] });
  const colleague = await newOperator({ tenantOf: person });
  await signIn(page, colleague, "?dataset=supplier-payouts");
  const row = rowOf(page, ready.exportId);
  await expect(row.getByRole("button", { name: /^Launch again/ })).toHaveCount(0);
  await row.getByRole("button", { name: /^Launch with changes…/ }).click();
  const dialog = page.getByRole("dialog", { name: "Export supplier payouts again" });
  await expect(dialog.getByLabel("Copies to (CC)")).toHaveValue("finance@example.com");
});
