import type { Schedule } from "../api/types.ts";
import { stateOf } from "../domain/schedules.ts";
import { Icon } from "./Icon.tsx";

/** Whether a schedule runs, and why not if it was stopped. */
export function ScheduleState({ schedule }: { schedule: Schedule }) {
  switch (stateOf(schedule)) {
    case "ACTIVE":
      return (
        <span class="chip ready">
          <Icon name="ready" />
          Active
        </span>
      );
    case "PAUSED":
      return (
        <span class="chip expired">
          <Icon name="pending" />
          Paused
        </span>
      );
    case "STOPPED":
      return (
        <div>
          <span class="chip failed">
            <Icon name="failed" />
            Stopped
          </span>
          <p class="reason small">{schedule.pausedReason}</p>
        </div>
      );
  }
}
