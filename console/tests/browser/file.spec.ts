import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { Manifest } from "../../src/api/types.ts";
import { fileSize } from "../../src/domain/format.ts";
import { Exports } from "./support/exports.ts";
import { newOperator } from "./support/people.ts";
import { stack } from "./support/stack.ts";
import { expect, rowOf, signIn, test } from "./support/test.ts";

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

test("a ready export's file is downloaded, and the page stays", async ({ page, person }) => {
  const item = await new Exports(person).make({ filters: { statuses: ["FAILED"] } });
  await signIn(page, person);
  const address = page.url();
  const started = page.waitForEvent("download");
  await rowOf(page, item.exportId)
    .getByRole("button", { name: /Download/ })
    .click();
  const download = await started;
  expect(download.suggestedFilename()).toMatch(/^funding-transfers-.*\.csv$/);
  const file = await readFile(await download.path());
  expect(file.toString()).toMatch(/^transferId;createdAt;status;/);
  expect(file).toHaveLength(item.fileSize as number);
  expect(sha256(file)).toBe(item.manifest?.sha256);
  expect(page.url()).toBe(address);
  await expect(rowOf(page, item.exportId)).toBeVisible();
});

test("a compressed file is downloaded as it is, and its details tell both it and the text within", async ({
  page,
  person,
}) => {
  const item = await new Exports(person).make({ compression: "gzip" });
  const uncompressed = item.manifest?.uncompressed as NonNullable<Manifest["uncompressed"]>;
  await signIn(page, person, `?dataset=funding-transfers&export=${item.exportId}`);
  const drawer = page.getByRole("dialog");
  const fact = (name: string) =>
    drawer.locator("dl > div").filter({ has: page.locator("dt", { hasText: new RegExp(`^${name}$`) }) });
  const started = page.waitForEvent("download");
  await drawer.getByRole("button", { name: "Download" }).click();
  const download = await started;
  expect(download.suggestedFilename()).toMatch(/^funding-transfers-.*\.csv\.gz$/);
  const file = await readFile(await download.path());
  expect(file).toHaveLength(item.fileSize as number);
  expect(sha256(file)).toBe(item.manifest?.sha256);
  const text = gunzipSync(file);
  expect(text.toString()).toMatch(/^transferId;createdAt;status;/);
  expect(text).toHaveLength(uncompressed.fileSize);
  expect(sha256(text)).toBe(uncompressed.sha256);

  await expect(fact("Format")).toContainText("standard format, compressed (.csv.gz)");
  await expect(fact("Size")).toContainText(fileSize(file.length));
  await expect(fact("SHA-256")).toContainText(sha256(file));
  await expect(fact("SHA-256")).toContainText("of the .csv.gz file, as it is downloaded");
  await expect(fact("Unpacked size")).toContainText(fileSize(text.length));
  await expect(fact("Unpacked SHA-256")).toContainText(sha256(text));
});

test("a file that is gone meanwhile is not offered any more", async ({ page, person }) => {
  const exports = new Exports(person);
  const item = await exports.make();
  await signIn(page, person);
  const row = rowOf(page, item.exportId);
  await expect(row.getByRole("button", { name: /Download/ })).toBeVisible();
  await exports.set(item, "expiresAt", Math.floor(Date.now() / 1000) - 1);
  await row.getByRole("button", { name: /Download/ }).click();
  await expect(page.getByText("has no file any more")).toBeVisible();
  await expect(row.getByText("Expired", { exact: true })).toBeVisible();
});

test("the email is sent again, to other copies", async ({ page, person }) => {
  const item = await new Exports(person).make({ cc: ["finance@example.com"] });
  await signIn(page, person);
  const button = rowOf(page, item.exportId).getByRole("button", { name: /Resend email/ });
  await button.click();
  const dialog = page.getByRole("dialog", { name: "Resend the email" });
  const copies = dialog.getByLabel("Copies to (CC)");
  await expect(copies).toHaveValue("finance@example.com");
  const copy = `audit-${Date.now()}@example.com`;
  await copies.fill(`nobody, ${copy}`);
  await dialog.getByRole("button", { name: "Send" }).click();
  await expect(copies).toHaveAccessibleDescription(/nobody has no @/);
  await copies.fill(copy);
  await dialog.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText(`was sent to ${person.email}, ${copy}`)).toBeVisible();
  await expect(button).toBeFocused();

  const response = await fetch(`${stack.endpointUrl}/_ministack/ses/messages`);
  expect(await response.text()).toContain(copy);
});

test("the API's own doubts about an address are told at the field", async ({ page, person }) => {
  const item = await new Exports(person).make();
  await signIn(page, person);
  await rowOf(page, item.exportId)
    .getByRole("button", { name: /Resend email/ })
    .click();
  await page.route("**/resend-email", (route) =>
    route.fulfill({
      status: 400,
      json: {
        code: "INVALID_REQUEST",
        title: "The request is not valid",
        detail: "One problem was found.",
        status: 400,
        errors: [{ pointer: "/cc/1", code: "INVALID_VALUE", detail: "must be an email address" }],
      },
    }),
  );
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Copies to (CC)").fill("a@example.com, b@example.com");
  await dialog.getByRole("button", { name: "Send" }).click();
  await expect(dialog.getByLabel("Copies to (CC)")).toHaveAccessibleDescription(
    /b@example.com must be an email address/,
  );
});

test("sending too often says when to try again", async ({ page, person }) => {
  const item = await new Exports(person).make();
  await signIn(page, person);
  for (let sending = 0; sending <= 10; sending += 1) {
    await rowOf(page, item.exportId)
      .getByRole("button", { name: /Resend email/ })
      .click();
    await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
    if (sending < 10) {
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }
  }
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText(/Try again in \d+ (minutes|hour)/);
});

test("what only the launcher may do is offered to nobody else", async ({ page }) => {
  const person = await newOperator({ isAlone: true });
  const item = await new Exports(person, "supplier-payouts").make();
  await signIn(page, person, "?dataset=supplier-payouts");
  await expect(rowOf(page, item.exportId).getByRole("button", { name: /Resend email/ })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();

  const colleague = await newOperator({ tenantOf: person });
  await signIn(page, colleague, "?dataset=supplier-payouts");
  await expect(rowOf(page, item.exportId).getByRole("button", { name: /Download/ })).toBeVisible();
  await expect(rowOf(page, item.exportId).getByRole("button", { name: /Resend email/ })).toHaveCount(0);
});
