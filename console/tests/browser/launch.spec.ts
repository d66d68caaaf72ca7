import type { ExportPage } from "../../src/api/types.ts";
import { Exports, whileHeld } from "./support/exports.ts";
import { newOperator } from "./support/people.ts";
import { expect, openLaunch, rowOf, signIn, test } from "./support/test.ts";

test("an export is launched with filters and copies, and gets ready without a reload", async ({
  page,
  person,
}) => {
  await signIn(page, person);
  const dialog = await openLaunch(page);
  await expect(dialog.getByText("None of your exports of this kind is pending")).toBeVisible();
  await dialog.getByLabel("Created from").fill("2026-01-01");
  await dialog.getByLabel("Created to").fill("2026-12-31");
  await dialog.getByText("Completed", { exact: true }).click();
  await dialog.getByLabel("Amount from").fill("0.10");
  await dialog.getByLabel("Amount to").fill("99999999999999999999.99");
  await dialog.getByLabel("From balance account", { exact: true }).selectOption("Marketplace");
  await dialog.getByLabel("Copies to (CC)").fill("finance@example.com; audit@example.com,");
  const sent = page.waitForRequest((request) => request.method() === "POST" && /export$/.test(request.url()));
  await dialog.getByRole("button", { name: "Launch export" }).click();

  const request = await sent;
  expect(request.postData()).toContain('"amountMin":0.10,"amountMax":99999999999999999999.99');
  expect(request.postDataJSON()).toMatchObject({
    cc: ["finance@example.com", "audit@example.com"],
    filters: {
      createdAtFrom: "2026-01-01T00:00:00Z",
      createdAtTo: "2026-12-31T23:59:59Z",
      statuses: ["COMPLETED"],
      sourceBalanceAccountType: "MARKETPLACE",
    },
  });
  expect(request.headers()["idempotency-key"]).toMatch(/^[0-9a-f]{32}$/);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Actions", exact: true })).toBeFocused();
  const row = page.getByRole("row").filter({ hasText: person.email });
  await expect(row).toContainText(
    "1 Jan 2026 to 31 Dec 2026 · status Completed · amount 0.10 to 99,999,999,999,999,999,999.99",
  );
  await expect(row.getByText("Ready", { exact: true })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "is ready" })).toBeVisible();
});

test("a launch that ends after its form was closed says so, and neither closes nor moves anything", async ({
  page,
  person,
}) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/export", async (route) => {
    await released;
    await route.continue();
  });
  await signIn(page, person, "?dataset=funding-transfers&tab=records");
  await page.getByRole("button", { name: "Export CSV" }).click();
  await page.getByRole("button", { name: "Launch export" }).click();
  await expect(page.getByRole("button", { name: "Launching…" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.getByRole("button", { name: "Export CSV" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  release();
  await expect(page.getByText(/Export .* was launched/)).toBeVisible();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(page.url()).toContain("tab=records");
});

test("a kind that is exported whole has no filters to choose", async ({ page }) => {
  const person = await newOperator({ isAlone: true });
  await signIn(page, person, "?dataset=supplier-payouts");
  const dialog = await openLaunch(page, "supplier payouts");
  await expect(dialog.getByRole("group", { name: "What to export" })).toHaveCount(0);
  await dialog.getByRole("button", { name: "Launch export" }).click();
  await expect(page.getByRole("row").filter({ hasText: person.email })).toContainText("Ready");
});

test("addresses are judged as they are typed", async ({ page, person }) => {
  await signIn(page, person);
  const dialog = await openLaunch(page);
  const copies = dialog.getByLabel("Copies to (CC)");
  await copies.pressSequentially("finance@example.com, aud");
  await expect(dialog.getByRole("list", { name: "Copies" }).getByRole("listitem")).toHaveText([
    "finance@example.com",
    "aud …",
  ]);
  await expect(copies).toHaveAttribute("aria-invalid", "false");
  await copies.pressSequentially("it, ");
  await expect(copies).toHaveAttribute("aria-invalid", "true");
  await expect(copies).toHaveAccessibleDescription(/audit has no @/);
  await dialog.getByRole("button", { name: "Launch export" }).click();
  await expect(copies).toBeFocused();
  await copies.fill(`finance@example.com, FINANCE@example.com, ${person.email}`);
  await expect(dialog.getByText("already there")).toBeVisible();
  await expect(dialog.getByText("you get it anyway")).toBeVisible();
  await expect(copies).toHaveAttribute("aria-invalid", "false");
});

test("mistakes in the filters are told at their fields before anything is sent", async ({ page, person }) => {
  await signIn(page, person);
  const dialog = await openLaunch(page);
  await dialog.getByLabel("Created from").fill("2026-02-01");
  await dialog.getByLabel("Created to").fill("2026-01-01");
  await dialog.getByLabel("Amount from").fill("1,000");
  await dialog.getByRole("button", { name: "Launch export" }).click();
  await expect(dialog.getByLabel("Created to")).toBeFocused();
  await expect(dialog.getByLabel("Created to")).toHaveAccessibleDescription(/before the start date/);
  await expect(dialog.getByLabel("Amount from")).toHaveAccessibleDescription(/plain decimal/);
});

test("what the API refuses is told at its fields, in its own words", async ({ page, person }) => {
  await signIn(page, person);
  const dialog = await openLaunch(page);
  await dialog.getByLabel("Amount from").fill("20");
  await dialog.getByLabel("Amount to").fill("10");
  await dialog.getByLabel("Suppliers").fill("x".repeat(300));
  await dialog.getByRole("button", { name: "Launch export" }).click();
  await expect(dialog.getByLabel("Amount to")).toHaveAccessibleDescription(/Must not be less than amountMin/);
  await expect(dialog.getByLabel("Suppliers")).toHaveAccessibleDescription(/Must have 1 to 256 characters/);
  await expect(dialog.getByRole("alert")).toHaveCount(0);
  await expect(dialog.getByLabel("Amount to")).toBeFocused();
});

test("an export that is in the way is named, and gone when it has ended", async ({ page, person }) => {
  const exports = new Exports(person);
  await whileHeld(async () => {
    const pending = await exports.launch();
    await exports.set(pending, "rowsWritten", 1200);
    await signIn(page, person);
    const dialog = await openLaunch(page);
    await expect(dialog.getByRole("status").first()).toContainText(`${pending.exportId} of`);
    await expect(dialog.getByText("1,200 rows written")).toBeVisible();
    const launch = dialog.getByRole("button", { name: "Launch export" });
    await expect(launch).toHaveAttribute("aria-disabled", "true");
    await exports.giveUp(pending);
    await expect(dialog.getByText("None of your exports of this kind is pending")).toBeVisible();
    await expect(launch).toHaveAttribute("aria-disabled", "false");
  });
});

test("an export that somebody launches meanwhile is named by the API's refusal", async ({ page, person }) => {
  await signIn(page, person);
  const dialog = await openLaunch(page);
  await expect(dialog.getByText("None of your exports of this kind is pending")).toBeVisible();
  await whileHeld(async () => {
    const pending = await new Exports(person).launch();
    await dialog.getByRole("button", { name: "Launch export" }).click();
    await expect(dialog.getByRole("status").first()).toContainText(pending.exportId);
    await expect(dialog).toBeVisible();
    await new Exports(person).giveUp(pending);
  });
});

test("a launch whose answer was lost is not made twice", async ({ page, person }) => {
  await signIn(page, person);
  const dialog = await openLaunch(page);
  let isLost = false;
  await page.route("**/export", async (route) => {
    if (isLost) {
      return route.continue();
    }
    isLost = true;
    await route.fetch();
    return route.abort();
  });
  await dialog.getByRole("button", { name: "Launch export" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The service cannot be reached");
  await dialog.getByRole("button", { name: "Launch export" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("rowheader")).toHaveCount(1);
});

test("an export that is over is launched once more with changes: its form is filled in like it", async ({
  page,
  person,
}) => {
  const filters = { createdAtFrom: "2026-01-05T08:30:01Z", amountMax: "12345678901234567890.12345678" };
  const expired = await new Exports(person).makeExpired({ cc: ["finance@example.com"], filters });
  await signIn(page, person);
  await rowOf(page, expired.exportId)
    .getByRole("button", { name: /More actions/ })
    .click();
  await page.getByRole("menuitem", { name: "Launch with changes…" }).click();
  const dialog = page.getByRole("dialog", { name: "Export funding transfers again" });
  await expect(dialog.getByLabel("Copies to (CC)")).toHaveValue("finance@example.com");
  await expect(dialog.getByLabel("Amount to")).toHaveValue(filters.amountMax);
  await dialog.getByText("Failed", { exact: true }).click();
  const sent = page.waitForRequest((request) => request.method() === "POST" && /export$/.test(request.url()));
  await dialog.getByRole("button", { name: "Launch export" }).click();
  const request = await sent;
  expect(request.postData()).toContain('"amountMax":12345678901234567890.12345678');
  expect(request.postDataJSON()).toMatchObject({
    cc: ["finance@example.com"],
    filters: { createdAtFrom: filters.createdAtFrom, statuses: ["FAILED"] },
  });
  await expect(page.getByRole("rowheader")).toHaveCount(2);
});

test("columns are chosen and put in order with the keyboard and the pointer, for a spreadsheet of a language, compressed", async ({
  page,
  person,
}) => {
  await signIn(page, person);
  const dialog = await openLaunch(page);
  await dialog.getByText("Columns all 13").press("Enter");
  const names = () => dialog.getByRole("list", { name: "Columns" }).locator("code").allTextContents();
  await expect.poll(names).toHaveLength(13);
  const up = dialog.getByRole("button", { name: "Move Status up" });
  await up.press("Enter");
  await expect(up).toBeFocused();
  await up.press("Enter");
  expect((await names()).slice(0, 3)).toEqual(["status", "transferId", "createdAt"]);
  await expect(dialog.getByText("Status is now column 1 of 13.")).toBeAttached();

  const row = (name: string) => dialog.getByRole("listitem").filter({ hasText: name });
  await row("amount").locator(".grip").hover();
  await page.mouse.down();
  await row("transferId").hover({ force: true });
  await page.mouse.up();
  expect((await names()).slice(0, 4)).toEqual(["status", "amount", "transferId", "createdAt"]);

  const boxes = dialog.getByRole("list", { name: "Columns" }).getByRole("checkbox");
  for (let index = 0; index < 13; index += 1) {
    await boxes.nth(index).setChecked(false);
  }
  await dialog.getByRole("button", { name: "Launch export" }).click();
  await expect(dialog.getByText("Choose at least one column.")).toBeVisible();
  for (const index of [0, 1]) {
    await boxes.nth(index).setChecked(true);
  }
  await expect(dialog.getByText("2 of 13")).toBeVisible();
  await dialog.getByText("For spreadsheets").click();
  await dialog.getByLabel("The spreadsheet's language").selectOption("French");
  await expect(dialog.getByText("Opens in Excel with a double click")).toBeVisible();
  await dialog.getByRole("checkbox", { name: /^Compressed/ }).check();
  await expect(dialog.getByText("Once unpacked, opens in Excel with a double click")).toBeVisible();
  await expect(dialog.getByRole("status").last()).toContainText("before compression");
  const sent = page.waitForRequest((request) => request.method() === "POST" && /export$/.test(request.url()));
  await dialog.getByRole("button", { name: "Launch export" }).click();
  expect((await sent).postDataJSON()).toEqual({
    cc: [],
    columns: ["status", "amount"],
    profile: { name: "spreadsheet", locale: "fr" },
    compression: "gzip",
  });
});

test("columns, format and filters that the page cannot set are seen when an export is launched with changes", async ({
  page,
  person,
}) => {
  const profile = { name: "spreadsheet", locale: "de" } as const;
  const file = { columns: ["status", "amount"], profile, compression: "gzip" } as const;
  const expired = await new Exports(person).makeExpired(file);
  const filters = { ofLongAgo: "x" };
  await page.route("**/export?*", async (route) => {
    const response = await route.fetch();
    const list: ExportPage = await response.json();
    await route.fulfill({
      response,
      json: { ...list, items: list.items.map((item) => ({ ...item, filters })) },
    });
  });
  await signIn(page, person);
  const row = rowOf(page, expired.exportId);
  await expect(row).toContainText("ofLongAgo x · 2 columns · for spreadsheets in German · compressed");
  await row.getByRole("button", { name: /More actions/ }).click();
  await page.getByRole("menuitem", { name: "Launch with changes…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(
    dialog.getByText("of the export were not understood and are not applied: ofLongAgo"),
  ).toBeVisible();
  await expect(dialog.getByText("2 of 13")).toBeVisible();
  await expect(dialog.getByLabel("The spreadsheet's language")).toHaveValue("de");
  await expect(dialog.getByRole("checkbox", { name: /^Compressed/ })).toBeChecked();
  const sent = page.waitForRequest((request) => request.method() === "POST" && /export$/.test(request.url()));
  await dialog.getByRole("button", { name: "Launch export" }).click();
  expect((await sent).postDataJSON()).toEqual({ cc: [], ...file });
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("addresses that are pasted from a mail program are understood", async ({ page, person }) => {
  await signIn(page, person);
  const dialog = await openLaunch(page);
  await dialog.getByLabel("Copies to (CC)").fill('Ana Lopez <ana@x.example>; "Stone, Bob" <bob@x.example>;');
  await expect(dialog.getByRole("list", { name: "Copies" }).getByRole("listitem")).toHaveText([
    "ana@x.example",
    "bob@x.example",
  ]);
});
