import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const DIST = new URL("../../dist/", import.meta.url);
const MOST_BYTES = 60_000;

test("the first load is under 60 kB compressed", () => {
  const html = readFileSync(new URL("index.html", DIST), "utf8");
  const sizes = readdirSync(new URL("assets/", DIST)).map((name) => ({
    name,
    bytes: compressed(`assets/${name}`),
    isFirst: html.includes(`console/assets/${name}`),
  }));
  const total = sizes.reduce(
    (sum, { bytes, isFirst }) => sum + (isFirst ? bytes : 0),
    compressed("index.html"),
  );
  const listed = sizes.map(({ name, bytes, isFirst }) => `${name} ${bytes} B${isFirst ? "" : " later"},`);
  console.log(...listed, `first ${total} B compressed`);
  expect(total).toBeLessThan(MOST_BYTES);
});

function compressed(name: string): number {
  return gzipSync(readFileSync(new URL(name, DIST))).length;
}

test("the page loads nothing from elsewhere", () => {
  const html = readFileSync(new URL("index.html", DIST), "utf8");
  const loaded = [...html.matchAll(/<(?:script|link)[^>]*?(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
  for (const url of loaded) {
    expect(url).toMatch(/^(console\/assets\/|data:)/);
  }
  expect(loaded.length).toBeGreaterThanOrEqual(3);
});
