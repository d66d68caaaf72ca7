import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const DIST = new URL("../../dist/", import.meta.url);
const CONTRACTS = new URL("../../reference/contracts/", import.meta.url);
/** What the pages are served at, below the API's stage. */
const BASE = "https://api.example/api/";

interface Contract {
  paths: Record<string, Record<string, { operationId: string; summary: string }>>;
}

function pages(): { url: string; html: string }[] {
  return readdirSync(new URL("docs/", DIST)).map((file) => {
    const name = file.replace(/\.html$/, "");
    const html = readFileSync(new URL(`docs/${file}`, DIST), "utf8");
    return { url: BASE + (name === "index" ? "docs" : `docs/${name}`), html };
  });
}

function operationIds(file: string): string[] {
  const contract: Contract = JSON.parse(readFileSync(new URL(file, CONTRACTS), "utf8"));
  return Object.values(contract.paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId }) => operationId),
  );
}

test("every operation of every contract is in its page, and in the list of all", () => {
  const found = new Map(pages().map(({ url, html }) => [url.slice(BASE.length), html]));
  const contracts = readdirSync(CONTRACTS);
  expect(contracts).toHaveLength(3);
  for (const file of contracts) {
    const slug = file.replace("-api.json", "");
    const ids = operationIds(file);
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids) {
      expect(found.get(`docs/${slug}`)).toContain(`id="${id}"`);
      expect(found.get("docs")).toContain(`href="docs/${slug}#${id}"`);
    }
  }
});

test("every link of the reference leads to a page that is served, and to an anchor that is there", () => {
  const anchors = new Map(
    pages().map(({ url, html }) => [url, new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))]),
  );
  const assets = readdirSync(new URL("assets/", DIST)).map((name) => `${BASE}console/assets/${name}`);
  const elsewhere = new Set([...assets, `${BASE}console`]);
  let count = 0;
  for (const { url, html } of pages()) {
    for (const [, link = ""] of html.matchAll(/ (?:href|src)="([^"]+)"/g)) {
      const target = new URL(link.replaceAll("&amp;", "&"), url);
      const fragment = decodeURIComponent(target.hash.slice(1));
      target.hash = "";
      const known = anchors.get(target.href);
      const isGood = target.protocol === "data:" || elsewhere.has(target.href) || known !== undefined;
      expect(isGood, `${link} of ${url}`).toBe(true);
      expect(fragment === "" || known?.has(fragment), `${link} of ${url}`).toBe(true);
      count += 1;
    }
  }
  expect(count).toBeGreaterThan(500);
});

test("the reference has no script and no style that the page's policy forbids", () => {
  for (const { html } of pages()) {
    expect(html).not.toMatch(/<script|<style| style=| on[a-z]+="|javascript:/);
  }
});

test("no anchor is there twice", () => {
  for (const { url, html } of pages()) {
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size, url).toBe(ids.length);
  }
});
