import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { Exports } from "./support/exports.ts";
import { newOperator } from "./support/people.ts";
import { expect, signIn, test } from "./support/test.ts";

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A program that is told of exports: it answers what it is told to. */
class Receiver {
  readonly received: Received[] = [];
  answer = { status: 200, body: "thanks" };
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        this.received.push({ headers: request.headers, body });
        response.writeHead(this.answer.status).end(this.answer.body);
      });
    });
  }

  listen(): Promise<string> {
    return new Promise((resolve) => {
      this.#server.listen(0, "127.0.0.1", () => {
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/exports`);
      });
    });
  }

  close(): void {
    this.#server.close();
  }
}

const receivers: Receiver[] = [];

test.afterEach(() => {
  for (const receiver of receivers.splice(0)) {
    receiver.close();
  }
});

async function receiving(): Promise<{ receiver: Receiver; url: string }> {
  const receiver = new Receiver();
  receivers.push(receiver);
  return { receiver, url: await receiver.listen() };
}

function isSigned({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const expected = `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
  return String(headers["webhook-signature"]).split(" ").includes(expected);
}

/** Adds a webhook and answers its secret. */
async function add(page: Page, url: string): Promise<string> {
  await page.getByRole("button", { name: "Add a webhook" }).first().click();
  await page.getByRole("dialog").getByLabel("URL").fill(url);
  await page.getByRole("dialog").getByRole("button", { name: "Add", exact: true }).click();
  const shown = page.getByRole("dialog", { name: "The webhook was added" });
  const secret = (await shown.getByText(/^whsec_/).textContent()) as string;
  await shown.getByRole("button", { name: "Done" }).click();
  return secret;
}

async function choose(page: Page, action: string): Promise<void> {
  await page.getByRole("button", { name: /^More actions for/ }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

test("a webhook is added, its secret is shown once, and a test says that it arrives", async ({
  page,
  context,
}) => {
  const person = await newOperator({ isAlone: true, isManager: true });
  const { receiver, url } = await receiving();
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page, person);
  await page.getByRole("link", { name: "Webhooks" }).click();
  await expect(page.getByRole("heading", { name: "No webhooks yet" })).toBeVisible();
  await page.getByRole("button", { name: "Add a webhook" }).click();
  const form = page.getByRole("dialog", { name: "Add a webhook" });
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await expect(form.getByLabel("URL")).toBeFocused();
  await expect(form.getByLabel("URL")).toHaveAccessibleDescription(/begins with https/);
  await form.getByLabel("URL").fill(url);
  await form.getByLabel("What it is for").fill("Tells the ledger's loader");
  await form.getByRole("button", { name: "Add", exact: true }).click();

  const shown = page.getByRole("dialog", { name: "The webhook was added" });
  await shown.getByRole("button", { name: "Copy the secret" }).click();
  const secret = await page.evaluate(() => navigator.clipboard.readText());
  expect(secret).toMatch(/^whsec_/);
  await shown.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(secret)).toHaveCount(0);
  const row = page.getByRole("row").filter({ hasText: url });
  await expect(row).toContainText("Tells the ledger's loader");
  await expect(row).toContainText("Every event");
  await expect(row).toContainText("Enabled");

  await choose(page, "Send a test");
  await expect(page.getByRole("status").filter({ hasText: "A test is on its way" })).toBeVisible();
  await row.getByRole("button", { name: /^Deliveries/ }).click();
  const drawer = page.getByRole("dialog", { name: "Deliveries" });
  const delivery = drawer.getByRole("listitem").filter({ hasText: "Test" }).first();
  await expect(delivery.getByText("Delivered")).toBeVisible();
  await delivery.getByText("1 attempt").click();
  await expect(delivery.getByText("Answered 200")).toBeVisible();
  await expect(delivery.getByText("thanks")).toBeVisible();
  expect(receiver.received).toHaveLength(1);
  expect(isSigned(receiver.received[0] as Received, secret)).toBe(true);
});

test("what was not delivered is sent again on request, and what an export did is told", async ({ page }) => {
  const person = await newOperator({ isAlone: true, isManager: true });
  const { receiver, url } = await receiving();
  receiver.answer = { status: 503, body: "later" };
  await signIn(page, person, "?tab=webhooks");
  await add(page, url);
  const item = await new Exports(person, "supplier-payouts").make();
  await page.getByRole("button", { name: /^Deliveries/ }).click();
  const drawer = page.getByRole("dialog", { name: "Deliveries" });
  const delivery = drawer.getByRole("listitem").filter({ hasText: "Ready" }).first();
  await expect(delivery.getByText("The next attempt is due")).toBeVisible();
  await expect(delivery.getByText("Pending")).toBeVisible();
  await delivery.getByText("1 attempt").click();
  await expect(delivery.getByText("Answered 503")).toBeVisible();
  await page.keyboard.press("Escape");

  await choose(page, "Disable");
  await expect(page.getByRole("row").filter({ hasText: url })).toContainText("Disabled");
  await choose(page, "Enable");
  await expect(page.getByRole("row").filter({ hasText: url })).toContainText("Enabled");
  receiver.answer = { status: 200, body: "" };
  await page.getByRole("button", { name: /^Deliveries/ }).click();
  const resend = delivery.getByRole("button", { name: /^Resend/ });
  await expect(resend).toBeVisible({ timeout: 30_000 });
  await resend.click();
  await expect(drawer.getByRole("status").filter({ hasText: "on its way again" })).toBeVisible();
  await expect(delivery.getByText("Delivered")).toBeVisible();
  expect(JSON.parse((receiver.received.at(-1) as Received).body)).toMatchObject({
    type: "export.ready",
    data: { exportId: item.exportId },
  });
});

test("a webhook is changed, gets a new secret, and is deleted after a question", async ({ page }) => {
  const person = await newOperator({ isAlone: true, isManager: true });
  await signIn(page, person, "?tab=webhooks");
  const first = await add(page, "https://hooks.example.com/exports");
  const row = page.getByRole("row").filter({ hasText: "https://hooks.example.com/exports" });
  await choose(page, "Edit…");
  const form = page.getByRole("dialog", { name: "Edit the webhook" });
  await form.getByText("Only some").click();
  for (const name of ["Ready", "Failed", "Cancelled", "Expired", "Downloaded for the first time"]) {
    await form.getByText(name, { exact: true }).click();
  }
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("Choose at least one event.")).toBeVisible();
  await form.getByText("Failed", { exact: true }).click();
  await form.getByLabel("URL").fill("https://10.0.0.1/");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByLabel("URL")).toHaveAttribute("aria-invalid", "true");
  await expect(form.getByRole("alert")).toHaveCount(0);
  await form.getByLabel("URL").fill("https://hooks.example.com/exports");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(row.getByRole("cell").first()).toHaveText("Failed");

  await choose(page, "New secret…");
  await page.getByRole("dialog").getByRole("button", { name: "Make a new secret" }).click();
  const shown = page.getByRole("dialog", { name: "The new secret" });
  expect(await shown.getByText(/^whsec_/).textContent()).not.toBe(first);
  await page.keyboard.press("Escape");

  await choose(page, "Delete…");
  await page.getByRole("dialog").getByRole("button", { name: "Keep it" }).click();
  await expect(row).toBeVisible();
  await choose(page, "Delete…");
  await page.getByRole("dialog").getByRole("button", { name: "Delete the webhook" }).click();
  await expect(page.getByRole("status").filter({ hasText: "was deleted" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "No webhooks yet" })).toBeVisible();
});

test("without the permission there is no way to the webhooks", async ({ page, person }) => {
  await signIn(page, person);
  await expect(page.getByRole("link", { name: "Funding transfers" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Webhooks" })).toHaveCount(0);
  await page.goto(`${page.url().split("?")[0]}?tab=webhooks`);
  await expect(page.getByRole("heading", { name: "Webhooks are not yours to manage" })).toBeVisible();
});
