import base from "./playwright.config.ts";

/** Pictures of the main views, for people to look at: in `screenshots/`. */
export default { ...base, testDir: "tests/screenshots" };
