import { expect, test } from "vitest";
import { amount, money, moneyText, sum } from "./money.ts";

test("amounts are grouped, and keep every digit", () => {
  expect(
    [
      "0",
      "0.000",
      "-0.50",
      "-5400",
      "999.9",
      "1234567.80",
      "9007199254740993",
      "12345678901234567890.12345678",
      "-9999999999999999999999999999.0000000000000000000000000001",
    ].map(amount),
  ).toEqual([
    "0",
    "0.000",
    "-0.50",
    "-5,400",
    "999.9",
    "1,234,567.80",
    "9,007,199,254,740,993",
    "12,345,678,901,234,567,890.12345678",
    "-9,999,999,999,999,999,999,999,999,999.0000000000000000000000000001",
  ]);
});

test("a currency adds its symbol and the decimals it usually has, and cuts none", () => {
  expect(
    [
      ["1234.5", "EUR"],
      ["-0.1", "USD"],
      ["12345678901234567890.125", "EUR"],
      ["1200", "JPY"],
      ["1200.50", "JPY"],
      ["7", "KWD"],
      ["-1.25", "BHD"],
    ].map(([decimal = "", currency]) => moneyText(decimal, currency)),
  ).toEqual([
    "€1,234.50 EUR",
    "-$0.10 USD",
    "€12,345,678,901,234,567,890.125 EUR",
    "¥1,200 JPY",
    "¥1,200.50 JPY",
    "7.000 KWD",
    "-1.250 BHD",
  ]);
});

test("an amount without a currency that is one is still shown", () => {
  expect(money("12.5", null)).toEqual({ figure: "12.5", code: "" });
  expect(money("12.5", "euro")).toEqual({ figure: "12.5", code: "euro" });
});

test("what is no amount is shown as it is, and breaks nothing", () => {
  for (const text of ["n/a", "", "-", "1,000", "1e3", ".5", "12 EUR"]) {
    expect(amount(text)).toBe(text);
    expect(moneyText(text, "EUR")).toBe(text);
  }
});

test("sums are exact", () => {
  expect(sum("0.1", "0.2")).toBe("0.3");
  expect(sum("99999999999999999999.99", "0.01")).toBe("100000000000000000000.00");
  expect(sum("-0.75", "0.5")).toBe("-0.25");
  expect(sum("-1", "1.000")).toBe("0.000");
  expect(sum("5", "-7")).toBe("-2");
});
