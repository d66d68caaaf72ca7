/** Amounts as people read them, digit for digit: as a JavaScript number they would be rounded. */

/** What can be read as an amount; any other text is shown as it is. */
const DECIMAL = /^-?\d+(\.\d+)?$/;
const PLAIN = new Intl.NumberFormat();
const CURRENCY = /^[A-Z]{3}$/;
const formats = new Map<string, Intl.NumberFormat>();

export interface Money {
  /** `€1,234.50`. */
  figure: string;
  /** `EUR`. */
  code: string;
}

/** `1234567.80` as `1,234,567.80`. */
export function amount(decimal: string): string {
  return DECIMAL.test(decimal) ? written(decimal, () => PLAIN) : decimal;
}

/** An amount of a currency, with at least as many decimals as the currency usually has. */
export function money(decimal: string, currency: string | null | undefined): Money {
  if (!DECIMAL.test(decimal)) {
    return { figure: decimal, code: "" };
  }
  if (!currency || !CURRENCY.test(currency)) {
    return { figure: amount(decimal), code: currency ?? "" };
  }
  const decimals = formatOf(currency).resolvedOptions().maximumFractionDigits ?? 0;
  const figure = written(decimal, (digits) => formatOf(currency, digits > 0), decimals);
  // A currency without a symbol of its own has its code there, which comes after the figure anyway.
  return { figure: figure.replace(new RegExp(`\\s?${currency}\\s?`), ""), code: currency };
}

/** `€1,234.50 EUR`. */
export function moneyText(decimal: string, currency: string | null | undefined): string {
  const { figure, code } = money(decimal, currency);
  return code ? `${figure} ${code}` : figure;
}

/** The exact sum. */
export function sum(first: string, second: string): string {
  const decimals = Math.max(decimalsOf(first), decimalsOf(second));
  const total = scaled(first, decimals) + scaled(second, decimals);
  const digits = (total < 0n ? -total : total).toString().padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  const fraction = decimals > 0 ? `.${digits.slice(point)}` : "";
  return `${total < 0n ? "-" : ""}${digits.slice(0, point)}${fraction}`;
}

function written(decimal: string, formatFor: (decimals: number) => Intl.NumberFormat, atLeast = 0): string {
  const isNegative = decimal.startsWith("-");
  const [whole = "", given = ""] = decimal.slice(isNegative ? 1 : 0).split(".");
  const fraction = given.padEnd(atLeast, "0");
  const parts: Record<string, (sample: string) => string> = {
    integer: () => PLAIN.format(BigInt(whole)),
    group: () => "",
    decimal: (point) => (fraction === "" ? "" : point),
    fraction: () => fraction.replace(/\d/g, (digit) => PLAIN.format(Number(digit))),
  };
  // A sample has what the locale and the currency put around the digits.
  const sample = formatFor(fraction.length).formatToParts(isNegative ? -1.5 : 1.5);
  return sample.map(({ type, value }) => parts[type]?.(value) ?? value).join("");
}

function formatOf(currency: string, hasDecimals?: boolean): Intl.NumberFormat {
  const key = `${currency} ${hasDecimals}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(undefined, {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
      ...(hasDecimals === undefined
        ? {}
        : { minimumFractionDigits: hasDecimals ? 1 : 0, maximumFractionDigits: hasDecimals ? 1 : 0 }),
    });
    formats.set(key, format);
  }
  return format;
}

function decimalsOf(decimal: string): number {
  return decimal.split(".")[1]?.length ?? 0;
}

function scaled(decimal: string, decimals: number): bigint {
  const [whole = "0", fraction = ""] = decimal.split(".");
  return BigInt(whole + fraction.padEnd(decimals, "0"));
}
