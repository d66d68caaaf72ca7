import type { ExportPage, Manifest } from "../../src/api/types.ts";
import { Exports, whileHeld } from "./support/exports.ts";
import { newOperator } from "./support/people.ts";
import { expect, openLaunch, rowOf, signIn, test } from "./support/test.ts";

test("a row tells all that is known of an export", async ({ page, person, context }) => {
  const cc = ["a@example.com", "b@example.com", "c@example.com"];
  const item = await new Exports(person).make({ cc, filters: { statuses: ["FAILED"], amountMin: "0.10" } });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page, person);
  const row = rowOf(page, item.exportId);
  await expect(row).toContainText("Ready");
  await expect(row).toContainText("status Failed · amount from 0.10");
  await expect(row.getByRole("cell").filter({ hasText: person.email })).toContainText("and 3 more");
  await expect(row.getByText("c@example.com")).toBeHidden();
  await row.getByText("and 3 more").click();
  await expect(row.getByText("c@example.com")).toBeVisible();

  const time = row.locator("time").first();
  const utc = `${new Date(item.createdAt).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  await expect(time).toHaveAttribute("title", utc);
  await expect(time).toHaveText(shownTime(item.createdAt, "UTC"));
  const rows = new Intl.NumberFormat("en-GB").format(item.rowCount as number);
  await expect(row.getByRole("cell").getByText(rows, { exact: true })).toBeVisible();
  await expect(row.getByTitle(/bytes$/)).toHaveText(/\d (bytes|kB|MB)$/);

  await row.getByRole("button", { name: /Copy the export ID/ }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(item.exportId);
  await expect(page.getByRole("status").filter({ hasText: `Copied ${item.exportId}` })).toBeVisible();
});

function shownTime(time: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone });
  return format.format(new Date(time));
}

test("what a file adds up to and its SHA-256 are shown when they are asked for", async ({
  page,
  person,
  context,
}) => {
  const item = await new Exports(person).make();
  const { sha256, totals } = item.manifest as Manifest;
  expect(Object.keys(totals).length).toBeGreaterThan(1);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page, person);
  const toggle = rowOf(page, item.exportId).getByRole("button", { name: /^Totals and SHA-256/ });
  await expect(toggle).toHaveAttribute("aria-expanded", "false");
  await expect(page.getByText(sha256)).toHaveCount(0);
  await toggle.click();
  await expect(toggle).toHaveAttribute("aria-expanded", "true");
  const below = page.getByRole("row").filter({ hasText: sha256 });
  await expect(below).toHaveAttribute("id", (await toggle.getAttribute("aria-controls")) as string);
  await expect(below.getByRole("listitem")).toHaveText(
    Object.entries(totals).map(([currency, total]) => `${currency} ${grouped(total)}`),
  );

  await below.getByRole("button", { name: /Copy the SHA-256 of export/ }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(sha256);
  await expect(page.getByRole("status").filter({ hasText: `Copied ${sha256}` })).toBeVisible();
  await toggle.press("Enter");
  await expect(below).toHaveCount(0);
});

function grouped(decimal: string): string {
  const [whole = "", ...decimals] = decimal.split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...decimals].join(".");
}

test("a total is shown digit for digit, however large", async ({ page, person }) => {
  const item = await new Exports(person).make();
  await page.route("**/export?*", async (route) => {
    const response = await route.fetch();
    const list: ExportPage = await response.json();
    for (const { manifest } of list.items) {
      Object.assign(manifest as Manifest, {
        totals: { EUR: "12345678901234567890.10", JPY: "-9007199254740993", USD: "0.00" },
      });
    }
    await route.fulfill({ response, json: list });
  });
  await signIn(page, person);
  await rowOf(page, item.exportId)
    .getByRole("button", { name: /^Totals/ })
    .click();
  await expect(page.getByRole("row").getByRole("listitem")).toHaveText([
    "EUR 12,345,678,901,234,567,890.10",
    "JPY -9,007,199,254,740,993",
    "USD 0.00",
  ]);
});

test("a file without rows adds up to nothing, and still has its SHA-256", async ({ page, person }) => {
  const exports = new Exports(person);
  const item = await exports.makeExpired({ filters: { createdAtFrom: "2099-01-01T00:00:00Z" } });
  expect(item.manifest?.totals).toEqual({});
  await signIn(page, person);
  await rowOf(page, item.exportId)
    .getByRole("button", { name: /^Totals/ })
    .click();
  await expect(page.getByText("none, as the file has no rows")).toBeVisible();
  await expect(page.getByText((item.manifest as Manifest).sha256)).toBeVisible();
});

test("an export without a file has no totals", async ({ page, person }) => {
  const exports = new Exports(person);
  await whileHeld(async () => {
    const failed = await exports.makeFailed();
    const pending = await exports.launch();
    await signIn(page, person);
    for (const { exportId } of [failed, pending]) {
      await expect(rowOf(page, exportId)).toBeVisible();
    }
    await expect(page.getByRole("button", { name: /^Totals/ })).toHaveCount(0);
    await exports.giveUp(pending);
  });
});

test("an empty history says how to fill it, and an empty filter how to leave it", async ({ page }) => {
  await signIn(page, await newOperator({ isAlone: true }));
  await expect(page.getByRole("heading", { name: "No exports yet" })).toBeVisible();
  await page.getByRole("button", { name: "Export funding transfers…" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Export funding transfers…" })).toBeFocused();
  await page.getByText("Failed", { exact: true }).click();
  await expect(page.getByRole("heading", { name: "No export matches these filters" })).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).last().click();
  await expect(page.getByRole("heading", { name: "No exports yet" })).toBeVisible();
});

test("while the list is on its way, the page says so", async ({ page, person }) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/export?*", async (route) => {
    await released;
    await route.continue();
  });
  await signIn(page, person);
  await expect(page.getByText("Loading the exports…")).toBeAttached();
  release();
  await expect(page.getByRole("heading", { name: "No exports yet" })).toBeVisible();
});

test("a list that cannot be had says why, names the request and offers another try", async ({
  page,
  person,
}) => {
  await page.route("**/export?*", (route) =>
    route.fulfill({
      status: 500,
      json: {
        code: "INTERNAL_ERROR",
        title: "Something went wrong",
        detail: "Try again.",
        status: 500,
        requestId: "req-7",
      },
    }),
  );
  await signIn(page, person);
  await expect(page.getByRole("alert")).toContainText("Something went wrong");
  await expect(page.getByRole("alert")).toContainText("req-7");
  await page.unroute("**/export?*");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "No exports yet" })).toBeVisible();
});

test("without a network the page says so", async ({ page, person, context }) => {
  await signIn(page, person);
  await context.setOffline(true);
  await page.getByRole("link", { name: "Transactions" }).click();
  await expect(page.getByRole("alert")).toContainText("The service cannot be reached");
  await context.setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "No exports yet" })).toBeVisible();
});

test("a throttled request is made again when it may be", async ({ page, person }) => {
  let refusals = 0;
  await page.route("**/export?*", (route) => {
    refusals += 1;
    return refusals > 2
      ? route.continue()
      : route.fulfill({
          status: 429,
          headers: { "Retry-After": "1" },
          json: { code: "TOO_MANY_REQUESTS", title: "Too many requests", detail: "Wait.", status: 429 },
        });
  });
  await signIn(page, person);
  await expect(page.getByRole("heading", { name: "No exports yet" })).toBeVisible();
  expect(refusals).toBe(3);
});

test("pages, sorting, filters and kind are in the address: reload, back and forward restore them", async ({
  page,
  person,
}) => {
  const exports = new Exports(person);
  const ids: string[] = [];
  await whileHeld(async () => {
    for (let index = 0; index < 11; index += 1) {
      ids.push((await exports.makeFailed()).exportId);
    }
  });
  const shown = () => page.getByRole("rowheader").locator("code").allTextContents();
  const newestFirst = ids.toReversed();
  await signIn(page, person, "?dataset=funding-transfers&limit=10");
  await expect.poll(shown).toEqual(newestFirst.slice(0, 10));

  await page.getByRole("button", { name: "Next" }).click();
  await expect.poll(shown).toEqual(newestFirst.slice(10));
  await expect(page.getByText("Page 2")).toBeVisible();
  await page.reload();
  await expect.poll(shown).toEqual(newestFirst.slice(10));
  await page.getByRole("button", { name: "Previous" }).click();
  await expect.poll(shown).toEqual(newestFirst.slice(0, 10));

  await page.getByRole("button", { name: "Created at" }).click();
  await expect(page.getByRole("columnheader", { name: "Created at" })).toHaveAttribute(
    "aria-sort",
    "ascending",
  );
  await expect.poll(shown).toEqual(ids.slice(0, 10));
  await page.getByText("Ready", { exact: true }).click();
  await expect(page.getByRole("heading", { name: "No export matches these filters" })).toBeVisible();
  expect(page.url()).toContain("status=READY&sort=createdAt:asc&limit=10");

  await page.goBack();
  await expect.poll(shown).toEqual(ids.slice(0, 10));
  await page.goBack();
  await expect.poll(shown).toEqual(newestFirst.slice(0, 10));
  await page.goBack();
  await expect.poll(shown).toEqual(newestFirst.slice(10));
  await page.goForward();
  await page.goForward();
  await expect.poll(shown).toEqual(ids.slice(0, 10));
  await page.goForward();
  await expect(page.getByRole("checkbox", { name: "Ready" })).toBeChecked();

  await page.getByRole("link", { name: "Supplier payouts" }).click();
  await expect(page.getByRole("heading", { name: "Exports of supplier payouts" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Exports of funding transfers" })).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "Ready" })).toBeChecked();
});

test("days and times are UTC's until the reader asks for their own, and stay so", async ({
  page,
  person,
}) => {
  const item = await new Exports(person).make({ filters: { createdAtFrom: "2026-01-01T00:00:00Z" } });
  await signIn(page, person);
  const row = rowOf(page, item.exportId);
  await expect(page.getByRole("columnheader", { name: "Created at (UTC)" })).toBeVisible();
  await expect(row).toContainText("from 1 Jan 2026");
  await expect(page.getByLabel("Start date (UTC)")).toBeVisible();

  await page.getByLabel("Time zone").selectOption("My time zone (Europe/Paris)");
  await expect(page.getByRole("columnheader", { name: "Created at (Europe/Paris)" })).toBeVisible();
  await expect(row.locator("time").first()).toHaveText(shownTime(item.createdAt, "Europe/Paris"));
  await expect(row).toContainText("from 1 Jan 2026, 01:00:00 CET");
  await expect(page.getByLabel("Start date (Europe/Paris)")).toBeVisible();

  await page.reload();
  await expect(page.getByLabel("Time zone")).toHaveValue("local");
  const dialog = await openLaunch(page);
  await expect(dialog.getByLabel("Created to")).toHaveAccessibleDescription(/Whole days in Europe\/Paris/);
  await dialog.getByLabel("Created from").fill("2026-07-01");
  const sent = page.waitForRequest((request) => request.method() === "POST" && /export$/.test(request.url()));
  await dialog.getByRole("button", { name: "Launch export" }).click();
  expect((await sent).postDataJSON().filters).toEqual({ createdAtFrom: "2026-06-30T22:00:00Z" });
});

test("statuses are chosen together, and days are whole ones of the chosen zone", async ({ page, person }) => {
  const exports = new Exports(person);
  const ready = await exports.make();
  const expired = await exports.makeExpired();
  await signIn(page, person);
  await expect(rowOf(page, ready.exportId)).toBeVisible();
  await page.getByLabel("Time zone").selectOption("local");
  await page.getByText("Ready", { exact: true }).first().click();
  await expect(rowOf(page, expired.exportId)).toBeHidden();
  await page.locator("label").filter({ hasText: "Expired" }).click();
  await expect(rowOf(page, ready.exportId)).toBeVisible();
  await expect(rowOf(page, expired.exportId)).toBeVisible();
  expect(page.url()).toContain("status=READY,EXPIRED");

  const day = (offset: number) =>
    new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Paris" }).format(Date.now() + offset * 86_400_000);
  const asked = page.waitForRequest((request) => request.url().includes("createdAtFrom"));
  await page.getByLabel("Start date").fill(day(0));
  const query = new URL((await asked).url()).searchParams;
  expect(new Date(query.get("createdAtFrom") as string).getTime()).toBe(
    new Date(`${day(0)}T00:00:00+01:00`).getTime() - (isSummer(day(0)) ? 3_600_000 : 0),
  );
  await expect(rowOf(page, ready.exportId)).toBeVisible();
  await page.getByLabel("End date").fill(day(-1));
  await expect(page.getByLabel("End date")).toHaveAccessibleDescription(/before the start date/);
  await page.getByLabel("Start date").fill(day(-2));
  await expect(page.getByRole("heading", { name: "No export matches these filters" })).toBeVisible();
  expect(page.url()).toContain(`from=${day(-2)}&to=${day(-1)}`);
  await page.reload();
  await expect(page.getByLabel("End date")).toHaveValue(day(-1));
});

function isSummer(day: string): boolean {
  const zone = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Paris", timeZoneName: "shortOffset" });
  return zone.format(new Date(`${day}T12:00:00Z`)).includes("+2");
}

test("somebody else's page opens at its start", async ({ page, person }) => {
  await new Exports(person).make();
  await signIn(page, person, "?dataset=funding-transfers&cursor=of-somebody-else");
  await expect(page.getByText("This is the first page.")).toBeVisible();
  await expect(page.getByRole("rowheader")).toHaveCount(1);
  expect(page.url()).not.toContain("cursor");
});

test("a launch from a filtered page shows the new export", async ({ page, person }) => {
  await signIn(page, person, "?dataset=funding-transfers&status=EXPIRED&sort=createdAt:asc");
  const dialog = await openLaunch(page);
  await dialog.getByRole("button", { name: "Launch export" }).click();
  await expect(page.getByRole("rowheader")).toHaveCount(1);
  expect(page.url()).not.toContain("status");
});
