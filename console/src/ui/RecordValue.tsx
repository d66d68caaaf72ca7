import type { RecordItem } from "../api/types.ts";
import { choiceLabel } from "../domain/columns.ts";
import type { Column, Dataset } from "../domain/datasets.ts";
import { count } from "../domain/format.ts";
import { Amount } from "./Amount.tsx";
import { Nothing } from "./Nothing.tsx";
import { Time } from "./Time.tsx";

interface Props {
  dataset: Dataset;
  column: Column;
  item: RecordItem;
}

/** A field of a record in a table, as its kind is read. */
export function RecordValue({ dataset, column, item }: Props) {
  const value = item[column.name];
  if (value === null || value === undefined || value === "") {
    return <Nothing />;
  }
  if (column.name === dataset.supplier) {
    return <Supplier id={value} name={item.supplierName} />;
  }
  switch (column.kind) {
    case "time":
      return <Time value={value} isZoneSaid />;
    case "amount":
      return <Amount value={value} currency={item.currency} />;
    case "count":
      return <>{count(Number(value))}</>;
    case "choice":
      return column.name === "status" ? (
        <span class={dataset.failures.includes(value) ? "chip failed" : "chip plain"}>
          {choiceLabel(column, value)}
        </span>
      ) : (
        choiceLabel(column, value)
      );
    default:
      return <span title={value}>{value}</span>;
  }
}

function Supplier({ id, name }: { id: string; name: string | null | undefined }) {
  return name ? (
    <span class="two-lines" title={name}>
      <bdi>{name}</bdi> <bdi class="muted small">{id}</bdi>
    </span>
  ) : (
    id
  );
}
