import type { Caller, RecordItem } from "../api/types.ts";
import { choiceLabel, columnsFor, labelOf, wordsOf } from "../domain/columns.ts";
import { type Column, type Dataset, hasMoney } from "../domain/datasets.ts";
import { count, exactTime, utcTime } from "../domain/format.ts";
import { moneyText } from "../domain/money.ts";
import { zone } from "../state/zone.ts";
import { Copyable } from "./Copyable.tsx";
import { Dialog } from "./Dialog.tsx";
import { Icon } from "./Icon.tsx";
import { Nothing } from "./Nothing.tsx";
import { RecordValue } from "./RecordValue.tsx";

interface Props {
  caller: Caller;
  dataset: Dataset;
  /** The records of the page, which the drawer can go through. */
  items: readonly RecordItem[];
  index: number;
  onIndex: (index: number) => void;
  onClose: () => void;
}

/** All fields of one record, beside the table that it is a row of. */
export function RecordDrawer({ caller, dataset, items, index, onIndex, onClose }: Props) {
  const item = items[index] ?? {};
  const id = item[dataset.id] ?? "";
  const columns = columnsFor(caller, dataset);
  const status = columns.find(({ name }) => name === "status");
  const go = (step: number) => items[index + step] && onIndex(index + step);
  return (
    <Dialog title={`${wordsOf(dataset.id).replace(/ ID$/, "")} ${id}`} look="drawer" onClose={onClose}>
      {(hasMoney(dataset) || status) && (
        <p class="headline">
          {hasMoney(dataset) && (
            <strong>
              {item.amount ? moneyText(item.amount, item.currency) : <Nothing words="no amount" />}
            </strong>
          )}
          {status && <RecordValue dataset={dataset} column={status} item={item} />}
        </p>
      )}
      <dl class="fields">
        {columns.map((column) => (
          <div key={column.name}>
            <dt>{labelOf(dataset, column.name)}</dt>
            <dd>
              <FieldValue dataset={dataset} column={column} item={item} />
            </dd>
          </div>
        ))}
      </dl>
      <div class="dialog-foot">
        <p class="muted" role="status">
          {index + 1} of {items.length} on this page
        </p>
        <button type="button" aria-disabled={index === 0} onClick={() => go(-1)}>
          <Icon name="previous" /> Previous
        </button>
        <button type="button" aria-disabled={index === items.length - 1} onClick={() => go(1)}>
          Next <Icon name="next" />
        </button>
      </div>
    </Dialog>
  );
}

function FieldValue({ dataset, column, item }: { dataset: Dataset; column: Column; item: RecordItem }) {
  const value = item[column.name];
  if (value === null || value === undefined || value === "") {
    return <Nothing />;
  }
  switch (column.kind) {
    case "time":
      return (
        <>
          <time dateTime={value}>{exactTime(value, zone.value)}</time>
          {zone.value === "local" && <span class="muted small">{utcTime(value)}</span>}
        </>
      );
    case "amount":
      return <>{moneyText(value, item.currency)}</>;
    case "count":
      return <>{count(Number(value))}</>;
    case "choice":
      return <>{choiceLabel(column, value)}</>;
    case "identifier":
      return (
        <Copyable
          text={value}
          name={labelOf(dataset, column.name)}
          fullName={labelOf(dataset, column.name)}
        />
      );
    default:
      return <>{value}</>;
  }
}
