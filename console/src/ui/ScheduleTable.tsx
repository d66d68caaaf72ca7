import type { Schedule } from "../api/types.ts";
import { datasetBySlug } from "../domain/datasets.ts";
import { whenText } from "../domain/schedules.ts";
import { ActionsMenu, type MenuItem } from "./ActionsMenu.tsx";
import { Icon } from "./Icon.tsx";
import { LastRun } from "./LastRun.tsx";
import { NextRun } from "./NextRun.tsx";
import { ScheduleState } from "./ScheduleState.tsx";

interface Props {
  schedules: readonly Schedule[];
  /** None for who may not change a schedule. */
  actions: (schedule: Schedule) => MenuItem[];
  onDetails: (schedule: Schedule) => void;
}

const HEADS = ["Name", "When", "Next run", "Last run", "State"] as const;

export function ScheduleTable({ schedules, actions, onDetails }: Props) {
  return (
    <table class="list" role="table">
      <caption class="hidden">Schedules</caption>
      <thead role="rowgroup">
        <tr role="row">
          {HEADS.map((head) => (
            <th key={head} role="columnheader" scope="col">
              {head}
            </th>
          ))}
          <th role="columnheader" scope="col">
            <span class="hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {schedules.map((schedule) => {
          const items = actions(schedule);
          return (
            <tr key={schedule.scheduleId} role="row">
              <th role="rowheader" scope="row" data-label="Name">
                <div>
                  {schedule.name}
                  <p class="muted small">{datasetBySlug(schedule.dataset)?.title ?? schedule.dataset}</p>
                </div>
              </th>
              <td role="cell" data-label="When">
                {whenText(schedule.when)}
              </td>
              <td role="cell" data-label="Next run">
                <NextRun run={schedule.nextRuns[0]} />
              </td>
              <td role="cell" data-label="Last run">
                <LastRun schedule={schedule} />
              </td>
              <td role="cell" data-label="State">
                <ScheduleState schedule={schedule} />
              </td>
              <td role="cell" class="actions">
                <div>
                  <button type="button" onClick={() => onDetails(schedule)}>
                    <Icon name="details" /> Details<span class="hidden"> of {schedule.name}</span>
                  </button>
                  {items.length > 0 && (
                    <ActionsMenu items={items} more={`More actions for ${schedule.name}`} />
                  )}
                </div>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
