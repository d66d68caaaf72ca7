import type { Caller } from "../api/types.ts";
import { type Dataset, exportedBy, mayManageWebhooks } from "../domain/datasets.ts";
import { allExports, allRecords, allSchedules, allWebhooks } from "../domain/view.ts";
import { view } from "../state/location.ts";
import { ViewLink } from "./ViewLink.tsx";

interface Props {
  caller: Caller;
  datasets: Dataset[];
  current: Dataset | undefined;
}

export function DatasetTabs({ caller, datasets, current }: Props) {
  const { tab, limit } = view.value;
  const all = tab === "exports" ? allExports : allRecords;
  const isSettings = tab === "webhooks" || tab === "schedules";
  const hasSchedules = exportedBy(caller).length > 0;
  const hasWebhooks = mayManageWebhooks(caller);
  return (
    <div class="tabs">
      <nav aria-label="Kinds of records">
        {datasets.map((dataset) => (
          <ViewLink
            key={dataset.slug}
            view={{ ...all(dataset.slug), limit }}
            isCurrent={!isSettings && dataset === current}
          >
            {dataset.title}
          </ViewLink>
        ))}
      </nav>
      {(hasSchedules || hasWebhooks) && (
        <nav aria-label="Settings">
          {hasSchedules && (
            <ViewLink view={allSchedules()} isCurrent={tab === "schedules"}>
              Schedules
            </ViewLink>
          )}
          {hasWebhooks && (
            <ViewLink view={allWebhooks()} isCurrent={tab === "webhooks"}>
              Webhooks
            </ViewLink>
          )}
        </nav>
      )}
    </div>
  );
}
