import { expect, test } from "vitest";
import { describeProfile, languageOf } from "./profile.ts";

test("the reader's own language is offered first, if a file can be written for it", () => {
  expect(["fr-CA", "DE", "es", "en-GB", "pt-BR"].map(languageOf)).toEqual(["fr", "de", "es", "en", "en"]);
});

test("a profile is told in words", () => {
  expect(describeProfile({ name: "spreadsheet", locale: "fr" })).toBe("for spreadsheets in French");
  expect(describeProfile({ name: "standard" })).toBe("standard format");
});
