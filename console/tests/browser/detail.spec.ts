import type { Export, ExportDetail, Link, Manifest } from "../../src/api/types.ts";
import { Exports, whileHeld } from "./support/exports.ts";
import { newOperator } from "./support/people.ts";
import { stack } from "./support/stack.ts";
import { expect, rowOf, signIn, test } from "./support/test.ts";

const open = "?dataset=funding-transfers&export=";

test("an export's details tell all that is known of it, beside the list", async ({
  page,
  person,
  context,
}) => {
  const item = await new Exports(person).make({
    cc: ["finance@example.com"],
    filters: { statuses: ["FAILED"] },
    columns: ["transferId", "amount", "currency"],
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page, person);
  const details = rowOf(page, item.exportId).getByRole("link", { name: /^Details/ });
  await details.click();
  const drawer = page.getByRole("dialog", { name: "Export of funding transfers" });
  const fact = (name: string) =>
    drawer.locator("dl > div").filter({ has: page.locator("dt", { hasText: new RegExp(`^${name}$`) }) });
  await expect(drawer).toContainText("Ready");
  await expect(fact("Export ID")).toContainText(item.exportId);
  await expect(fact("Recipients")).toContainText(`${person.email}finance@example.com`);
  await expect(fact("What")).toContainText("status Failed");
  await expect(fact("Columns")).toContainText("Transfer ID, Amount, Currency");
  await expect(fact("Format")).toContainText("standard format");
  await expect(fact("Rows")).toContainText(String(item.rowCount));
  await expect(fact("SHA-256")).toContainText((item.manifest as Manifest).sha256);
  await expect(drawer.getByText("Nobody has fetched the file.")).toBeVisible();
  expect(page.url()).toContain(`export=${item.exportId}`);

  await drawer.getByRole("button", { name: /Copy the SHA-256/ }).click();
  await expect(drawer.getByRole("status").filter({ hasText: /^Copied/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(details).toBeFocused();
  expect(page.url()).not.toContain("export=");
  await page.goForward();
  await expect(drawer).toBeVisible();
  await page.goBack();
  await expect(drawer).toHaveCount(0);
});

test("looking at an export is no download, and downloading it is one", async ({ page, person }) => {
  const item = await new Exports(person).make();
  await signIn(page, person, open + item.exportId);
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByText("Nobody has fetched the file.")).toBeVisible();
  await page.reload();
  await expect(drawer.getByText("Nobody has fetched the file.")).toBeVisible();
  const download = page.waitForEvent("download");
  await drawer.getByRole("button", { name: "Download" }).click();
  await download;
  await page.reload();
  await expect(drawer.getByRole("heading", { name: "Downloads (1)" })).toBeVisible();
  await expect(drawer.getByRole("listitem").filter({ hasText: `by ${person.userId}` })).toContainText(
    "127.0.0.0/24",
  );
});

test("a mailed link that was used says by whom its mail was got, and works no more once it is revoked", async ({
  page,
  person,
  request,
}) => {
  const item = await new Exports(person).make({ cc: ["finance@example.com"] });
  const link = await mailedLink(item);
  const used = await request.get(link, { maxRedirects: 0, headers: { "user-agent": "Mail/7" } });
  expect(used.status()).toBe(302);
  await signIn(page, person, open + item.exportId);
  const drawer = page.getByRole("dialog");
  const mail = drawer.getByRole("listitem").filter({ hasText: "Link used once" });
  await expect(mail.getByRole("listitem")).toHaveText([person.email, "finance@example.com"]);
  await expect(drawer.getByRole("listitem").filter({ hasText: "Mail/7" })).toContainText(
    `by the link mailed to ${person.email}, finance@example.com`,
  );
  await mail.getByRole("button", { name: /^Revoke link/ }).click();
  await expect(drawer.getByRole("status").filter({ hasText: "was revoked" })).toBeVisible();
  await expect(mail).toContainText("revoked");
  await expect(mail).toBeFocused();
  await expect(mail.getByRole("button")).toHaveCount(0);
  expect((await request.get(link, { maxRedirects: 0 })).status()).not.toBe(302);
});

/** The link in the mail that was sent about an export. */
async function mailedLink({ exportId }: Export): Promise<string> {
  const response = await fetch(`${stack.endpointUrl}/_ministack/ses/messages`);
  const text = JSON.stringify(await response.json()).replaceAll("&amp;", "&");
  const found = new RegExp(`https?://[^"\\s\\\\]*${exportId}/download\\?token=[\\w-]+`).exec(text);
  return found?.[0] as string;
}

test("a colleague sees the links and cannot revoke them", async ({ page }) => {
  const person = await newOperator({ isAlone: true });
  const item = await new Exports(person, "supplier-payouts").make();
  const colleague = await newOperator({ tenantOf: person });
  await signIn(page, colleague, `?dataset=supplier-payouts&export=${item.exportId}`);
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByText("Link never used")).toBeVisible();
  await expect(drawer.getByRole("button", { name: /^Revoke/ })).toHaveCount(0);
});

test("an export that repeats another leads to it, and closing leads back to the list", async ({
  page,
  person,
}) => {
  const exports = new Exports(person);
  const expired = await exports.makeExpired();
  await signIn(page, person, "?dataset=funding-transfers&status=READY");
  await expect(page.getByRole("heading", { name: "No export matches these filters" })).toBeVisible();
  const repeated = await exports.retry(expired);
  await page.reload();
  await rowOf(page, repeated.exportId)
    .getByRole("link", { name: /^Details/ })
    .click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("link", { name: expired.exportId }).click();
  await expect(drawer).toContainText("Expired");
  await expect(drawer).not.toContainText(repeated.exportId);
  await drawer.getByRole("button", { name: "Launch with changes…" }).click();
  await expect(page.getByRole("dialog", { name: "Export funding transfers again" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.goBack();
  await expect(drawer).toContainText(repeated.exportId);
  await page.goForward();
  await expect(drawer).not.toContainText(repeated.exportId);
  await drawer.getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(page.url()).toMatch(/\?dataset=funding-transfers&status=READY$/);
});

test("details follow an export while it is made, and offer what can be done with it", async ({
  page,
  person,
}) => {
  const exports = new Exports(person);
  await whileHeld(async () => {
    const pending = await exports.launch();
    // The list shows others.
    await signIn(page, person, `?dataset=funding-transfers&status=EXPIRED&export=${pending.exportId}`);
    const drawer = page.getByRole("dialog");
    await expect(drawer.getByText("Waiting for its turn")).toBeVisible();
    await exports.begin(pending, 12_000);
    await expect(drawer.getByText("12,000 rows written")).toBeVisible();
    await drawer.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel the export" }).click();
    await expect(drawer.getByText("Cancelled", { exact: true })).toBeVisible();
    await expect(drawer.getByRole("status").filter({ hasText: "was cancelled." })).toBeVisible();
    await expect(drawer.getByText("No mail was sent.")).toBeVisible();
    await expect(drawer.getByRole("button", { name: "Launch again" })).toBeVisible();
  });
});

test("an export that there is not says so, and the list is behind it", async ({ page, person }) => {
  await signIn(page, person, `${open}exp_01kh0c8rm0e4t8v2zj6m3x9q5af`);
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("There is no such export.");
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("heading", { name: "No exports yet" })).toBeVisible();
});

test("links and downloads that the API adds are shown as they are", async ({ page, person }) => {
  const item = await new Exports(person).make();
  await page.route("**/export/exp_*", async (route) => {
    const response = await route.fetch();
    const detail: ExportDetail = await response.json();
    const download = { addressPrefix: "2001:db8::/48", userAgent: null };
    await route.fulfill({
      response,
      json: {
        ...detail,
        downloads: [{ at: item.createdAt, by: { userId: "ben" }, ...download }],
        downloadCount: 1200,
        mail: { state: "UNDELIVERED", detail: "No address took the mail." },
        sendings: detail.sendings.map((sending) => ({
          ...sending,
          delivery: { [person.email]: "BOUNCED" },
          skipped: ["spam@example.com"],
        })),
      },
    });
  });
  await page.route("**/links", async (route) => {
    const response = await route.fetch();
    const { items }: { items: Link[] } = await response.json();
    const lost = { ...(items[0] as Link), linkId: "lnk_lost", sendingMessageId: null };
    await route.fulfill({ response, json: { items: [lost, ...items] } });
  });
  await signIn(page, person, open + item.exportId);
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByText("by ben")).toBeVisible();
  await expect(drawer.getByText("2001:db8::/48", { exact: true })).toBeVisible();
  await expect(drawer.getByText("Only the latest 1 are listed.")).toBeVisible();
  await expect(drawer.getByText("Not known to be sent")).toBeVisible();
  await expect(drawer.getByRole("listitem").filter({ hasText: /^[^ ]+ refused for good$/ })).toHaveText(
    `${person.email} refused for good`,
  );
  await expect(drawer.getByText("spam@example.com left out")).toBeVisible();
  await expect(drawer.getByText("No address took the mail.")).toBeVisible();
});
