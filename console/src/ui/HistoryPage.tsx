import { useEffect, useMemo, useRef } from "preact/hooks";
import { type Dataset, may } from "../domain/datasets.ts";
import { type ExportsView, isFiltered, listQuery, writeView } from "../domain/view.ts";
import { ExportsWatch } from "../state/exports.ts";
import type { Session } from "../state/session.ts";
import { zone } from "../state/zone.ts";
import { announceChanges } from "./announce.ts";
import { EmptyState } from "./EmptyState.tsx";
import { ExportTable } from "./ExportTable.tsx";
import { HistoryFilters } from "./HistoryFilters.tsx";
import { ClearFilters, Nothing, RefreshProblem } from "./HistoryStates.tsx";
import { LoadingRows } from "./LoadingRows.tsx";
import { leaveForeignPage } from "./leaveForeignPage.ts";
import { Pager } from "./Pager.tsx";
import { ProblemMessage } from "./ProblemMessage.tsx";

interface Props {
  session: Session;
  dataset: Dataset;
  view: ExportsView;
  /** The list is asked for again when it changes. */
  looks: number;
  onLaunch: () => void;
}

export function HistoryPage({ session, dataset, view: current, looks, onLaunch }: Props) {
  const { api, caller } = session;
  const canRead = may(caller, "read", dataset);
  const canCreate = may(caller, "create", dataset);
  const watch = useMemo(
    () => new ExportsWatch((before, after) => announceChanges(api, dataset, before, after), document.hidden),
    [api, dataset],
  );
  const query = writeView(current);
  const isFirst = useRef(true);

  useEffect(() => {
    if (canRead) {
      watch.watch((signal) => api.list(dataset.slug, listQuery(current, zone.value), signal));
    }
  }, [watch, query, zone.value]);
  useEffect(() => {
    if (!isFirst.current) {
      void watch.refresh();
    }
    isFirst.current = false;
  }, [looks]);
  useEffect(() => {
    const onVisibility = () => watch.setHidden(document.hidden);
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      watch.stop();
    };
  }, [watch]);

  const page = watch.page.value;
  const problem = watch.problem.value;
  useEffect(() => leaveForeignPage(problem, current), [problem]);

  const launchButton = canCreate && (
    <button type="button" class="primary" onClick={onLaunch}>
      Export {dataset.name}…
    </button>
  );
  if (!canRead) {
    return (
      <EmptyState title="The history is not yours to see" action={launchButton}>
        Your key may launch these exports but not list them. The link to each file is mailed to you.
      </EmptyState>
    );
  }

  return (
    <>
      <HistoryFilters view={current} />
      <p class="hidden" role="status">
        {page && !watch.isLoading.value ? exportsShown(page.items.length) : ""}
      </p>
      {problem && page && <RefreshProblem problem={problem} />}
      {problem && !page && (
        <div class="empty">
          <ProblemMessage
            problem={problem}
            rest={problem.errors.map(({ detail, pointer }) => `${pointer} ${detail}`)}
          />
          <div class="buttons">
            <button type="button" class="primary" onClick={() => void watch.refresh()}>
              Try again
            </button>
            {isFiltered(current) && <ClearFilters view={current} />}
          </div>
        </div>
      )}
      {!problem && !page && <LoadingRows name="exports" />}
      {page && page.items.length === 0 && (
        <Nothing view={current} dataset={dataset} canCreate={canCreate} launchButton={launchButton} />
      )}
      {page && page.items.length > 0 && (
        <ExportTable
          session={session}
          dataset={dataset}
          page={page}
          isLoading={watch.isLoading.value}
          view={current}
        />
      )}
      {page && <Pager nextCursor={page.nextCursor} count={page.items.length} view={current} />}
    </>
  );
}

/** For those who do not see that the list has changed. */
function exportsShown(count: number): string {
  return count === 1 ? "1 export is shown." : `${count} exports are shown.`;
}
