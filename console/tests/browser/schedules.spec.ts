import type { Locator, Page } from "@playwright/test";
import type { ExportPage, Schedule } from "../../src/api/types.ts";
import { Exports } from "./support/exports.ts";
import { newOperator } from "./support/people.ts";
import { expect, signIn, test } from "./support/test.ts";

const PERIOD = {
  from: "2026-01-31T23:00:00Z",
  to: "2026-02-28T22:59:59Z",
  firstDay: "2026-02-01",
  lastDay: "2026-02-28",
  timeZone: "Europe/Paris",
};

async function choose(page: Page, action: string): Promise<void> {
  await page.getByRole("button", { name: /^More actions for/ }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

async function openNew(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "New schedule…" }).click();
  const form = page.getByRole("dialog", { name: "New schedule" });
  await expect(form).toBeVisible();
  return form;
}

/** Makes a daily schedule of everything, and closes what is shown of it. */
async function make(page: Page, name: string, dataset: string): Promise<void> {
  const form = await openNew(page);
  await form.getByLabel("Name", { exact: true }).fill(name);
  await form.getByLabel("Dataset").selectOption(dataset);
  await form.getByRole("button", { name: "Make the schedule" }).click();
  await expect(page.getByRole("dialog", { name })).toBeVisible();
  await page.keyboard.press("Escape");
}

test("a schedule is made, and says in words when it runs and what each run exports", async ({ page }) => {
  const person = await newOperator({ isAlone: true });
  await signIn(page, person);
  await page.getByRole("link", { name: "Schedules" }).click();
  await expect(page.getByRole("heading", { name: "No schedules yet" })).toBeVisible();
  const form = await openNew(page);
  await expect(form.getByLabel("Time zone")).toHaveValue("Europe/Paris");
  await form.getByRole("button", { name: "Make the schedule" }).click();
  await expect(form.getByLabel("Name", { exact: true })).toBeFocused();
  await expect(form.getByLabel("Name", { exact: true })).toHaveAccessibleDescription(/Write a name/);

  await form.getByLabel("Name", { exact: true }).fill("Close of month");
  await form.getByLabel("Dataset").selectOption("Funding transfers");
  await expect(form.getByLabel("Created from")).toHaveCount(0);
  await expect(form.getByLabel("Changed since")).toHaveCount(0);
  await form.getByLabel("How often").selectOption("Monthly");
  await form.getByLabel("On this day").selectOption("The last day");
  await form.getByLabel("Time", { exact: true }).fill("07:15");
  await form.getByText("Failed", { exact: true }).click();
  await form.getByLabel("Amount from").fill("0.10");
  await form.getByText("For spreadsheets").click();
  await form.getByRole("checkbox", { name: /^Compressed/ }).check();
  await form.getByLabel("Copies to (CC)").fill("finance@example.com");
  const sent = page.waitForRequest((request) => request.method() === "POST");
  await form.getByRole("button", { name: "Make the schedule" }).click();
  const request = await sent;
  expect(request.postData()).toContain('"amountMin":0.10');
  expect(request.postDataJSON()).toEqual({
    name: "Close of month",
    dataset: "funding-transfers",
    filters: { statuses: ["FAILED"], amountMin: 0.1 },
    profile: { name: "spreadsheet", locale: "en" },
    compression: "gzip",
    cc: ["finance@example.com"],
    when: { every: "MONTH", at: "07:15", timeZone: "Europe/Paris", dayOfMonth: "LAST" },
  });

  const drawer = page.getByRole("dialog", { name: "Close of month" });
  const runs = drawer.getByRole("list", { name: "Next runs" }).getByRole("listitem");
  await expect(runs).toHaveCount(5);
  await expect(runs.first()).toContainText(/0[56]:15 UTC.*1 \w+ \d{4} to \d\d \w+ \d{4} in Europe\/Paris/);
  await expect(drawer).toContainText("On the last day of each month at 07:15, Europe/Paris");
  await expect(drawer).toContainText("status Failed");
  await expect(drawer).toContainText("for spreadsheets in English, compressed (.csv.gz)");
  await expect(drawer).toContainText("finance@example.com");
  await page.keyboard.press("Escape");
  const row = page.getByRole("row").filter({ hasText: "Close of month" });
  await expect(row).toContainText("Funding transfers");
  await expect(row).toContainText("On the last day of each month at 07:15, Europe/Paris");
  await expect(row).toContainText("None yet");
  await expect(row).toContainText("Active");
});

test("a schedule is changed, and a refusal is shown at its field", async ({ page }) => {
  await signIn(page, await newOperator({ isAlone: true }), "?tab=schedules");
  await make(page, "Morning file", "Supplier payouts");
  await choose(page, "Edit…");
  const form = page.getByRole("dialog", { name: "Edit the schedule" });
  await expect(form.getByLabel("Name", { exact: true })).toHaveValue("Morning file");
  await expect(form.getByLabel("Dataset")).toHaveCount(0);
  await form.getByLabel("How often").selectOption("Weekly");
  await form.getByText("Thursday", { exact: true }).click();
  await expect(form.getByText("It begins anew")).toBeVisible();
  await form.getByLabel("Time zone").fill("Mars/Olympus");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByLabel("Time zone")).toBeFocused();
  await expect(form.getByLabel("Time zone")).toHaveAttribute("aria-invalid", "true");
  await expect(form.getByRole("alert")).toHaveCount(0);
  await form.getByLabel("Time zone").fill("Asia/Tokyo");
  await form.getByLabel("Name", { exact: true }).fill("Twice a week");
  await form.getByRole("button", { name: "Save" }).click();
  const drawer = page.getByRole("dialog", { name: "Twice a week" });
  await expect(drawer).toContainText("On Mondays and Thursdays at 06:30, Asia/Tokyo");
  await expect(drawer.getByRole("list", { name: "Next runs" }).getByRole("listitem")).toHaveCount(5);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("rowheader")).toContainText("Twice a week");
});

test("a schedule whose files are compressed stays so when it is changed, until the choice is taken back", async ({
  page,
}) => {
  await signIn(page, await newOperator({ isAlone: true }), "?tab=schedules");
  const form = await openNew(page);
  await form.getByLabel("Name", { exact: true }).fill("Morning file");
  await form.getByLabel("Dataset").selectOption("Supplier payouts");
  await form.getByRole("checkbox", { name: /^Compressed/ }).check();
  await form.getByRole("button", { name: "Make the schedule" }).click();
  const drawer = page.getByRole("dialog", { name: "Morning file" });
  await expect(drawer).toContainText("standard format, compressed (.csv.gz)");
  await page.keyboard.press("Escape");

  await choose(page, "Edit…");
  const edit = page.getByRole("dialog", { name: "Edit the schedule" });
  const box = edit.getByRole("checkbox", { name: /^Compressed/ });
  await expect(box).toBeChecked();
  await edit.getByLabel("Time", { exact: true }).fill("07:15");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(drawer).toContainText("07:15");
  await expect(drawer).toContainText("compressed (.csv.gz)");
  await page.keyboard.press("Escape");

  await choose(page, "Edit…");
  await box.uncheck();
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(drawer).toContainText("standard format");
  await expect(drawer).not.toContainText("compressed");
});

test("a schedule is paused, resumed, and deleted after a question", async ({ page }) => {
  await signIn(page, await newOperator({ isAlone: true }), "?tab=schedules");
  await make(page, "Morning file", "Supplier payouts");
  const row = page.getByRole("row").filter({ hasText: "Morning file" });
  await choose(page, "Pause");
  await expect(row.getByText("Paused", { exact: true })).toBeVisible();
  await expect(row.getByRole("cell").nth(1)).toHaveText("None");
  await choose(page, "Resume");
  await expect(row.getByText("Active", { exact: true })).toBeVisible();
  await expect(row.getByRole("cell").nth(1)).toContainText(/0[45]:30 UTC/);

  await choose(page, "Delete…");
  await page.getByRole("dialog").getByRole("button", { name: "Keep it" }).click();
  await expect(row).toBeVisible();
  await choose(page, "Delete…");
  await page.getByRole("dialog").getByRole("button", { name: "Delete the schedule" }).click();
  await expect(page.getByRole("status").filter({ hasText: "was deleted" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "No schedules yet" })).toBeVisible();
});

test("a stopped schedule says why, and its last run leads to the export that it made", async ({ page }) => {
  const person = await newOperator({ isAlone: true });
  const item = await new Exports(person, "supplier-payouts").make();
  // Runs come with their time, and keys are lost seldom.
  await page.route("**/v1/schedules", async (route) => {
    const response = await route.fetch();
    const { items } = (await response.json()) as { items?: Schedule[] };
    const changed = items?.map((schedule) => ({
      ...schedule,
      paused: true,
      pausedReason: "No key may make its exports any more.",
      nextRuns: [],
      lastRun: { exportId: item.exportId, at: "2026-03-01T05:30:00Z", period: PERIOD },
    }));
    await route.fulfill(changed ? { response, json: { items: changed } } : { response });
  });
  await page.route("**/v1/payments/supplier-payouts/export?*", async (route) => {
    const response = await route.fetch();
    const list = (await response.json()) as ExportPage;
    const items = list.items.map((one) => ({ ...one, scheduleName: "Morning file", period: PERIOD }));
    await route.fulfill({ response, json: { ...list, items } });
  });
  await signIn(page, person, "?tab=schedules");
  await make(page, "Morning file", "Supplier payouts");
  const row = page.getByRole("row").filter({ hasText: "Morning file" });
  await expect(row).toContainText("Stopped");
  await expect(row).toContainText("No key may make its exports any more.");
  await expect(row).toContainText("1 Feb 2026 to 28 Feb 2026 in Europe/Paris");
  await row.getByRole("link", { name: /^1 Mar 2026.*its export/ }).click({ timeout: 5000 });
  const drawer = page.getByRole("dialog", { name: "Export of supplier payouts" });
  await expect(drawer).toContainText(item.exportId);
  await expect(drawer).toContainText("Morning file");
  await expect(drawer).toContainText("1 Feb 2026 to 28 Feb 2026 in Europe/Paris");
});

test("without the permission to launch anything there is no way to the schedules", async ({ page }) => {
  const person = await newOperator({ acts: ["read"] });
  await signIn(page, person);
  await expect(page.getByRole("link", { name: "Funding transfers" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Schedules" })).toHaveCount(0);
  await page.goto(`${page.url().split("?")[0]}?tab=schedules`);
  await expect(page.getByRole("heading", { name: "Schedules are not yours to make" })).toBeVisible();
});
