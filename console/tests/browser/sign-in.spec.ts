import { newOperator } from "./support/people.ts";
import { stack } from "./support/stack.ts";
import { expect, openLaunch, signIn, test } from "./support/test.ts";

test("a wrong key says so, at the key", async ({ page }) => {
  await page.goto(stack.consoleUrl);
  const key = page.getByLabel("API key");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(key).toHaveAccessibleDescription(/Enter your API key/);
  for (const wrong of ["no_such_key", stack.keys.disabled.key, "ключ"]) {
    await key.fill(wrong);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(key).toHaveAccessibleDescription(/not known, has expired or was disabled/);
    await expect(key).toBeFocused();
  }
});

test("a key of the other role is told apart from a wrong one", async ({ page }) => {
  await page.goto(stack.consoleUrl);
  await page.getByLabel("API key").fill(stack.keys.supplier.key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByLabel("API key")).toHaveAccessibleDescription(/not an operator's key/);
});

test("the key stays in the tab: it outlives a reload, is in no other tab, and in no address", async ({
  page,
  person,
}) => {
  await signIn(page, person);
  await page.reload();
  await expect(page.getByText(person.email)).toBeVisible();
  expect(page.url()).not.toContain(person.key);
  const kept = await page.evaluate(() => [
    JSON.stringify(sessionStorage),
    JSON.stringify(localStorage),
    document.cookie,
  ]);
  expect(kept[0]).toContain(person.key);
  expect(kept.slice(1).join()).not.toContain(person.key);

  const otherTab = await page.context().newPage();
  await otherTab.goto(page.url());
  await expect(otherTab.getByLabel("API key")).toBeVisible();
  await otherTab.close();

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.reload();
  await expect(page.getByLabel("API key")).toBeVisible();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});

test("whoever signs in sees the address that was opened", async ({ page, person }) => {
  await signIn(page, person, "?dataset=transactions&status=READY&sort=createdAt:asc");
  await expect(page.getByRole("heading", { name: "Exports of transactions" })).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "Ready" })).toBeChecked();
});

test("a supplier is offered a supplier's kinds of exports, and no choice of suppliers", async ({ page }) => {
  await signIn(page, stack.keys.supplier);
  const kinds = page.getByRole("navigation", { name: "Kinds of records" }).getByRole("link");
  await expect(kinds).toHaveText(["Transactions", "Funding transfers"]);
  await page.getByRole("button", { name: "Actions", exact: true }).click();
  await page.getByRole("menuitem").click();
  await expect(page.getByRole("dialog").getByLabel("Amount from")).toBeVisible();
  await expect(page.getByRole("dialog").getByLabel("Suppliers")).toHaveCount(0);
});

test("who may only read is offered nothing to launch", async ({ page }) => {
  await signIn(page, await newOperator({ acts: ["read"], isAlone: true }));
  await expect(page.getByRole("heading", { name: "No exports yet" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Actions", exact: true })).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Export/ })).toHaveCount(0);
});

test("who may only launch is not shown a history, and told why", async ({ page }) => {
  await signIn(page, await newOperator({ acts: ["create"], isAlone: true }));
  await expect(page.getByRole("heading", { name: "The history is not yours to see" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Actions", exact: true })).toBeVisible();
});

test("a kind of export without permission is not shown, and its address says so", async ({ page }) => {
  await signIn(page, await newOperator({ datasets: ["transactions"] }), "?dataset=supplier-payouts");
  await expect(page.getByRole("heading", { name: "These exports are not yours to see" })).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Kinds of records" }).getByRole("link")).toHaveText([
    "Transactions",
  ]);
});

test("a key that stops working leads back to the sign-in", async ({ page, person }) => {
  await signIn(page, person);
  await page.route("**/export?*", (route) =>
    route.fulfill({
      status: 401,
      json: { code: "UNAUTHORIZED", title: "Not authorized", detail: "No.", status: 401 },
    }),
  );
  await page.getByRole("link", { name: "Transactions" }).click();
  await expect(page.getByText("Your key no longer works")).toBeVisible();
});

test("what ends after sign-out is not told to whoever signs in next", async ({ page, person }) => {
  await signIn(page, person);
  const dialog = await openLaunch(page);
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/export", async (route) => {
    await released;
    await route.continue();
  });
  await dialog.getByRole("button", { name: "Launch export" }).click();
  await expect(dialog.getByRole("button", { name: "Launching…" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Sign out" }).click();
  const answered = page.waitForResponse("**/export");
  release();
  expect((await answered).status()).toBe(201);
  await signIn(page, await newOperator());
  await expect(page.getByRole("heading", { name: "No exports yet" })).toBeVisible();
  await expect(page.getByRole("status", { name: "Notices" })).toBeEmpty();
});
