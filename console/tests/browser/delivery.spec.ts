import { stack } from "./support/stack.ts";
import { expect, signIn, test } from "./support/test.ts";

test("the page may run only its own scripts, and nothing may frame it", async ({ request }) => {
  const response = await request.get(stack.consoleUrl);
  const headers = response.headers();
  const policy = headers["content-security-policy"] ?? "";
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]) {
    expect(policy).toContain(rule);
  }
  expect(policy).not.toContain("unsafe");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["referrer-policy"]).toBe("no-referrer");
  const html = await response.text();
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=/);
});

test("files with hashed names may be kept, the page itself is asked for again", async ({ request }) => {
  const page = await request.get(stack.consoleUrl);
  expect(page.headers()["cache-control"]).toBe("no-cache");
  const files = [...(await page.text()).matchAll(/(?:src|href)="(console\/assets\/[^"]+)"/g)].map(
    ([, file]) => file,
  );
  expect(files).toHaveLength(2);
  for (const file of files) {
    const asset = await request.get(new URL(file as string, stack.consoleUrl).href);
    expect(asset.status()).toBe(200);
    expect(asset.headers()["cache-control"]).toContain("immutable");
  }
  expect((await request.get(`${stack.consoleUrl}/assets/nothing.js`)).status()).toBe(404);
});

test("a script that gets into the page all the same is not run", async ({ page, person, faults }) => {
  await signIn(page, person);
  const isRun = await page.evaluate(async () => {
    const script = document.createElement("script");
    script.textContent = "window.isRun = true";
    document.head.append(script);
    return "isRun" in window;
  });
  expect(isRun).toBe(false);
  expect(faults.splice(0)).toEqual([expect.stringContaining("Content Security Policy")]);
});
