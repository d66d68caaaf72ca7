import { readFileSync } from "node:fs";
import { defineConfig } from "vite";
import { apiReference } from "./reference/plugin.ts";

/** Where `npm run dev` sends API calls: the stack that `make up` started. */
function operatorApi(): URL {
  const file = process.env.STACK_JSON ?? "../.local/stack.json";
  return new URL(JSON.parse(readFileSync(file, "utf8")).operatorApiUrl);
}

function proxy() {
  const api = operatorApi();
  return { "/v1": { target: api.origin, rewrite: (path: string) => api.pathname + path } };
}

export default defineConfig(({ command, isPreview }) => ({
  base: "/console/",
  plugins: [apiReference()],
  ...(command === "serve" && !isPreview && !process.env.VITEST ? { server: { proxy: proxy() } } : {}),
  experimental: {
    // The page is at `…/console` below a stage that only its own address tells, so nothing can begin with a slash.
    renderBuiltUrl: (file, { hostType }) => (hostType === "html" ? `console/${file}` : { relative: true }),
  },
  build: { target: "es2022", modulePreload: false },
  test: { include: ["src/**/*.test.ts", "tests/build/*.test.ts"], environment: "node" },
}));
