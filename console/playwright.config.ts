import { defineConfig } from "@playwright/test";
import { chromiumPath } from "./tests/chromium.ts";

/** Browser tests against a running stack, which `STACK_JSON` describes. */
export default defineConfig({
  testDir: "tests/browser",
  // The stack has one generator, which some of the tests hold back.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "Europe/Paris",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: chromiumPath(),
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--lang=en-GB"],
    },
  },
});
