import type { Export } from "../api/types.ts";
import type { Dataset } from "../domain/datasets.ts";
import { describeFilters } from "../domain/filters.ts";
import { count, fileSize } from "../domain/format.ts";
import type { Session } from "../state/session.ts";
import { CopyableId } from "./CopyableId.tsx";
import { Recipients } from "./Recipients.tsx";
import { RowActions } from "./RowActions.tsx";
import { StatusCell } from "./StatusCell.tsx";
import { Time } from "./Time.tsx";

interface Props {
  session: Session;
  dataset: Dataset;
  item: Export;
  onRelaunch: (original: Export) => void;
  onResend: (item: Export) => void;
  onStale: () => void;
}

export function ExportRow({ session, dataset, item, ...actions }: Props) {
  const filters = describeFilters(item.filters);
  return (
    <tr role="row" class={item.status.toLowerCase()}>
      <th role="rowheader" scope="row" data-label="Export ID">
        <CopyableId exportId={item.exportId} />
        {dataset.filters.length > 0 && (
          <p class="muted small">{filters.length > 0 ? filters.join(" · ") : "Everything"}</p>
        )}
      </th>
      <td role="cell" data-label="Recipients">
        <Recipients addresses={item.recipients} />
      </td>
      <td role="cell" data-label="Created at">
        <Time value={item.createdAt} />
      </td>
      <td role="cell" data-label="Status">
        <StatusCell item={item} />
      </td>
      <Figure label="Rows" text={item.rowCount === undefined ? undefined : count(item.rowCount)} />
      <Figure
        label="Size"
        text={item.fileSize === undefined ? undefined : fileSize(item.fileSize)}
        title={item.fileSize === undefined ? undefined : `${count(item.fileSize)} bytes`}
      />
      <td role="cell" class="actions">
        <div>
          <RowActions session={session} dataset={dataset} item={item} {...actions} />
        </div>
      </td>
    </tr>
  );
}

function Figure({
  label,
  text,
  title,
}: {
  label: string;
  text: string | undefined;
  title?: string | undefined;
}) {
  return (
    <td role="cell" data-label={label} class={text === undefined ? "number unknown" : "number"}>
      {text === undefined ? (
        <>
          <span class="muted" aria-hidden="true">
            –
          </span>
          <span class="hidden">not known</span>
        </>
      ) : (
        <span title={title}>{text}</span>
      )}
    </td>
  );
}
