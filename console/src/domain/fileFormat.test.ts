import { expect, test } from "vitest";
import type { Manifest } from "../api/types.ts";
import { describeFormat, describeProfile, formatOf, languageOf } from "./fileFormat.ts";

test("the reader's own language is offered first, if a file can be written for it", () => {
  expect(["fr-CA", "DE", "es", "en-GB", "pt-BR"].map(languageOf)).toEqual(["fr", "de", "es", "en", "en"]);
});

test("a profile is told in words", () => {
  expect(describeProfile({ name: "spreadsheet", locale: "fr" })).toBe("for spreadsheets in French");
  expect(describeProfile({ name: "standard" })).toBe("standard format");
});

test("a format is told in words, whatever of it was asked for", () => {
  const profile = { name: "spreadsheet", locale: "fr" } as const;
  expect(describeFormat({})).toBe("standard format");
  expect(describeFormat({ compression: "none" })).toBe("standard format");
  expect(describeFormat({ compression: "gzip" })).toBe("standard format, compressed (.csv.gz)");
  expect(describeFormat({ profile, compression: "gzip" })).toBe(
    "for spreadsheets in French, compressed (.csv.gz)",
  );
});

test("the file that there is counts before what was asked for", () => {
  const manifest = { compression: "none" } as Manifest;
  expect(formatOf({ compression: "gzip" }).compression).toBe("gzip");
  expect(formatOf({ compression: "gzip", manifest }).compression).toBe("none");
});
