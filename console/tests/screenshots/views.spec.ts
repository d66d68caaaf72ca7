import type { Page } from "@playwright/test";
import type { Export } from "../../src/api/types.ts";
import { Exports, whileHeld } from "../browser/support/exports.ts";
import { newOperator } from "../browser/support/people.ts";
import { type Person, stack } from "../browser/support/stack.ts";
import { openLaunch, rowOf, signIn, test } from "../browser/support/test.ts";

const FOLDER = "screenshots";
const RECORDS = "?dataset=funding-transfers&tab=records";
const DESK = { width: 1440, height: 720 };
const PHONE = { width: 390, height: 844 };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function take(page: Page, name: string, fullPage = false): Promise<unknown> {
  return page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage, animations: "disabled" });
}

/** Moves an export into the past, as far as the page can tell. */
async function age(exports: Exports, item: Export, milliseconds: number): Promise<void> {
  const created = Date.now() - milliseconds;
  await exports.set(item, "createdAt", new Date(created).toISOString());
  await exports.set(item, "readyAt", Math.floor(created / 1000) + 8);
  await exports.set(item, "expiresAt", Math.floor((created + 7 * DAY) / 1000) + 8);
}

/** A history of some weeks, its newest export still pending. */
async function live(exports: Exports, run: (items: { expired: Export; ready: Export }) => Promise<void>) {
  const cc = ["finance@harbour.example"];
  const team = [...cc, "audit@harbour.example", "treasury@harbour.example"];
  const january = { createdAtFrom: "2026-01-01T00:00:00Z", createdAtTo: "2026-01-31T23:59:59Z" };
  const may = { createdAtFrom: "2026-05-01T00:00:00Z", createdAtTo: "2026-05-31T23:59:59Z" };
  const expired = await exports.make({ cc: team, filters: january });
  await age(exports, expired, 21 * DAY);
  await age(exports, await exports.make({ cc, filters: { statuses: ["FAILED"] } }), 14 * DAY);
  const recent = await exports.make({
    cc: team,
    filters: { ...may, statuses: ["COMPLETED"], amountMin: "100" },
  });
  await age(exports, recent, 3 * DAY + 5 * HOUR);
  await whileHeld(async () => {
    const failed = await exports.makeFailed({ filters: { targetBalanceAccountType: "SUPPLIER" } });
    await exports.set(failed, "createdAt", new Date(Date.now() - 2 * DAY).toISOString());
  });
  const ready = await exports.make({ cc });
  await age(exports, ready, 26 * HOUR);
  await whileHeld(async () => {
    const pending = await exports.launch({ cc: team });
    await exports.begin(pending, 180);
    await run({ expired, ready });
    await exports.giveUp(pending);
  });
}

async function details(page: Page, { exportId }: Export, name: string): Promise<void> {
  await rowOf(page, exportId)
    .getByRole("link", { name: /^Details/ })
    .click();
  await page.getByText(/Link (never )?used/).waitFor();
  await take(page, name);
  const { height, width } = page.viewportSize() ?? PHONE;
  await page.setViewportSize({ width, height: 1500 });
  await take(page, `${name}-whole`);
  await page.setViewportSize({ width, height });
  await page.keyboard.press("Escape");
}

async function views(page: Page, person: Person, theme: string, items: { expired: Export; ready: Export }) {
  await page.goto(stack.consoleUrl);
  await take(page, `${theme}-sign-in`);
  await signIn(page, person, RECORDS);
  await page.getByRole("img", { name: /^Bars by/ }).waitFor();
  await take(page, `${theme}-records`);
  await page.getByRole("button", { name: "Suppliers", exact: true }).click();
  await page.getByRole("listbox").getByRole("option").first().waitFor();
  await take(page, `${theme}-filter`);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.getByRole("rowheader").getByRole("button").nth(2).click();
  await take(page, `${theme}-record`);
  await page.keyboard.press("Escape");

  await page.goto(`${stack.consoleUrl}?dataset=funding-transfers`);
  await page.getByText("180 rows written").waitFor();
  await take(page, `${theme}-history`);

  await rowOf(page, items.ready.exportId)
    .getByRole("button", { name: /Totals/ })
    .click();
  await take(page, `${theme}-totals`);
  await details(page, items.ready, `${theme}-details`);

  const dialog = await openLaunch(page);
  await dialog.getByText("is still pending").waitFor();
  await dialog.getByRole("button", { name: "Last month" }).click();
  await dialog.getByLabel("Amount from").fill("1,000");
  await dialog.getByLabel("Amount from").press("Enter");
  await dialog.getByLabel("Copies to (CC)").fill("finance@harbour.example, audit, lena@harbour.example");
  await take(page, `${theme}-launch`);
  await page.keyboard.press("Escape");

  await rowOf(page, items.expired.exportId)
    .getByRole("button", { name: /More actions/ })
    .click();
  await take(page, `${theme}-more`);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");

  await rowOf(page, items.ready.exportId)
    .getByRole("button", { name: /Resend/ })
    .click();
  await take(page, `${theme}-resend`);
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Actions", exact: true }).click();
  await page.goto(`${stack.consoleUrl}?dataset=transactions`);
  await page.getByRole("button", { name: "Actions", exact: true }).click();
  await page.getByText("No exports yet").waitFor();
  await take(page, `${theme}-empty`);
  await page.keyboard.press("Escape");

  await page.setViewportSize(PHONE);
  await page.goto(`${stack.consoleUrl}${RECORDS}`);
  await page.getByRole("img", { name: /^Bars by/ }).waitFor();
  await take(page, `${theme}-phone-records`);
  await page.goto(`${stack.consoleUrl}?dataset=funding-transfers`);
  await page.getByText("180 rows written").waitFor();
  await take(page, `${theme}-phone`, true);
  await details(page, items.ready, `${theme}-phone-details`);
  await rowOf(page, items.ready.exportId)
    .getByRole("button", { name: /Totals/ })
    .click();
  await take(page, `${theme}-phone-totals`, true);
  await openLaunch(page);
  await take(page, `${theme}-phone-launch`);
}

/** A manager's webhook that was tried once, in vain. */
async function webhooks(page: Page, theme: string): Promise<void> {
  await page.setViewportSize(DESK);
  await page.goto(stack.consoleUrl);
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page, await newOperator({ isAlone: true, isManager: true }), "?tab=webhooks");
  await page.getByRole("button", { name: "Add a webhook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Only some").click();
  await dialog.getByLabel("URL").fill("https://hooks.invalid/exports");
  await dialog.getByLabel("What it is for").fill("Tells the ledger's loader");
  await take(page, `${theme}-webhook-add`);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await dialog.getByText(/^whsec_/).waitFor();
  await take(page, `${theme}-webhook-secret`);
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: /^More actions for/ }).click();
  await take(page, `${theme}-webhooks`);
  await page.getByRole("menuitem", { name: "Send a test" }).click();
  await page.getByRole("button", { name: /^Deliveries/ }).click();
  await dialog.getByText("1 attempt").click();
  await take(page, `${theme}-webhook-deliveries`);
  await page.keyboard.press("Escape");
  await page.setViewportSize(PHONE);
  await take(page, `${theme}-phone-webhooks`);
}

async function schedules(page: Page, theme: string): Promise<void> {
  await page.setViewportSize(DESK);
  await page.goto(stack.consoleUrl);
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page, await newOperator({ isAlone: true }), "?tab=schedules");
  const dialog = page.getByRole("dialog");
  for (const [name, often] of [
    ["Morning file", "Daily"],
    ["Close of month", "Monthly"],
    ["Week", "Weekly"],
  ] as const) {
    await page.getByRole("button", { name: "New schedule…" }).click();
    await dialog.getByLabel("Name", { exact: true }).fill(name);
    await dialog.getByLabel("How often").selectOption(often);
    await take(page, `${theme}-schedule-${often.toLowerCase()}`);
    await dialog.getByRole("button", { name: "Make the schedule" }).click();
    await dialog.getByRole("list", { name: "Next runs" }).waitFor();
    await take(page, `${theme}-schedule-details`);
    await page.keyboard.press("Escape");
  }
  await page.getByRole("button", { name: "More actions for Morning file" }).click();
  await page.getByRole("menuitem", { name: "Pause" }).click();
  await page.getByText("Paused", { exact: true }).waitFor();
  await take(page, `${theme}-schedules`);
  await page.setViewportSize(PHONE);
  await take(page, `${theme}-phone-schedules`, true);
}

for (const colorScheme of ["light", "dark"] as const) {
  test(colorScheme, async ({ page }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(DESK);
    const person = await newOperator({ email: "olga@harbour.example" });
    await live(new Exports(person), (items) => views(page, person, colorScheme, items));
    await webhooks(page, colorScheme);
    await schedules(page, colorScheme);
  });
}
