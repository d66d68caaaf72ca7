import type { ComponentChildren } from "preact";
import { localTime, utcTime } from "../domain/format.ts";

/** A time as the reader's own clock shows it, or in other words; the UTC time on hover. */
export function Time({ value, children }: { value: string; children?: ComponentChildren }) {
  return (
    <time dateTime={value} title={utcTime(value)}>
      {children ?? localTime(value)}
    </time>
  );
}
