import type { ExportPage } from "../api/types.ts";
import type { Dataset } from "../domain/datasets.ts";
import type { View } from "../domain/view.ts";
import type { Session } from "../state/session.ts";
import { CreatedAtHeader } from "./CreatedAtHeader.tsx";
import { ExportRow } from "./ExportRow.tsx";

interface Props {
  session: Session;
  dataset: Dataset;
  page: ExportPage;
  isLoading: boolean;
  view: View;
}

/** On a phone the rows are laid out as cards, which makes browsers forget that this is a table: hence the roles. */
export function ExportTable({ session, dataset, page, isLoading, view }: Props) {
  return (
    <table class="list" role="table" aria-busy={isLoading}>
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
          <ExportRow key={item.exportId} session={session} dataset={dataset} item={item} />
        ))}
      </tbody>
    </table>
  );
}
