const COUNT = new Intl.NumberFormat();
const LOCAL_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const UNITS = ["kB", "MB", "GB", "TB"] as const;

export function count(value: number): string {
  return COUNT.format(value);
}

export function rows(value: number): string {
  return value === 1 ? "1 row" : `${count(value)} rows`;
}

export function localTime(time: string): string {
  return LOCAL_TIME.format(new Date(time));
}

/** `2026-02-10 09:30:00 UTC`. */
export function utcTime(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `1234567.80` as `1,234,567.80`, digit for digit: as a JavaScript number it would be rounded. */
export function amount(decimal: string): string {
  const isNegative = decimal.startsWith("-");
  const [whole = "", fraction = ""] = decimal.slice(isNegative ? 1 : 0).split(".");
  const written: Record<string, (sample: string) => string> = {
    integer: () => COUNT.format(BigInt(whole)),
    decimal: (point) => (fraction === "" ? "" : point),
    fraction: () => fraction.replace(/\d/g, (digit) => COUNT.format(Number(digit))),
  };
  // A sample has what the locale puts around the digits.
  const sample = COUNT.formatToParts(isNegative ? -0.5 : 0.5);
  return sample.map(({ type, value }) => written[type]?.(value) ?? value).join("");
}

/** Decimal units, as file managers show them. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) {
    return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  }
  let value = bytes;
  let unit = -1;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = value < 9.95 ? 1 : 0;
  const number = new Intl.NumberFormat(undefined, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${number.format(value)} ${UNITS[unit]}`;
}

/** `6 days`, `3 hours`, `5 minutes`: the largest unit that fits, rounded down. */
export function duration(milliseconds: number): string {
  const minutes = Math.max(Math.floor(milliseconds / 60_000), 0);
  if (minutes < 1) {
    return "less than a minute";
  }
  const [amount, unit] =
    minutes < 60
      ? [minutes, "minute"]
      : minutes < 48 * 60
        ? [Math.floor(minutes / 60), "hour"]
        : [Math.floor(minutes / 1440), "day"];
  return amount === 1 ? `1 ${unit}` : `${amount} ${unit}s`;
}

/** `CHARGED_BACK` as `Charged back`. */
export function choice(value: string): string {
  const words = value.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Enough of an id to tell it from its neighbours. */
export function shortId(exportId: string): string {
  return `…${exportId.slice(-6)}`;
}
