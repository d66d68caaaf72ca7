import type { Schedule } from "../api/types.ts";
import { periodText } from "../domain/schedules.ts";
import { allExports } from "../domain/view.ts";
import { Time } from "./Time.tsx";
import { ViewLink } from "./ViewLink.tsx";

/** When a schedule ran last, leading to the export that it made. */
export function LastRun({ schedule: { dataset, lastRun } }: { schedule: Schedule }) {
  return lastRun ? (
    <div>
      <ViewLink view={{ ...allExports(dataset), export: lastRun.exportId }}>
        <Time value={lastRun.at} />
        <span class="hidden">: its export</span>
      </ViewLink>
      <p class="muted small">{periodText(lastRun.period)}</p>
    </div>
  ) : (
    <span class="muted">None yet</span>
  );
}
