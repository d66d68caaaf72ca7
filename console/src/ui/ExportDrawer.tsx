import { useEffect, useState } from "preact/hooks";
import type { Export } from "../api/types.ts";
import { labelOf } from "../domain/columns.ts";
import { type Dataset, hasMoney } from "../domain/datasets.ts";
import { describeFormat, formatOf } from "../domain/fileFormat.ts";
import { describeFilters } from "../domain/filters.ts";
import { count, exactTime, fileSize } from "../domain/format.ts";
import { periodText } from "../domain/schedules.ts";
import { allExports, allRecords } from "../domain/view.ts";
import { closeExport, showExport } from "../state/location.ts";
import type { Session } from "../state/session.ts";
import { looks } from "../state/workspace.ts";
import { zone } from "../state/zone.ts";
import { Copyable } from "./Copyable.tsx";
import { Dialog } from "./Dialog.tsx";
import { Downloads } from "./Downloads.tsx";
import { Fact } from "./Fact.tsx";
import { Icon } from "./Icon.tsx";
import { Mails } from "./Mails.tsx";
import { ManifestFields } from "./ManifestFields.tsx";
import { ProblemMessage } from "./ProblemMessage.tsx";
import { StatusCell } from "./StatusCell.tsx";
import { useAnswer } from "./useAnswer.ts";
import { useExportActions } from "./useExportActions.ts";
import { ViewLink } from "./ViewLink.tsx";

const AGAIN_MILLISECONDS = 3000;

interface Props {
  session: Session;
  dataset: Dataset;
  exportId: string;
  /** The export as the list shows it, if it does: the list is kept up to date. */
  listed: Export | undefined;
}

/** All that is known of one export, beside the list. */
export function ExportDrawer({ session, dataset, exportId, listed }: Props) {
  const { api } = session;
  const [tries, setTries] = useState(0);
  const detail = useAnswer(`${exportId} ${listed?.status} ${looks.value} ${tries}`, (signal) =>
    api.detail(dataset.slug, exportId, signal),
  );
  const told = detail.value?.exportId === exportId ? detail.value : null;
  const item = listed ?? told;
  const isUnwatched = !listed && told?.status === "PENDING";
  useEffect(() => {
    if (isUnwatched) {
      const timer = setInterval(() => document.hidden || setTries((tries) => tries + 1), AGAIN_MILLISECONDS);
      return () => clearInterval(timer);
    }
  }, [isUnwatched]);

  return (
    <Dialog title={`Export of ${dataset.name}`} look="drawer" onClose={closeExport}>
      {item && (
        <>
          <div class="headline">
            <div>
              <StatusCell item={item} />
            </div>
          </div>
          <Facts dataset={dataset} item={item} />
        </>
      )}
      {detail.problem && (
        <div class="drawer-part">
          <ProblemMessage problem={detail.problem} />
          <button type="button" onClick={() => setTries(tries + 1)}>
            Try again
          </button>
        </div>
      )}
      {told && item ? (
        <>
          <Mails
            key={exportId}
            session={session}
            dataset={dataset}
            item={item}
            sendings={told.sendings}
            trouble={told.mail?.detail}
          />
          <Downloads downloads={told.downloads} count={told.downloadCount} />
        </>
      ) : (
        !detail.problem && (
          <p class="drawer-part muted" role="status">
            Loading the export…
          </p>
        )
      )}
      {item && <Actions key={exportId} session={session} dataset={dataset} item={item} />}
    </Dialog>
  );
}

function Facts({ dataset, item }: { dataset: Dataset; item: Export }) {
  const phrases = describeFilters(dataset.filters, item.filters, zone.value);
  const { columns, manifest } = item;
  return (
    <dl class="fields">
      <Fact name="Export ID">
        <Copyable text={item.exportId} name="export ID" fullName="export ID" />
      </Fact>
      {item.retryOf && (
        <Fact name="Repeats">
          <RepeatedExport dataset={dataset} exportId={item.retryOf} />
        </Fact>
      )}
      {item.scheduleName !== undefined && <Fact name="Schedule">{item.scheduleName}</Fact>}
      {item.period && <Fact name="Period">{periodText(item.period)}</Fact>}
      <Moment name="Created at" time={item.createdAt} />
      <Moment name="Ready at" time={item.readyAt} />
      <Moment name="Cancelled at" time={item.cancelled?.at} by={item.cancelled?.by} />
      {item.deleted ? (
        <Moment name="Deleted at" time={item.deleted.at} by={item.deleted.by} />
      ) : (
        <Moment name={item.status === "EXPIRED" ? "Expired at" : "Expires at"} time={item.expiresAt} />
      )}
      <Fact name="Recipients">
        {item.recipients.map((address) => (
          <span key={address}>{address}</span>
        ))}
      </Fact>
      <Fact name="What">
        {phrases.length === 0 && <span>Everything</span>}
        {phrases.map((phrase) => (
          <span key={phrase}>{phrase}</span>
        ))}
        <ViewLink view={allRecords(dataset.slug, item.filters)}>Show its records</ViewLink>
      </Fact>
      <Fact name="Columns">{columns ? columns.map((name) => labelOf(dataset, name)).join(", ") : "All"}</Fact>
      <Fact name="Format">{describeFormat(formatOf(item))}</Fact>
      {item.rowCount !== undefined && <Fact name="Rows">{count(item.rowCount)}</Fact>}
      {item.fileSize !== undefined && (
        <Fact name="Size">
          {fileSize(item.fileSize)}
          {item.fileSize >= 1000 && <span class="muted small">{count(item.fileSize)} bytes</span>}
        </Fact>
      )}
      {manifest && (
        <ManifestFields exportId={item.exportId} manifest={manifest} hasMoney={hasMoney(dataset)} />
      )}
    </dl>
  );
}

function Moment({ name, time, by }: { name: string; time: string | undefined; by?: string | undefined }) {
  return time === undefined ? null : (
    <Fact name={name}>
      <time dateTime={time}>{exactTime(time, zone.value)}</time>
      {by !== undefined && <span>by {by}</span>}
    </Fact>
  );
}

/** A link as any other, so that it can be copied; a click stays over the list. */
function RepeatedExport({ dataset, exportId }: { dataset: Dataset; exportId: string }) {
  return (
    <ViewLink view={{ ...allExports(dataset.slug), export: exportId }} onChoose={() => showExport(exportId)}>
      <code>{exportId}</code>
    </ViewLink>
  );
}

function Actions({ session, dataset, item }: { session: Session; dataset: Dataset; item: Export }) {
  const { actions, isBusy } = useExportActions(session, dataset, item);
  return actions.length === 0 ? null : (
    <div class="dialog-foot">
      {actions.map(({ label, icon, onChoose }) => (
        <button key={label} type="button" onClick={onChoose} aria-disabled={isBusy}>
          <Icon name={icon} /> {label}
        </button>
      ))}
    </div>
  );
}
