import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import { stack } from "./support/stack.ts";
import { expect, signIn, test } from "./support/test.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const REFERENCE = stack.consoleUrl.replace(/console$/, "docs");
const APIS = ["operator", "merchant", "link"];

interface Contract {
  paths: Record<string, Record<string, { operationId: string; summary: string }>>;
}

function operations(api: string): { operationId: string; summary: string }[] {
  const file = new URL(`../../reference/contracts/${api}-api.json`, import.meta.url);
  const { paths }: Contract = JSON.parse(readFileSync(file, "utf8"));
  return Object.values(paths).flatMap((ofPath) => Object.values(ofPath));
}

/** What the browser says of the page's policy while it loads an address. */
async function violations(page: Page, url: string): Promise<string[]> {
  const found: string[] = [];
  await page.exposeFunction("wasViolated", (directive: string) => found.push(directive));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      (window as unknown as { wasViolated(directive: string): void }).wasViolated(
        `${violatedDirective} ${blockedURI}`,
      );
    });
  });
  const answer = await page.goto(url);
  expect(answer?.headers()["content-security-policy"]).toContain("style-src 'self'");
  await page.waitForLoadState("networkidle");
  return found;
}

test("the reference lists each operation of each API, and leads to it", async ({ page }) => {
  expect(await violations(page, REFERENCE)).toEqual([]);
  for (const api of APIS) {
    for (const { operationId, summary } of operations(api)) {
      const link = page.locator(`a[href$="docs/${api}#${operationId}"]`);
      await expect(link).toHaveText(summary);
      await expect(link).toBeVisible();
    }
  }
  await page.getByRole("link", { name: "Export funding transfers" }).click();
  await expect(page).toHaveURL(/\/docs\/operator#ADM-PAY-/);
  await expect(page.locator(".operation:target")).toBeInViewport();
});

for (const api of APIS) {
  test(`the ${api} API's page shows its operations, styled, in the policy's bounds`, async ({ page }) => {
    expect(await violations(page, `${REFERENCE}/${api}`)).toEqual([]);
    for (const { operationId, summary } of operations(api)) {
      await expect(
        page.locator(`[id="${operationId}"]`).getByRole("heading", { name: summary }),
      ).toBeVisible();
    }
    // The stylesheet was let in.
    await expect(page.locator("header")).toHaveCSS("position", "sticky");
    await page.evaluate(AXE);
    const found = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
      return (await axe.run()).violations.map(({ id }) => id);
    });
    expect(found).toEqual([]);
    await page.setViewportSize({ width: 375, height: 800 });
    const { scroll, client } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      client: document.documentElement.clientWidth,
    }));
    expect(scroll).toBeLessThanOrEqual(client);
    await page.getByRole("link", { name: "All operations" }).click();
    await expect(page.getByRole("heading", { name: "API reference" })).toBeVisible();
  });
}

test("the page leads to the reference before and after the sign-in, and back", async ({ page, person }) => {
  await page.goto(`${stack.consoleUrl}/`);
  await page.getByRole("link", { name: "API reference" }).click();
  await expect(page.getByRole("heading", { name: "API reference" })).toBeVisible();
  await signIn(page, person);
  await page.getByRole("contentinfo").getByRole("link", { name: "API reference" }).click();
  await page.getByRole("link", { name: "Back Office", exact: true }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
});
