import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import type { Contract } from "./openapi.ts";
import { type Api, overview, reference } from "./pages.ts";

const STYLES = ["../src/styles/tokens.css", "../src/styles/base.css", "reference.css"];
const ICON = /<link\s+rel="icon"\s+href="([^"]+)"/;

const APIS: readonly Omit<Api, "contract">[] = [
  {
    slug: "operator",
    name: "Operator API",
    audience: "a marketplace's back office, its suppliers, and their integrators",
  },
  { slug: "merchant", name: "Merchant API", audience: "a merchant's integrators" },
  { slug: "link", name: "Link API", audience: "people with a mailed link" },
];

/** Makes the API reference: `docs/*.html` beside the page, without a script, and one stylesheet among the assets. */
export function apiReference(): Plugin {
  return {
    name: "api-reference",
    apply: "build",
    generateBundle() {
      const styles = this.emitFile({
        type: "asset",
        name: "reference.css",
        source: STYLES.map(read).join("\n"),
      });
      const icon = ICON.exec(read("../index.html"))?.[1];
      if (icon === undefined) {
        throw new Error("index.html has no icon.");
      }
      const frame = { stylesheet: this.getFileName(styles), icon };
      const apis = APIS.map((api) => ({ ...api, contract: contractOf(api.slug) }));
      const pages = apis.map((api) => ({ name: api.slug, source: reference(api, apis, frame) }));
      for (const { name, source } of [{ name: "index", source: overview(apis, frame) }, ...pages]) {
        this.emitFile({ type: "asset", fileName: `docs/${name}.html`, source });
      }
    },
  };
}

/** A contract as JSON, which `npm run contracts` makes before each build. */
function contractOf(slug: string): Contract {
  return JSON.parse(read(`contracts/${slug}-api.json`));
}

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), "utf8");
}
