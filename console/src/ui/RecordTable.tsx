import type { Caller, RecordItem } from "../api/types.ts";
import { labelOf, tableColumns } from "../domain/columns.ts";
import type { Column, Dataset } from "../domain/datasets.ts";
import type { RecordsView } from "../domain/view.ts";
import { CreatedAtHeader } from "./CreatedAtHeader.tsx";
import { RecordValue } from "./RecordValue.tsx";

interface Props {
  caller: Caller;
  dataset: Dataset;
  items: readonly RecordItem[];
  isLoading: boolean;
  view: RecordsView;
  onOpen: (index: number) => void;
}

/** On a phone the rows are laid out as cards, which makes browsers forget that this is a table: hence the roles. */
export function RecordTable({ caller, dataset, items, isLoading, view, onOpen }: Props) {
  const columns = tableColumns(caller, dataset);
  return (
    <div class="scroll">
      <table class="list records" role="table" aria-busy={isLoading}>
        <caption class="hidden">{dataset.title}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) =>
              column.name === "createdAt" ? (
                <CreatedAtHeader key={column.name} view={view} />
              ) : (
                <th key={column.name} role="columnheader" scope="col" class={classOf(dataset, column)}>
                  {headOf(dataset, column)}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {items.map((item, index) => (
            <tr key={item[dataset.id]} role="row">
              {columns.map((column) =>
                column.name === dataset.id ? (
                  <th key={column.name} role="rowheader" scope="row" class="id">
                    <button type="button" class="open" onClick={() => onOpen(index)}>
                      {item[dataset.id]}
                    </button>
                  </th>
                ) : (
                  <td key={column.name} role="cell" class={classOf(dataset, column)}>
                    <RecordValue dataset={dataset} column={column} item={item} />
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function headOf(dataset: Dataset, { name }: Column): string {
  return name === dataset.supplier ? "Supplier" : labelOf(dataset, name);
}

function classOf(dataset: Dataset, { kind, name }: Column): string {
  if (name === dataset.supplier) {
    return "supplier";
  }
  if (["createdAt", "status"].includes(name)) {
    return name;
  }
  return (
    { amount: "number amount", count: "number category", choice: "category", code: "category" }[
      kind as string
    ] ?? ""
  );
}
