import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const DIST = new URL("../../dist/", import.meta.url);
const MOST_BYTES = 60_000;

test("the first load is under 60 kB compressed", () => {
  const assets = readdirSync(new URL("assets/", DIST)).map((name) => `assets/${name}`);
  const sizes = ["index.html", ...assets].map((name) => ({
    name,
    bytes: gzipSync(readFileSync(new URL(name, DIST))).length,
  }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(...sizes.map(({ name, bytes }) => `${name} ${bytes} B,`), `in all ${total} B compressed`);
  expect(total).toBeLessThan(MOST_BYTES);
});

test("the page loads nothing from elsewhere", () => {
  const html = readFileSync(new URL("index.html", DIST), "utf8");
  const loaded = [...html.matchAll(/<(?:script|link)[^>]*?(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
  for (const url of loaded) {
    expect(url).toMatch(/^(console\/assets\/|data:)/);
  }
  expect(loaded.length).toBeGreaterThanOrEqual(3);
});
