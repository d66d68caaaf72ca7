import type { Schedule } from "../api/types.ts";
import { labelOf } from "../domain/columns.ts";
import { datasetBySlug } from "../domain/datasets.ts";
import { describeFormat } from "../domain/fileFormat.ts";
import { describeFilters } from "../domain/filters.ts";
import { whenText } from "../domain/schedules.ts";
import { zone } from "../state/zone.ts";
import { Dialog } from "./Dialog.tsx";
import { Fact } from "./Fact.tsx";
import { LastRun } from "./LastRun.tsx";
import { NextRun } from "./NextRun.tsx";
import { ScheduleState } from "./ScheduleState.tsx";

interface Props {
  schedule: Schedule;
  onClose: () => void;
}

/** What a schedule exports, and when. */
export function ScheduleDrawer({ schedule, onClose }: Props) {
  const { when, filters, columns, cc, nextRuns } = schedule;
  const dataset = datasetBySlug(schedule.dataset);
  const phrases = describeFilters(dataset?.filters ?? [], filters, zone.value);
  const label = (name: string) => (dataset ? labelOf(dataset, name) : name);
  return (
    <Dialog title={schedule.name} look="drawer" onClose={onClose}>
      <div class="headline">
        <ScheduleState schedule={schedule} />
      </div>
      <div class="drawer-part">
        <h3>Next runs</h3>
        {nextRuns.length === 0 && <p>None while it makes no exports.</p>}
        <ol class="entries" aria-label="Next runs">
          {nextRuns.map((run) => (
            <li key={run.at}>
              <NextRun run={run} />
            </li>
          ))}
        </ol>
      </div>
      <dl class="fields">
        <Fact name="When">{whenText(when)}</Fact>
        <Fact name="Last run">
          <LastRun schedule={schedule} />
        </Fact>
        <Fact name="Dataset">{dataset?.title ?? schedule.dataset}</Fact>
        <Fact name="What">
          {phrases.length === 0 && <span>Everything of each period</span>}
          {phrases.map((phrase) => (
            <span key={phrase}>{phrase}</span>
          ))}
        </Fact>
        <Fact name="Columns">{columns ? columns.map(label).join(", ") : "All"}</Fact>
        <Fact name="Format">{describeFormat(schedule)}</Fact>
        <Fact name="Copies">
          {cc.length === 0 && <span>None</span>}
          {cc.map((address) => (
            <span key={address}>{address}</span>
          ))}
        </Fact>
      </dl>
    </Dialog>
  );
}
