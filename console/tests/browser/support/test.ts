import { test as base, expect, type Locator, type Page } from "@playwright/test";
import { newOperator } from "./people.ts";
import { type Person, stack } from "./stack.ts";

interface Fixtures {
  /** Somebody with an empty history of funding transfers and transactions, in the demo's tenant. */
  person: Person;
  /** What the page did that it must not do. */
  faults: string[];
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from it
  person: async ({}, use) => {
    await use(await newOperator());
  },
  faults: [
    async ({ page }, use) => {
      const faults: string[] = [];
      const origin = new URL(stack.consoleUrl).origin;
      page.on("pageerror", (error) => faults.push(`an error: ${error.message}`));
      page.on("console", (message) => {
        // The browser itself notes every answer that is not a success.
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
          faults.push(`in the browser's console: ${message.text()}`);
        }
      });
      page.on("request", (request) => {
        const url = new URL(request.url());
        if (url.protocol !== "data:" && url.origin !== origin) {
          faults.push(`a request to a third party: ${url}`);
        }
      });
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export async function signIn(
  page: Page,
  person: Person,
  search = "?dataset=funding-transfers",
): Promise<void> {
  await page.goto(stack.consoleUrl + search);
  await page
    .getByLabel(person.role === "OPERATOR" ? "Operator" : "Supplier", { exact: false })
    .first()
    .check();
  await page.getByLabel("API key").fill(person.key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
}

export function rowOf(page: Page, exportId: string): Locator {
  return page.getByRole("row").filter({ hasText: exportId });
}

export async function openLaunch(page: Page, dataset = "funding transfers"): Promise<Locator> {
  await page.getByRole("button", { name: "Actions", exact: true }).click();
  await page.getByRole("menuitem", { name: `Export ${dataset}…` }).click();
  const dialog = page.getByRole("dialog", { name: `Export ${dataset}` });
  await expect(dialog).toBeVisible();
  return dialog;
}
