import type { ScheduleRun } from "../api/types.ts";
import { isDue, periodText } from "../domain/schedules.ts";
import { Time } from "./Time.tsx";

/** When a schedule runs, and what it exports then. */
export function NextRun({ run }: { run: ScheduleRun | undefined }) {
  return run ? (
    <div>
      <Time value={run.at} />
      <p class="muted small">{periodText(run.period)}</p>
      {isDue(run, new Date()) && <p class="waiting small">It is due, and waits for its turn.</p>}
    </div>
  ) : (
    <span class="muted">None</span>
  );
}
