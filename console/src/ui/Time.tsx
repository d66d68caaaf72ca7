import type { ComponentChildren } from "preact";
import { time, timeInText, utcTime } from "../domain/format.ts";
import { zone } from "../state/zone.ts";

interface Props {
  value: string;
  /** Whether something near says the zone already. */
  isZoneSaid?: boolean;
  children?: ComponentChildren;
}

/** A time as the chosen clock shows it, or in other words; the UTC time on hover. */
export function Time({ value, isZoneSaid = false, children }: Props) {
  return (
    <time dateTime={value} title={utcTime(value)}>
      {children ?? (isZoneSaid ? time(value, zone.value) : timeInText(value, zone.value))}
    </time>
  );
}
