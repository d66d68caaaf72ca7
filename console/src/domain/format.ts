import type { Zone } from "./zone.ts";

const COUNT = new Intl.NumberFormat();
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const TIME = inEachZone({ dateStyle: "medium", timeStyle: "short" });
const EXACT_TIME = inEachZone({ dateStyle: "medium", timeStyle: "medium" });
const ZONE_NAME = inEachZone({ timeZoneName: "short" });
const UNITS = ["kB", "MB", "GB", "TB"] as const;

export function count(value: number): string {
  return COUNT.format(value);
}

export function rows(value: number): string {
  return value === 1 ? "1 row" : `${count(value)} rows`;
}

/** `2026-02-10` as `10 Feb 2026`. */
export function day(day: string): string {
  return DAY.format(new Date(`${day}T00:00:00Z`));
}

/** `10 Feb 2026, 09:30`: where something near says the zone, such as a table's head. */
export function time(time: string, zone: Zone): string {
  return TIME[zone].format(new Date(time));
}

/** `10 Feb 2026, 09:30 UTC`. */
export function timeInText(text: string, zone: Zone): string {
  return `${time(text, zone)} ${zoneAt(text, zone)}`;
}

/** `10 Feb 2026, 09:30:05 UTC`. */
export function exactTime(time: string, zone: Zone): string {
  return `${EXACT_TIME[zone].format(new Date(time))} ${zoneAt(time, zone)}`;
}

/** `UTC`, or `CEST` if it is summer then. */
function zoneAt(time: string, zone: Zone): string {
  const parts = ZONE_NAME[zone].formatToParts(new Date(time));
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/** `2026-02-10 09:30:00 UTC`. */
export function utcTime(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} UTC`;
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

function inEachZone(options: Intl.DateTimeFormatOptions): Record<Zone, Intl.DateTimeFormat> {
  return {
    UTC: new Intl.DateTimeFormat(undefined, { ...options, timeZone: "UTC" }),
    local: new Intl.DateTimeFormat(undefined, options),
  };
}
