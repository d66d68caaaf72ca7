import base from "./playwright.config.ts";

/** The page of a copy of the project that has one more dataset. */
export default { ...base, testDir: "tests/own-dataset" };
