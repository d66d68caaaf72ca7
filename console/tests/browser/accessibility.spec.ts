import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { Estimate } from "../../src/api/types.ts";
import { Exports, whileHeld } from "./support/exports.ts";
import { newOperator } from "./support/people.ts";
import { stack } from "./support/stack.ts";
import { expect, openLaunch, rowOf, signIn, test } from "./support/test.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { width: 375, height: 800 };
const DESK = { width: 1280, height: 800 };

/** Exact and large, however busy the machine is. */
const ESTIMATE: Estimate = {
  rowCount: { min: 12_406, max: 12_406, isExact: true },
  fileSize: { min: 2_080_000, max: 2_140_000, isExact: false },
  seconds: { min: 1, max: 4 },
  totals: { BHD: "5873.270", EUR: "1843120.55", GBP: "92310.40", JPY: "12817194", USD: "-126801.31" },
  statuses: { COMPLETED: { rowCount: 12_312, totals: {} }, FAILED: { rowCount: 94, totals: {} } },
  days: ["2026-01-31", "2026-02-01", "2026-02-03"].map((date) => ({
    date,
    rowCount: 4135,
    totals: { BHD: "1957.757", EUR: "614373.52", GBP: "30770.13", JPY: "4272398", USD: "-42267.10" },
  })),
};

/** `rules`: only some of axe's, or all. */
async function expectNothingFound(page: Page, rules?: string[]): Promise<void> {
  // What is about to be replaced is dimmed, as a disabled control is.
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  // The page's policy lets no script in; the debugger is not bound by it.
  await page.evaluate(AXE);
  const violations = await page.evaluate(async (rules) => {
    const { axe } = window as unknown as {
      axe: { run(options: object): Promise<{ violations: Violation[] }> };
    };
    interface Violation {
      id: string;
      help: string;
      nodes: { html: string; failureSummary: string }[];
    }
    const results = await axe.run(rules ? { runOnly: rules } : {});
    return results.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      where: nodes.map((node) => `${node.html} ${node.failureSummary}`),
    }));
  }, rules);
  expect(violations).toEqual([]);
}

async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const { scroll, client } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
  }));
  expect(scroll).toBeLessThanOrEqual(client);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, viewport] of [
    ["a desk", DESK],
    ["a phone", PHONE],
  ] as const) {
    test(`axe finds nothing in ${colorScheme} on ${name}`, async ({ page, person }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize(viewport);
      const exports = new Exports(person);
      const ready = await exports.make({
        cc: ["a@example.com", "b@example.com", "c@example.com"],
        compression: "gzip",
      });
      const expired = await exports.makeExpired({ filters: { statuses: ["FAILED"] } });
      await whileHeld(async () => {
        await exports.makeFailed();
        const pending = await exports.launch();
        await exports.begin(pending, 1200);
        await exports.set(pending, "waitingFor", "The mail service has paused the sending of mails.");

        await page.goto(stack.consoleUrl);
        await page.getByRole("button", { name: "Sign in" }).click();
        await expect(page.getByLabel("API key")).toHaveAttribute("aria-invalid", "true");
        await expectNothingFound(page);

        await signIn(page, person);
        await expect(page.getByRole("progressbar")).toBeVisible();
        await expect(page.getByRole("rowheader")).toHaveCount(4);
        await page.getByText("Ready", { exact: true }).first().click();
        await page.getByText("Ready", { exact: true }).first().click();
        await expect(page.getByRole("rowheader")).toHaveCount(4);
        await expectNothingFound(page);
        await expectNoSidewaysScrolling(page);

        await page
          .getByRole("button", { name: /^Totals/ })
          .first()
          .click();
        await expect(page.getByRole("button", { name: /Copy the SHA-256/ })).toBeVisible();
        await expectNothingFound(page);
        await expectNoSidewaysScrolling(page);

        await rowOf(page, ready.exportId)
          .getByRole("link", { name: /^Details/ })
          .click();
        await expect(page.getByRole("button", { name: /^Revoke link/ })).toBeVisible();
        await expectNothingFound(page);
        await expectNoSidewaysScrolling(page);
        await page.keyboard.press("Escape");

        await page.getByRole("button", { name: "Actions", exact: true }).click();
        await expectNothingFound(page);
        await page.keyboard.press("Escape");

        const dialog = await openLaunch(page);
        await expect(dialog.getByText("is still pending")).toBeVisible();
        await dialog.getByLabel("Amount from").fill("ten");
        await dialog.getByLabel("Copies to (CC)").fill("a@example.com, nobody,");
        await dialog.getByLabel("Amount from").press("Enter");
        await expect(dialog.getByText("Write a plain decimal")).toBeVisible();
        await expectNothingFound(page);
        await expectNoSidewaysScrolling(page);
        await page.keyboard.press("Escape");

        await rowOf(page, expired.exportId)
          .getByRole("button", { name: /More actions/ })
          .click();
        await expectNothingFound(page);
        await page.getByRole("menuitem", { name: "Launch with changes…" }).click();
        await expectNothingFound(page);
        await page.keyboard.press("Escape");

        await rowOf(page, pending.exportId)
          .getByRole("button", { name: /Cancel/ })
          .click();
        await expect(page.getByRole("dialog", { name: /^Cancel export/ })).toBeVisible();
        await expectNothingFound(page);
        await expectNoSidewaysScrolling(page);
        await page.keyboard.press("Escape");

        await page
          .getByRole("button", { name: /Copy the export ID/ })
          .first()
          .click();
        await page.getByRole("link", { name: "Transactions" }).click();
        await expect(page.getByRole("heading", { name: "No exports yet" })).toBeVisible();
        await expectNothingFound(page);
        await exports.giveUp(pending);
      });
    });
  }
}

for (const [name, viewport] of [
  ["a desk", DESK],
  ["a phone", PHONE],
  ["a desk at 200 %", { width: DESK.width / 2, height: DESK.height / 2 }],
] as const) {
  test(`axe finds nothing in the records on ${name}, in light and dark`, async ({ page, person }) => {
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await page.setViewportSize(viewport);
    const expectWell = async () => {
      await expectNothingFound(page);
      await expectNoSidewaysScrolling(page);
      // Colours are the same at any size.
      if (viewport === DESK || viewport === PHONE) {
        await page.emulateMedia({ colorScheme: "dark" });
        await expectNothingFound(page, ["color-contrast"]);
        await page.emulateMedia({ colorScheme: "light" });
      }
    };
    await page.route("**/export/estimate", (route) => route.fulfill({ json: ESTIMATE }));
    await signIn(page, person, "?dataset=funding-transfers&tab=records&amountMin=10");
    await expect(page.getByRole("rowheader")).toHaveCount(25);
    await expect(page.getByRole("img", { name: /^Bars by/ })).toBeVisible();
    await page.getByText("As a table").click();
    await expectWell();
    await page.getByText("As a table").click();

    await page.getByRole("button", { name: "Created at", exact: true }).first().click();
    await page.getByLabel("Created from").fill("2026-02-02");
    await page.getByLabel("Created to").fill("2026-02-01");
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(page.getByText("The end date is before the start date.")).toBeVisible();
    await expectWell();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Suppliers", exact: true }).click();
    await expect(page.getByRole("listbox").getByRole("option").first()).toBeVisible();
    await page.keyboard.press("ArrowDown");
    await expectWell();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");

    await page.getByRole("rowheader").getByRole("button").first().click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectWell();
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: "Export CSV" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText("ready in")).toBeVisible();
    await dialog
      .getByText(/^Columns/)
      .first()
      .click();
    await dialog.getByText("For spreadsheets").click();
    await dialog.getByText("Compressed (.csv.gz)").click();
    await expectWell();
    await page.keyboard.press("Escape");

    const items: unknown[] = [];
    const short = { items, nextCursor: "c", lookedThroughTo: "2026-06-03T10:00:00Z" };
    await page.route("**/v1/payments/funding-transfers?*", (route) => route.fulfill({ json: short }));
    await page.getByRole("button", { name: "Clear filters" }).click();
    await expect(page.getByRole("button", { name: "Look further" })).toBeVisible();
    await expectWell();
    await page.unroute("**/v1/payments/funding-transfers?*");
    await page.goto(`${stack.consoleUrl}?dataset=funding-transfers&tab=records&amountMin=99999999`);
    await expect(
      page.getByRole("heading", { name: "No funding transfers match these filters" }),
    ).toBeVisible();
    await expectWell();
  });
}

for (const [name, viewport] of [
  ["a desk", DESK],
  ["a phone", PHONE],
] as const) {
  test(`axe finds nothing in the webhooks on ${name}, in light and dark`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await page.setViewportSize(viewport);
    const expectWell = async () => {
      await expectNothingFound(page);
      await expectNoSidewaysScrolling(page);
      await page.emulateMedia({ colorScheme: "dark" });
      await expectNothingFound(page, ["color-contrast"]);
      await page.emulateMedia({ colorScheme: "light" });
    };
    await signIn(page, await newOperator({ isAlone: true, isManager: true }), "?tab=webhooks");
    await page.getByRole("button", { name: "Add a webhook" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Only some").click();
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(dialog.getByText("Write a URL that begins with")).toBeVisible();
    await expectWell();
    await dialog.getByLabel("URL").fill("https://hooks.invalid/exports");
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(dialog.getByText(/^whsec_/)).toBeVisible();
    await expectWell();
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: /^More actions for/ }).click();
    await expectWell();
    await page.getByRole("menuitem", { name: "Send a test" }).click();
    await expect(page.getByText("A test is on its way")).toBeVisible();
    await page.getByRole("button", { name: /^Deliveries/ }).click();
    await dialog.getByText("1 attempt").click();
    await expectWell();
  });
}

for (const [name, viewport] of [
  ["a desk", DESK],
  ["a phone", PHONE],
] as const) {
  test(`axe finds nothing in the schedules on ${name}, in light and dark`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await page.setViewportSize(viewport);
    const expectWell = async () => {
      await expectNothingFound(page);
      await expectNoSidewaysScrolling(page);
      await page.emulateMedia({ colorScheme: "dark" });
      await expectNothingFound(page, ["color-contrast"]);
      await page.emulateMedia({ colorScheme: "light" });
    };
    await signIn(page, await newOperator({ isAlone: true }), "?tab=schedules");
    await expect(page.getByRole("heading", { name: "No schedules yet" })).toBeVisible();
    await expectWell();
    await page.getByRole("button", { name: "New schedule…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("How often").selectOption("Weekly");
    await dialog.getByText("Monday", { exact: true }).click();
    await dialog.getByRole("button", { name: "Make the schedule" }).click();
    await expect(dialog.getByText("Choose at least one day.")).toBeVisible();
    await expectWell();
    await dialog.getByLabel("Name", { exact: true }).fill("Week");
    await dialog.getByLabel("How often").selectOption("Monthly");
    await expectWell();
    await dialog.getByRole("button", { name: "Make the schedule" }).click();
    await expect(dialog.getByRole("list", { name: "Next runs" }).getByRole("listitem")).toHaveCount(5);
    await expectWell();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^More actions for/ }).click();
    await expectWell();
    await page.getByRole("menuitem", { name: "Pause" }).click();
    await expect(page.getByText("Paused", { exact: true })).toBeVisible();
    await expectWell();
  });
}

test("everything can be done with the keyboard alone", async ({ page, person }) => {
  await page.goto(`${stack.consoleUrl}?dataset=funding-transfers`);
  const press = (...keys: string[]) =>
    keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  const tabTo = async (name: RegExp) => {
    for (let steps = 0; steps < 40; steps += 1) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(() => {
        const element = document.activeElement as HTMLInputElement;
        return `${element.labels?.[0]?.textContent ?? ""} ${element.getAttribute("aria-label") ?? ""} ${element.textContent}`;
      });
      if (name.test(focused)) {
        return;
      }
    }
    throw new Error(`the Tab key does not reach ${name}`);
  };

  await tabTo(/Operator/);
  await tabTo(/API key/);
  await page.keyboard.type(person.key);
  await press("Enter");
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();

  await tabTo(/^\s*Actions/);
  await press("Enter");
  await expect(page.getByRole("menuitem")).toBeFocused();
  await press("Escape");
  await expect(page.getByRole("button", { name: "Actions", exact: true })).toBeFocused();
  await press("ArrowDown", "Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await tabTo(/Completed/);
  await press("Space");
  await expect(dialog.getByRole("checkbox", { name: "Completed" })).toBeChecked();
  await tabTo(/Copies/);
  await page.keyboard.type("finance@example.com");
  await tabTo(/Launch export/);
  await press("Enter");
  await expect(page.getByRole("button", { name: "Actions", exact: true })).toBeFocused();
  await expect(page.getByRole("row").filter({ hasText: person.email })).toContainText("Ready");

  await tabTo(/Created at/);
  await press("Enter");
  await expect(page.getByRole("columnheader", { name: "Created at" })).toHaveAttribute(
    "aria-sort",
    "ascending",
  );
  await tabTo(/^\s*Totals/);
  await press("Enter");
  await expect(page.getByRole("button", { name: /Copy the SHA-256/ })).toBeVisible();
  await tabTo(/Resend email/);
  await press("Enter");
  await expect(dialog.getByLabel("Copies to (CC)")).toHaveValue("finance@example.com");
  await press("Escape");
  await expect(page.getByRole("button", { name: /Resend email/ })).toBeFocused();
});

test("on a phone the rows are cards, still a table to a screen reader, and can be sorted", async ({
  page,
  person,
}) => {
  await page.setViewportSize(PHONE);
  const item = await new Exports(person).make();
  await signIn(page, person);
  await expect(rowOf(page, item.exportId).getByRole("cell").filter({ hasText: "Ready" })).toBeVisible();
  await expectNoSidewaysScrolling(page);
  for (const name of [/Download/, /Resend email/]) {
    const box = await rowOf(page, item.exportId).getByRole("button", { name }).boundingBox();
    expect(box?.x).toBeGreaterThan(0);
    expect(box?.width).toBeGreaterThan(100);
    expect(box?.height).toBeGreaterThanOrEqual(40);
  }
  await page.getByRole("button", { name: "Newest first" }).click();
  await expect(page.getByRole("button", { name: "Oldest first" })).toBeVisible();
  expect(page.url()).toContain("sort=createdAt:asc");
});
