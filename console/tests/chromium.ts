import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const HOW_TO_INSTALL =
  "The browser tests need Chromium: install it (on Debian and Ubuntu with `apt-get install chromium`), " +
  "or name another one in CHROMIUM.";

/** Chromium's path; a root user of Debian gets it installed. */
export function chromiumPath(): string {
  const found = findChromium();
  if (found) {
    return found;
  }
  if (process.getuid?.() === 0 && onPath("apt-get")) {
    console.log("Installing Debian's Chromium (a minute, once) …");
    for (const command of [
      ["update"],
      ["install", "--yes", "--no-install-recommends", "chromium", "fonts-liberation"],
    ]) {
      spawnSync("apt-get", ["--quiet", "--quiet", ...command], {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      });
    }
  }
  const installed = findChromium();
  if (!installed) {
    throw new Error(HOW_TO_INSTALL);
  }
  return installed;
}

function findChromium(): string | undefined {
  const given = process.env.CHROMIUM;
  if (given) {
    return given;
  }
  const own = chromium.executablePath();
  return NAMES.map(onPath).find(Boolean) ?? (isExecutable(own) ? own : undefined);
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
