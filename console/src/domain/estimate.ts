import type { Estimate } from "../api/types.ts";
import type { Dataset } from "./datasets.ts";
import { count, fileSize } from "./format.ts";

type Range = Pick<Estimate["rowCount"], "min" | "max">;

/** `12,406 funding transfers, about 2.1 MB, ready in a few seconds`. The size is that of the text, compressed or not. */
export function describeEstimate(estimate: Estimate, dataset: Dataset, isCompressed = false): string {
  if (estimate.rowCount.max === 0) {
    return `No ${dataset.name}: the file would have its header alone`;
  }
  return [
    describeCount(estimate, dataset),
    `about ${between(estimate.fileSize, fileSize)}${isCompressed ? " before compression" : ""}`,
    `ready in ${describeWait(estimate.seconds)}`,
  ].join(", ");
}

/** `12,406 funding transfers`, `About 1.2 to 1.5 million funding transfers`. */
export function describeCount({ rowCount }: Pick<Estimate, "rowCount">, dataset: Dataset): string {
  if (rowCount.isExact) {
    return rowCount.max === 1 ? "1 record" : `${count(rowCount.max)} ${dataset.name}`;
  }
  return `About ${between(rowCount, rounded)} ${dataset.name}`;
}

/** How long the file takes, as people say it. */
export function describeWait({ min, max }: Range): string {
  if (max <= 10) {
    return "a few seconds";
  }
  if (max <= 60) {
    return "less than a minute";
  }
  const hours = max > 5400;
  const unit = (seconds: number) => Math.max(Math.round(seconds / (hours ? 3600 : 60)), 1);
  const [from, to] = [unit(min), unit(max)];
  const name = hours ? "hour" : "minute";
  return from === to ? `about ${to} ${to === 1 ? name : `${name}s`}` : `${from} to ${to} ${name}s`;
}

/** Both ends, or one where both are told alike. */
function between({ min, max }: Range, tell: (value: number) => string): string {
  const [from, to] = [tell(min), tell(max)];
  if (from === to) {
    return to;
  }
  const [unitFrom, unitTo] = [from, to].map((text) => text.split(" ").slice(1).join(" "));
  return `${unitFrom === unitTo ? from.split(" ")[0] : from} to ${to}`;
}

/** Two digits that count: what is not exact must not look so. */
function rounded(value: number): string {
  const compact = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });
  return value < 1_000_000 ? compact.format(value) : `${compact.format(value / 1_000_000)} million`;
}
