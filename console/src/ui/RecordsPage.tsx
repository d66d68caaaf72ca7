import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { type Dataset, may } from "../domain/datasets.ts";
import { isFiltered, type RecordsView, recordsPlace, writeView } from "../domain/view.ts";
import type { Session } from "../state/session.ts";
import { EmptyState } from "./EmptyState.tsx";
import { ClearFilters } from "./HistoryStates.tsx";
import { LoadingRows } from "./LoadingRows.tsx";
import { LookFurther } from "./LookFurther.tsx";
import { leaveForeignPage } from "./leaveForeignPage.ts";
import { NotUnderstood } from "./NotUnderstood.tsx";
import { Pager } from "./Pager.tsx";
import { ProblemMessage } from "./ProblemMessage.tsx";
import { RecordDrawer } from "./RecordDrawer.tsx";
import { RecordFilters } from "./RecordFilters.tsx";
import { RecordSummary } from "./RecordSummary.tsx";
import { RecordTable } from "./RecordTable.tsx";
import { useRecords } from "./useRecords.ts";

interface Props {
  session: Session;
  dataset: Dataset;
  view: RecordsView;
}

export function RecordsPage({ session, dataset, view }: Props) {
  const { api, caller } = session;
  const canRead = may(caller, "read", dataset);
  const [tries, setTries] = useState(0);
  const [open, setOpen] = useState<number | null>(null);
  const question = canRead ? `${writeView(view)} ${tries}` : null;
  const { first, page, further, lookFurther } = useRecords(question, (cursor, signal) =>
    api.records(dataset.slug, view.filters, recordsPlace(view, cursor), signal),
  );
  const items = page?.items ?? [];
  // The drawer is about a record of the page before.
  useLayoutEffect(() => setOpen(null), [writeView(view)]);
  useEffect(() => leaveForeignPage(first.problem, view), [first.problem]);

  if (!canRead) {
    return (
      <EmptyState title={`The ${dataset.name} are not yours to see`}>
        Your key may launch their exports but not list them. The link to each file is mailed to you.
      </EmptyState>
    );
  }

  const isDone = page !== null && page.nextCursor === null;
  const lookedTo = isDone ? undefined : page?.lookedThroughTo;

  return (
    <>
      <RecordFilters session={session} dataset={dataset} view={view} />
      <NotUnderstood names={view.notUnderstood} of="address" />
      <RecordSummary session={session} dataset={dataset} view={view} />
      <p class="hidden" role="status">
        {page && !first.isLoading ? recordsShown(items.length) : ""}
      </p>
      {first.problem && (
        <div class="empty">
          <ProblemMessage
            problem={first.problem}
            rest={first.problem.errors.map(({ detail, pointer }) => `${pointer} ${detail}`)}
          />
          <div class="buttons">
            <button type="button" class="primary" onClick={() => setTries(tries + 1)}>
              Try again
            </button>
            {isFiltered(view) && <ClearFilters view={view} />}
          </div>
        </div>
      )}
      {!first.problem && !page && <LoadingRows name={dataset.name} />}
      {page && items.length > 0 && (
        <RecordTable
          caller={caller}
          dataset={dataset}
          items={items}
          isLoading={first.isLoading}
          view={view}
          onOpen={setOpen}
        />
      )}
      {page && items.length === 0 && isDone && <NoRecords dataset={dataset} view={view} />}
      {lookedTo && (
        <LookFurther
          time={lookedTo}
          isEmpty={items.length === 0}
          name={dataset.name}
          problem={further.problem}
          isBusy={further.isLoading || first.isLoading}
          sort={view.sort}
          onLook={lookFurther}
        />
      )}
      {page && items.length > 0 && (
        <Pager nextCursor={lookedTo ? null : page.nextCursor} count={items.length} view={view} />
      )}
      {open !== null && items[open] && (
        <RecordDrawer
          caller={caller}
          dataset={dataset}
          items={items}
          index={open}
          onIndex={setOpen}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

function NoRecords({ dataset, view }: { dataset: Dataset; view: RecordsView }) {
  if (isFiltered(view)) {
    return (
      <EmptyState title={`No ${dataset.name} match these filters`} action={<ClearFilters view={view} />}>
        Take away a filter or choose other days to see more.
      </EmptyState>
    );
  }
  return (
    <EmptyState title={`No ${dataset.name} yet`}>
      They show up here as soon as the platform has recorded the first.
    </EmptyState>
  );
}

/** For those who do not see that the list has changed. */
function recordsShown(count: number): string {
  return count === 1 ? "1 record is shown." : `${count} records are shown.`;
}
