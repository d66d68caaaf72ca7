import { expect, test } from "vitest";
import { parseExact, stringifyExact } from "./json.ts";

test("amounts keep every digit both ways", () => {
  const json = '{"filters":{"amountMin":0.10,"amountMax":12345678901234567890.12345678},"rowCount":3}';
  const value = parseExact(json);
  expect(value).toEqual({
    filters: { amountMin: "0.10", amountMax: "12345678901234567890.12345678" },
    rowCount: 3,
  });
  expect(stringifyExact(value)).toBe(json);
});

test("text that looks like an amount stays text", () => {
  const value = { supplierIds: ['"amountMin":"1"', "amountMax"], amountMin: "1" };
  const json = stringifyExact(value);
  expect(JSON.parse(json)).toEqual({ supplierIds: value.supplierIds, amountMin: 1 });
  expect(parseExact(json)).toEqual(value);
});
