import type { Dataset } from "../domain/datasets.ts";
import { allExports, allRecords } from "../domain/view.ts";
import { view } from "../state/location.ts";
import { ViewLink } from "./ViewLink.tsx";

export function DatasetTabs({ datasets, current }: { datasets: Dataset[]; current: Dataset | undefined }) {
  const { tab, limit } = view.value;
  const all = tab === "exports" ? allExports : allRecords;
  return (
    <nav class="tabs" aria-label="Kinds of records">
      {datasets.map((dataset) => (
        <ViewLink key={dataset.slug} view={{ ...all(dataset.slug), limit }} isCurrent={dataset === current}>
          {dataset.title}
        </ViewLink>
      ))}
    </nav>
  );
}
