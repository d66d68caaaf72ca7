import { allExports, allRecords, type DatasetView } from "../domain/view.ts";
import { ViewLink } from "./ViewLink.tsx";

/** A dataset's records, and the exports that were made of them. */
export function ViewTabs({ view: { tab, dataset, limit } }: { view: DatasetView }) {
  return (
    <nav class="tabs view-tabs" aria-label="Views">
      <ViewLink view={{ ...allRecords(dataset), limit }} isCurrent={tab === "records"}>
        Records
      </ViewLink>
      <ViewLink view={{ ...allExports(dataset), limit }} isCurrent={tab === "exports"}>
        Exports
      </ViewLink>
    </nav>
  );
}
