import type { Page } from "@playwright/test";
import { Exports } from "./support/exports.ts";
import { newOperator } from "./support/people.ts";
import { putSupplier, putTransfer } from "./support/records.ts";
import { type Person, stack } from "./support/stack.ts";
import { expect, signIn, test } from "./support/test.ts";

const MARKUP = `<img src=x onerror="window.wasRun=1">'"></td><script>window.wasRun=1</script>`;
const ADDRESS = "javascript:window.wasRun=1//";
/** Whoever shows it without care writes what comes after it from right to left. */
const OVERRIDE = "\u202eeman reilppus";

/** Nothing of a text became a part of the page, and nothing was run. */
async function expectNothingRan(page: Page): Promise<void> {
  expect(await page.evaluate(() => "wasRun" in window)).toBe(false);
  await expect(page.locator("#app img, #app script, #app iframe, #app a[href^='javascript:']")).toHaveCount(
    0,
  );
}

async function hostileTenant(): Promise<Person> {
  const person = await newOperator({ isAlone: true, tenantName: MARKUP });
  const texts = {
    reference: MARKUP,
    failureReason: ADDRESS,
    relatedEntityType: MARKUP,
    relatedEntityId: MARKUP,
  };
  await putTransfer(person, "trf_1", MARKUP, { status: "FAILED", supplierName: MARKUP, ...texts });
  await putTransfer(person, "trf_2", "SUP-2", {
    status: MARKUP,
    supplierName: OVERRIDE,
    currency: MARKUP,
    ...texts,
  });
  await putSupplier(person, MARKUP, MARKUP);
  await putSupplier(person, "SUP-2", OVERRIDE);
  return person;
}

test("a supplier's texts in every field are shown as texts, wherever they are", async ({ page }) => {
  page.on("dialog", () => expect("a dialog").toBe("never opened"));
  const person = await hostileTenant();
  await signIn(page, person, "?dataset=funding-transfers&tab=records");
  await expect(page.getByRole("banner")).toContainText(MARKUP);
  await expect(page.getByRole("row").filter({ hasText: "trf_1" })).toContainText(MARKUP);
  await expectNothingRan(page);

  const reversed = page.getByRole("row").filter({ hasText: "trf_2" }).locator("bdi");
  await expect(reversed).toHaveText([OVERRIDE, "SUP-2"]);
  await expect(reversed.last()).toHaveCSS("unicode-bidi", "isolate");

  await page.getByRole("button", { name: "trf_1" }).click();
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByText(MARKUP)).not.toHaveCount(0);
  await expect(drawer.getByText(ADDRESS)).toBeVisible();
  await expectNothingRan(page);
  await page.keyboard.press("Escape");
});

test("an export that is filtered by a hostile supplier shows its name as a text", async ({ page }) => {
  const person = await hostileTenant();
  const { exportId } = await new Exports(person).make({ filters: { supplierIds: [MARKUP] } });
  await signIn(page, person, `?dataset=funding-transfers&export=${exportId}`);
  const drawer = page.getByRole("dialog", { name: "Export of funding transfers" });
  await expect(drawer).toContainText(MARKUP);
  await expectNothingRan(page);
  const search = `?dataset=funding-transfers&tab=records&supplierIds=${encodeURIComponent(MARKUP)}`;
  await page.goto(stack.consoleUrl + search);
  await expect(page.getByRole("row").filter({ hasText: "trf_1" })).toBeVisible();
  await expectNothingRan(page);
});

test("an address of the page that somebody else made runs nothing", async ({ page }) => {
  await signIn(page, await newOperator({ isAlone: true }));
  for (const search of [
    `?dataset=${encodeURIComponent(MARKUP)}`,
    `?dataset=funding-transfers&tab=${encodeURIComponent(ADDRESS)}`,
    `?dataset=funding-transfers&tab=records&statuses=${encodeURIComponent(MARKUP)}&${encodeURIComponent(MARKUP)}=1`,
    "?__proto__=1&constructor=2&dataset=__proto__",
    `?dataset=funding-transfers&export=${encodeURIComponent("../../../me")}`,
  ]) {
    await page.goto(stack.consoleUrl + search);
    await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
    await expectNothingRan(page);
  }
});
