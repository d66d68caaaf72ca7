import type { Page } from "@playwright/test";
import { Api } from "../../src/api/client.ts";
import type { Estimate, Filters, RecordItem } from "../../src/api/types.ts";
import { Exports } from "./support/exports.ts";
import { newOperator } from "./support/people.ts";
import { type Person, stack } from "./support/stack.ts";
import { expect, rowOf, signIn, test } from "./support/test.ts";

const RECORDS = "?dataset=funding-transfers&tab=records";

/** A page of records as the API has it. */
async function recordsOf(person: Person, filters: Filters = {}, limit = 25): Promise<RecordItem[]> {
  return (await new Api(stack.operatorApiUrl, person).records("funding-transfers", filters, { limit })).items;
}

const shownIds = (page: Page) => page.getByRole("rowheader").allTextContents();
const idsOf = (items: readonly RecordItem[]) => items.map(({ transferId }) => transferId);

test("records are the first thing to see, newest first, with their totals", async ({ page, person }) => {
  const exported = await new Exports(person).make();
  await signIn(page, person, "");
  await page.getByRole("link", { name: "Funding transfers" }).click();
  await expect(page.getByRole("heading", { name: "Funding transfers", exact: true })).toBeVisible();
  await expect.poll(() => shownIds(page)).toEqual(idsOf(await recordsOf(person)));

  const summary = page.getByRole("region", { name: "Summary" });
  // On a busy machine the local AWS may take longer than an estimate waits.
  await expect(async () => {
    await page.reload();
    await expect(summary.getByRole("heading")).toHaveText(`${exported.rowCount} funding transfers`, {
      timeout: 5000,
    });
  }).toPass();
  const totals = Object.keys(exported.manifest?.totals ?? {});
  await expect(summary.getByRole("list", { name: "Totals by currency" }).getByRole("listitem")).toHaveText(
    totals.map((currency) => new RegExp(`\\d ${currency}$`)),
  );
  await summary.getByText("As a table").click();
  const counts = summary.getByRole("row").getByRole("cell").nth(0);
  await expect(counts).toHaveText(/^\d+$/);
});

test("a dataset that cannot be filtered is added up as well", async ({ page, person }) => {
  await signIn(page, person, "?dataset=supplier-payouts&tab=records");
  await expect(page.getByRole("region", { name: "Summary" }).getByRole("heading")).toContainText(
    "supplier payouts",
  );
  await expect(page.getByRole("search").getByRole("button", { name: "Status" })).toHaveCount(0);
});

test("records without amounts and statuses are counted alone", async ({ page }) => {
  const person = await newOperator({ isAlone: true });
  const { exportId } = await new Exports(person, "supplier-payouts").make();
  await signIn(page, person, "?dataset=audit-events&tab=records");
  const summary = page.getByRole("region", { name: "Summary" });
  // An act is in the trail some seconds after it.
  await expect(async () => {
    await page.reload();
    await expect(summary.getByRole("heading")).toHaveText("2 audit events", { timeout: 3000 });
  }).toPass();
  await expect(summary.getByRole("list")).toHaveCount(0);
  await expect(summary.getByRole("combobox")).toHaveCount(0);
  await summary.getByText("As a table").click();
  await expect(summary.getByRole("columnheader")).toHaveText(["Day (UTC)", "Count"]);

  await rowOf(page, "Export launched").getByRole("button").click();
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByRole("definition").filter({ hasText: exportId })).toBeVisible();
  await expect(drawer.getByRole("definition").filter({ hasText: person.userId })).toBeVisible();
  await expect(drawer.getByText("no amount")).toHaveCount(0);
});

test("totals that could not be had are said to be missing, and come on another try", async ({
  page,
  person,
}) => {
  const totals: Estimate = {
    rowCount: { min: 7, max: 7, isExact: true },
    fileSize: { min: 700, max: 700, isExact: true },
    seconds: { min: 1, max: 2 },
    totals: {},
    statuses: null,
    days: null,
  };
  let isBroken = true;
  let count = 0;
  await page.route("**/export/estimate", (route) => {
    count += 1;
    return isBroken ? route.abort() : route.fulfill({ json: totals });
  });
  await signIn(page, person, RECORDS);
  const summary = page.getByRole("region", { name: "Summary" });
  await expect(summary.getByText("The funding transfers could not be added up.")).toBeVisible();
  isBroken = false;
  await summary.getByRole("button", { name: "Try again" }).click();
  await expect(summary.getByRole("heading")).toHaveText("7 funding transfers");
  const before = count;
  await page.getByLabel("Rows per page").selectOption("10");
  await expect(page.getByRole("rowheader")).toHaveCount(10);
  expect(count).toBe(before);
});

test("filters are set one by one, live in the address, and are taken away again", async ({
  page,
  person,
}) => {
  await signIn(page, person, RECORDS);
  await page.getByRole("button", { name: "Status", exact: true }).click();
  await page.getByRole("dialog").getByText("Failed", { exact: true }).click();
  const asked = page.waitForRequest((request) => request.url().includes("statuses=FAILED"));
  await page.getByRole("button", { name: "Apply" }).click();
  expect(new URL((await asked).url()).searchParams.getAll("statuses")).toEqual(["FAILED"]);
  expect(page.url()).toContain("&statuses=FAILED");
  await expect.poll(() => shownIds(page)).toEqual(idsOf(await recordsOf(person, { statuses: ["FAILED"] })));
  await expect(page.getByRole("button", { name: "Status Failed", exact: true })).toBeFocused();

  await page.getByRole("button", { name: "Amount", exact: true }).click();
  await page.getByLabel("Amount from").fill("1,000");
  await page.getByLabel("Amount from").press("Enter");
  await expect(page.getByLabel("Amount from")).toHaveAccessibleDescription(/plain decimal/);
  await page.getByLabel("Amount from").fill("1000");
  await page.getByLabel("Amount from").press("Enter");
  await expect(page.getByRole("button", { name: "Amount from 1,000" })).toBeVisible();
  const both = { statuses: ["FAILED"], amountMin: "1000" };
  await expect.poll(() => shownIds(page)).toEqual(idsOf(await recordsOf(person, both)));

  await page.reload();
  await expect(page.getByRole("button", { name: "Status Failed", exact: true })).toBeVisible();
  await expect.poll(() => shownIds(page)).toEqual(idsOf(await recordsOf(person, both)));
  await page.getByRole("button", { name: "Remove the filter Status" }).click();
  await expect.poll(() => shownIds(page)).toEqual(idsOf(await recordsOf(person, { amountMin: "1000" })));
  await page.goBack();
  await expect(page.getByRole("button", { name: "Status Failed", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect.poll(() => shownIds(page)).toEqual(idsOf(await recordsOf(person)));
});

test("a filter of the address that is not understood is named, also before an export", async ({
  page,
  person,
}) => {
  await signIn(page, person, `${RECORDS}&statuses=FAILED,PENDING&amountMin=0100`);
  const notice = "These filters of the address were not understood and are not applied: amountMin.";
  await expect(page.getByText(notice)).toBeVisible();
  await expect(page.getByRole("button", { name: "Status Failed, Pending", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Export CSV" }).click();
  await expect(page.getByRole("dialog").getByText(notice)).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Clear filters" }).first().click();
  await expect(page.getByText(notice)).toHaveCount(0);
});

test("a day is the chosen zone's, and a link means the same records everywhere", async ({ page, person }) => {
  await signIn(page, person, RECORDS);
  await page.getByLabel("Time zone").selectOption("local");
  await page.getByRole("button", { name: "Created at", exact: true }).click();
  await expect(page.getByLabel("Created to")).toHaveAccessibleDescription(/Whole days in Europe\/Paris/);
  await page.getByLabel("Created from").fill("2026-02-01");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByRole("button", { name: "Created at from 1 Feb 2026", exact: true })).toBeVisible();
  expect(page.url()).toContain("createdAtFrom=2026-01-31T23:00:00Z");
  await page.getByLabel("Time zone").selectOption("UTC");
  await expect(page.getByRole("button", { name: "Created at from 31 Jan 2026, 23:00:00 UTC" })).toBeVisible();
  expect(page.url()).toContain("createdAtFrom=2026-01-31T23:00:00Z");
});

test("a record's drawer has all its fields, and goes through the page's records", async ({
  page,
  person,
}) => {
  const [first, second] = await recordsOf(person);
  await signIn(page, person, RECORDS);
  await page.getByRole("button", { name: first?.transferId as string }).press("Enter");
  const drawer = page.getByRole("dialog");
  await expect(drawer).toHaveAccessibleName(`Transfer ${first?.transferId}`);
  await expect(drawer.getByRole("term")).toHaveCount(Object.keys(first ?? {}).length);
  expect(await drawer.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  await drawer.getByRole("button", { name: "Next" }).click();
  await expect(drawer).toHaveAccessibleName(`Transfer ${second?.transferId}`);
  await expect(drawer.getByRole("status").first()).toHaveText("2 of 25 on this page");
  await page.keyboard.press("Escape");
  await expect(drawer).toHaveCount(0);
  await expect(page.getByRole("button", { name: first?.transferId as string })).toBeFocused();
});

test("going back closes what was opened over another view", async ({ page, person }) => {
  await signIn(page, person, `${RECORDS}&statuses=FAILED`);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page.getByRole("button", { name: "Status", exact: true })).toBeVisible();
  await page.getByRole("rowheader").first().getByRole("button").click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("button", { name: "Status Failed", exact: true })).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.getByRole("link", { name: "Transactions" }).click();
  await page.getByRole("button", { name: "Export CSV" }).click();
  await expect(page.getByRole("dialog", { name: "Export transactions" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Funding transfers", exact: true })).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("suppliers are found by name with the keyboard, and any id can be typed", async ({ page, person }) => {
  const named = (await recordsOf(person, {}, 100)).find(({ supplierName }) => supplierName);
  const { supplierExternalId: id, supplierName: name } = named as Record<string, string>;
  await signIn(page, person, RECORDS);
  await page.getByRole("button", { name: "Suppliers", exact: true }).press("Enter");
  const field = page.getByRole("combobox", { name: "Suppliers" });
  await expect(field).toBeFocused();
  const suggestions = page.getByRole("listbox", { name: "Suggestions" });
  await field.pressSequentially((name as string).slice(0, 6));
  await expect(suggestions.getByRole("option").filter({ hasText: id as string })).toBeVisible();
  await field.press("ArrowDown");
  await expect(suggestions.getByRole("option", { selected: true })).toHaveCount(1);
  const option = await suggestions.getByRole("option", { selected: true }).locator(".small").textContent();
  await field.press("Enter");
  await field.pressSequentially("SUP-UNKNOWN");
  await field.press("Enter");
  await expect(page.getByRole("list", { name: "Chosen" }).getByRole("listitem")).toHaveText([
    option as string,
    "SUP-UNKNOWN",
  ]);
  await field.press("Backspace");
  await expect(page.getByRole("list", { name: "Chosen" }).getByRole("listitem")).toHaveCount(1);
  await field.press("Enter");
  await expect(page.getByRole("button", { name: `Suppliers ${option}` })).toBeFocused();
  expect(new URL(page.url()).searchParams.getAll("supplierIds")).toEqual([option]);
});

test("suppliers are chosen and applied with one click each", async ({ page, person }) => {
  await signIn(page, person, RECORDS);
  await page.getByRole("button", { name: "Suppliers", exact: true }).click();
  const option = page.getByRole("listbox", { name: "Suggestions" }).getByRole("option").first();
  await option.hover();
  await page.mouse.down();
  await expect(page.getByRole("list", { name: "Chosen" })).toHaveCount(0);
  await page.mouse.up();
  const chosen = page.getByRole("list", { name: "Chosen" }).getByRole("listitem");
  await expect(chosen).toHaveCount(1);
  const id = (await chosen.textContent()) as string;
  await expect(page.getByRole("combobox", { name: "Suppliers" })).toBeFocused();
  await page.getByRole("combobox", { name: "Suppliers" }).pressSequentially("SUP-UNKNOWN");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByRole("button", { name: `Suppliers ${id}, SUP-UNKNOWN` })).toBeVisible();
  expect(new URL(page.url()).searchParams.getAll("supplierIds")).toEqual([id, "SUP-UNKNOWN"]);
});

test("a search that stops to answer soon says how far it came, and goes on", async ({ page, person }) => {
  const items = await recordsOf(person);
  const answers = [
    { items: items.slice(0, 2), nextCursor: "c1", lookedThroughTo: "2026-06-03T10:00:00Z" },
    { items: items.slice(2, 3), nextCursor: null },
  ];
  let isBroken = false;
  await page.route("**/v1/payments/funding-transfers?*", (route) =>
    isBroken ? route.abort() : route.fulfill({ json: answers.shift() }),
  );
  await signIn(page, person, RECORDS);
  await expect(page.getByText("Looked back to 3 Jun 2026, 10:00 UTC.")).toBeVisible();
  isBroken = true;
  await page.getByRole("button", { name: "Look further" }).click();
  await expect(page.getByRole("alert")).toContainText("The service cannot be reached");
  await expect.poll(() => shownIds(page)).toEqual(idsOf(items.slice(0, 2)));
  isBroken = false;
  const further = page.waitForRequest((request) => request.url().includes("cursor=c1"));
  await page.getByRole("button", { name: "Try again" }).last().click();
  await further;
  await expect.poll(() => shownIds(page)).toEqual(idsOf(items.slice(0, 3)));
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Look further" })).toHaveCount(0);
});

test("no records at all, none for these filters, and a list that cannot be had are told apart", async ({
  page,
}) => {
  await signIn(page, await newOperator({ isAlone: true }), RECORDS);
  await expect(page.getByRole("heading", { name: "No funding transfers yet" })).toBeVisible();
  await page.goto(`${stack.consoleUrl}${RECORDS}&amountMin=10`);
  await expect(page.getByRole("heading", { name: "No funding transfers match these filters" })).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).last().click();
  await expect(page.getByRole("heading", { name: "No funding transfers yet" })).toBeVisible();
  await page.route("**/v1/payments/*?*", (route) => route.abort());
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("The service cannot be reached");
  await page.unroute("**/v1/payments/*?*");
  await page.getByRole("button", { name: "Try again" }).last().click();
  await expect(page.getByRole("heading", { name: "No funding transfers yet" })).toBeVisible();
});

test("an export of what is filtered has exactly these filters, and leads back to its records", async ({
  page,
  person,
}) => {
  await signIn(page, person, `${RECORDS}&createdAtFrom=2026-01-01T00:00:01Z&statuses=FAILED`);
  await page.getByRole("button", { name: "Export CSV" }).click();
  const dialog = page.getByRole("dialog", { name: "Export funding transfers" });
  await expect(dialog.getByText(/\d+ funding transfers, about [\d.]+ .*(bytes|kB), ready in/)).toBeVisible();
  await expect(dialog.getByLabel("Created from")).toHaveAccessibleDescription(/exactly 1 Jan 2026, 00:00:01/);
  await expect(dialog.getByText("None of your exports of this kind is pending")).toBeVisible();
  const sent = page.waitForRequest((request) => request.method() === "POST" && /export$/.test(request.url()));
  await dialog.getByRole("button", { name: "Launch export" }).click();
  expect((await sent).postDataJSON().filters).toEqual({
    createdAtFrom: "2026-01-01T00:00:01Z",
    statuses: ["FAILED"],
  });
  await expect(page.getByRole("heading", { name: "Exports of funding transfers" })).toBeVisible();
  const row = page.getByRole("row").filter({ hasText: person.email });
  await expect(row).toContainText("Ready");
  await row.getByRole("link", { name: /Show its records/ }).click();
  await expect(page.getByRole("button", { name: "Status Failed", exact: true })).toBeVisible();
  expect(page.url()).toContain("tab=records&createdAtFrom=2026-01-01T00:00:01Z&statuses=FAILED");
});

test("the estimate follows the form, and an export of very many records is told in round numbers", async ({
  page,
  person,
}) => {
  const bodies: (string | null)[] = [];
  const many: Estimate = {
    rowCount: { min: 1_213_456, max: 1_534_567, isExact: false },
    fileSize: { min: 210_000_000, max: 260_000_000, isExact: false },
    seconds: { min: 20, max: 50 },
    totals: null,
    statuses: null,
    days: null,
  };
  await page.route("**/export/estimate", (route) => {
    bodies.push(route.request().postData());
    return route.fulfill({ json: many });
  });
  await signIn(page, person, RECORDS);
  await expect(
    page.getByRole("heading", { name: "About 1.2 to 1.5 million funding transfers" }),
  ).toBeVisible();
  await expect(page.getByText("Too many to add up here")).toBeVisible();
  await page.getByRole("button", { name: "Export CSV" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("about 210 to 260 MB, ready in less than a minute.")).toBeVisible();
  bodies.length = 0;
  await dialog.getByLabel("Amount from").pressSequentially("100.50");
  await expect.poll(() => bodies).toEqual(['{"filters":{"amountMin":100.50}}']);
  await dialog.getByLabel("Amount from").fill("ten");
  await expect(dialog.getByText(/Estimating|ready in/)).toHaveCount(0);
});

test("a supplier sees its own records, and neither a column nor a filter of suppliers", async ({ page }) => {
  const { supplier } = stack.keys;
  const [first] = await recordsOf(supplier);
  await signIn(page, supplier, RECORDS);
  await expect(rowOf(page, first?.transferId as string)).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Supplier", exact: true })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Suppliers", exact: true })).toHaveCount(0);
});
