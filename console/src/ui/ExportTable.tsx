import type { Export, ExportPage } from "../api/types.ts";
import type { Dataset } from "../domain/datasets.ts";
import type { View } from "../domain/view.ts";
import { zoneName } from "../domain/zone.ts";
import { show } from "../state/location.ts";
import type { Session } from "../state/session.ts";
import { zone } from "../state/zone.ts";
import { ExportRow } from "./ExportRow.tsx";
import { Icon } from "./Icon.tsx";

interface Props {
  session: Session;
  dataset: Dataset;
  page: ExportPage;
  isLoading: boolean;
  view: View;
  onRelaunch: (original: Export) => void;
  onResend: (item: Export) => void;
  onStale: () => void;
}

/** On a phone the rows are laid out as cards, which makes browsers forget that this is a table: hence the roles. */
export function ExportTable({ session, dataset, page, isLoading, view, ...actions }: Props) {
  return (
    <table class="exports" role="table" aria-busy={isLoading}>
      <caption class="hidden">Exports of {dataset.name}</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            Export ID
          </th>
          <th role="columnheader" scope="col">
            Recipients
          </th>
          <CreatedAtHeader view={view} />
          <th role="columnheader" scope="col">
            Status
          </th>
          <th role="columnheader" scope="col" class="number">
            Rows
          </th>
          <th role="columnheader" scope="col" class="number">
            Size
          </th>
          <th role="columnheader" scope="col">
            <span class="hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {page.items.map((item) => (
          <ExportRow key={item.exportId} session={session} dataset={dataset} item={item} {...actions} />
        ))}
      </tbody>
    </table>
  );
}

function CreatedAtHeader({ view }: { view: View }) {
  const isNewestFirst = view.sort === "createdAt:desc";
  return (
    <th role="columnheader" scope="col" aria-sort={isNewestFirst ? "descending" : "ascending"}>
      <button
        type="button"
        class="sort"
        title={isNewestFirst ? "Newest first; show the oldest first" : "Oldest first; show the newest first"}
        onClick={() =>
          show({ ...view, sort: isNewestFirst ? "createdAt:asc" : "createdAt:desc", cursor: null })
        }
      >
        Created at <span class="zone-said">({zoneName(zone.value)})</span>{" "}
        <Icon name={isNewestFirst ? "sortDown" : "sortUp"} />
      </button>
    </th>
  );
}
