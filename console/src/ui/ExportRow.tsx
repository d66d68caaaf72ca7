import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Export } from "../api/types.ts";
import { type Dataset, hasMoney } from "../domain/datasets.ts";
import { describeProfile, formatOf } from "../domain/fileFormat.ts";
import { describeFilters } from "../domain/filters.ts";
import { count, fileSize, shortId } from "../domain/format.ts";
import { allExports, allRecords } from "../domain/view.ts";
import { showExport } from "../state/location.ts";
import type { Session } from "../state/session.ts";
import { zone } from "../state/zone.ts";
import { Copyable } from "./Copyable.tsx";
import { Icon } from "./Icon.tsx";
import { ManifestRow } from "./ManifestRow.tsx";
import { Nothing } from "./Nothing.tsx";
import { Recipients } from "./Recipients.tsx";
import { RowActions } from "./RowActions.tsx";
import { StatusCell } from "./StatusCell.tsx";
import { Time } from "./Time.tsx";
import { ViewLink } from "./ViewLink.tsx";

interface Props {
  session: Session;
  dataset: Dataset;
  item: Export;
}

/** The table's columns, that of the actions included. */
const COLUMNS = 7;

export function ExportRow({ session, dataset, item }: Props) {
  const [isOpen, setOpen] = useState(false);
  const manifestId = useId();
  const actions = useRef<HTMLDivElement>(null);
  const details = useRef<HTMLSpanElement>(null);
  const hadFocus = actions.current?.contains(document.activeElement);
  // The button that was pressed may be gone, and another in its place does something else.
  useLayoutEffect(() => {
    if (hadFocus && document.activeElement === document.body) {
      details.current?.querySelector("a")?.focus();
    }
  }, [item.status]);
  const filters = describeFilters(dataset.filters, item.filters, zone.value);
  const phrases = [
    ...(filters.length > 0 || dataset.filters.length === 0 ? filters : ["Everything"]),
    ...(item.columns ? [item.columns.length === 1 ? "1 column" : `${item.columns.length} columns`] : []),
    ...(item.profile ? [describeProfile(item.profile)] : []),
    ...(formatOf(item).compression === "gzip" ? ["compressed"] : []),
  ];
  return (
    <>
      <tr role="row" class={item.status.toLowerCase()}>
        <th role="rowheader" scope="row" data-label="Export ID">
          <Copyable text={item.exportId} name="export ID" fullName={`export ID ${shortId(item.exportId)}`} />
          {phrases.length > 0 && <p class="muted small">{phrases.join(" · ")}</p>}
          <p class="small links">
            <span ref={details}>
              <ViewLink
                view={{ ...allExports(dataset.slug), export: item.exportId }}
                onChoose={() => showExport(item.exportId)}
              >
                Details<span class="hidden"> of export {shortId(item.exportId)}</span>
              </ViewLink>
            </span>
            <ViewLink view={allRecords(dataset.slug, item.filters)}>
              Show its records<span class="hidden"> (export {shortId(item.exportId)})</span>
            </ViewLink>
          </p>
        </th>
        <td role="cell" data-label="Recipients">
          <Recipients addresses={item.recipients} />
        </td>
        <td role="cell" data-label="Created at">
          <Time value={item.createdAt} isZoneSaid />
        </td>
        <td role="cell" data-label="Status">
          <StatusCell item={item} />
        </td>
        <Figure label="Rows" text={item.rowCount === undefined ? undefined : count(item.rowCount)}>
          {item.manifest && (
            <button
              type="button"
              class="quiet disclosure"
              aria-expanded={isOpen}
              aria-controls={isOpen ? manifestId : undefined}
              onClick={() => setOpen(!isOpen)}
            >
              <Icon name={isOpen ? "down" : "next"} />
              Totals<span class="hidden"> and SHA-256 of export {shortId(item.exportId)}</span>
            </button>
          )}
        </Figure>
        <Figure
          label="Size"
          text={item.fileSize === undefined ? undefined : fileSize(item.fileSize)}
          title={item.fileSize === undefined ? undefined : `${count(item.fileSize)} bytes`}
        />
        <td role="cell" class="actions">
          <div ref={actions}>
            <RowActions session={session} dataset={dataset} item={item} />
          </div>
        </td>
      </tr>
      {isOpen && item.manifest && (
        <ManifestRow
          id={manifestId}
          exportId={item.exportId}
          manifest={item.manifest}
          hasMoney={hasMoney(dataset)}
          columns={COLUMNS}
        />
      )}
    </>
  );
}

function Figure({
  label,
  text,
  title,
  children,
}: {
  label: string;
  text: string | undefined;
  title?: string | undefined;
  children?: ComponentChildren;
}) {
  return (
    <td role="cell" data-label={label} class={text === undefined ? "number unknown" : "number"}>
      {text === undefined ? (
        <Nothing words="not known" />
      ) : (
        <>
          <span title={title}>{text}</span>
          {children}
        </>
      )}
    </td>
  );
}
