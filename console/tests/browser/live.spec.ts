import type { Page } from "@playwright/test";
import { Exports, whileHeld } from "./support/exports.ts";
import { expect, rowOf, signIn, test } from "./support/test.ts";

async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
}

test("a pending export shows its rows as they are written, and its end, without a reload", async ({
  page,
  person,
}) => {
  const exports = new Exports(person);
  await whileHeld(async () => {
    const pending = await exports.launch();
    await signIn(page, person);
    const row = rowOf(page, pending.exportId);
    await expect(row.getByRole("progressbar")).toHaveAttribute("aria-valuetext", "Waiting for its turn");
    await exports.begin(pending, 48_000);
    await expect(row.getByText("48,000 rows written")).toBeVisible();
    await exports.set(pending, "rowsWritten", 96_000);
    await expect(row.getByText("96,000 rows written")).toBeVisible();
    await exports.set(pending, "waitingFor", "The mail service has paused the sending of mails.");
    await expect(row.getByText("The mail service has paused the sending of mails.")).toBeVisible();
    await exports.giveUp(pending);
    await expect(row.getByText("Failed", { exact: true })).toBeVisible();
    await expect(row).toContainText("could not be made after several tries");
    await expect(page.getByRole("status").filter({ hasText: "failed." })).toBeVisible();
    await expect(row.getByRole("button", { name: /Launch again/ })).toBeVisible();
  });
});

test("an export that ends is told also when the status filter then hides it", async ({ page, person }) => {
  const exports = new Exports(person);
  await whileHeld(async () => {
    await exports.launch();
    await signIn(page, person, "?dataset=funding-transfers&status=PENDING");
    await expect(page.getByRole("progressbar")).toBeVisible();
  });
  await expect(page.getByRole("status").filter({ hasText: "is ready" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "No export matches these filters" })).toBeVisible();
});

test("a hidden tab asks nothing, and at once when it is seen again", async ({ page, person }) => {
  const exports = new Exports(person);
  await whileHeld(async () => {
    const pending = await exports.launch();
    await signIn(page, person);
    await expect(page.getByRole("progressbar")).toBeVisible();
    let requests = 0;
    page.on("request", () => {
      requests += 1;
    });
    await expect.poll(() => requests).toBeGreaterThan(1);
    await hide(page, true);
    requests = 0;
    await page.waitForTimeout(4000);
    expect(requests).toBe(0);
    await exports.giveUp(pending);
    await hide(page, false);
    await expect(rowOf(page, pending.exportId)).toContainText("Failed");
  });
});

test("questions get rarer, and end when nothing is pending", async ({ page, person }) => {
  const exports = new Exports(person);
  await whileHeld(async () => {
    const pending = await exports.launch();
    const pauses: number[] = [];
    let answeredAt = 0;
    page.on("request", (request) => {
      if (request.url().includes("/export?") && answeredAt > 0) {
        pauses.push(Date.now() - answeredAt);
      }
    });
    page.on("response", (response) => {
      if (response.url().includes("/export?")) {
        answeredAt = Date.now();
      }
    });
    await signIn(page, person);
    await expect.poll(() => pauses.length, { timeout: 20_000 }).toBeGreaterThan(3);
    expect(pauses[3]).toBeGreaterThan((pauses[0] as number) * 2);
    await exports.giveUp(pending);
    await expect(rowOf(page, pending.exportId)).toContainText("Failed");
    const count = pauses.length;
    await page.waitForTimeout(4000);
    expect(pauses).toHaveLength(count);
  });
});

test("a refresh that fails keeps the list and says that it may be old", async ({ page, person }) => {
  const exports = new Exports(person);
  await whileHeld(async () => {
    const pending = await exports.launch();
    await signIn(page, person);
    await expect(rowOf(page, pending.exportId)).toBeVisible();
    await page.route("**/export?*", (route) => route.abort());
    await expect(page.getByText("could not be brought up to date")).toBeVisible();
    await expect(rowOf(page, pending.exportId)).toBeVisible();
    await page.unroute("**/export?*");
    await expect(page.getByText("could not be brought up to date")).toBeHidden();
    await exports.giveUp(pending);
  });
});

test("a file that expires while the page is open shows it", async ({ page, person }) => {
  const exports = new Exports(person);
  const item = await exports.make();
  await exports.set(item, "expiresAt", Math.floor(Date.now() / 1000) + 20);
  await signIn(page, person);
  const row = rowOf(page, item.exportId);
  await expect(row.getByText("Ready", { exact: true })).toBeVisible();
  await expect(row.getByText("Expired", { exact: true })).toBeVisible({ timeout: 40_000 });
  await expect(row.getByRole("button", { name: /Launch again/ })).toBeVisible();
  await expect(row.getByRole("button", { name: /Download/ })).toHaveCount(0);
});
