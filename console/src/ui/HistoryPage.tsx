import { useEffect, useMemo, useRef } from "preact/hooks";
import { type Dataset, may } from "../domain/datasets.ts";
import { type ExportsView, isFiltered, listQuery, writeView } from "../domain/view.ts";
import { ExportsWatch } from "../state/exports.ts";
import { closeExport } from "../state/location.ts";
import type { Session } from "../state/session.ts";
import { zone } from "../state/zone.ts";
import { announceChanges } from "./announce.ts";
import { Dialog } from "./Dialog.tsx";
import { EmptyState } from "./EmptyState.tsx";
import { ExportTable } from "./ExportTable.tsx";
import { HistoryFilters } from "./HistoryFilters.tsx";
import { ClearFilters, Nothing, RefreshProblem } from "./HistoryStates.tsx";
import { LoadingRows } from "./LoadingRows.tsx";
import { LostPart, lazily } from "./lazily.tsx";
import { leaveForeignPage } from "./leaveForeignPage.ts";
import { Pager } from "./Pager.tsx";
import { ProblemMessage } from "./ProblemMessage.tsx";

const ExportDrawer = lazily(
  () => import("./ExportDrawer.tsx").then((part) => part.ExportDrawer),
  ({ isLost }) => (
    <Dialog title="Export" look="drawer" onClose={closeExport}>
      <div class="drawer-part">{isLost ? <LostPart /> : <p class="muted">Loading the export…</p>}</div>
    </Dialog>
  ),
);

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
  // The details are over the list, not another one.
  const query = writeView({ ...current, export: null });
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
      {current.export !== null && (
        <ExportDrawer
          session={session}
          dataset={dataset}
          exportId={current.export}
          listed={page?.items.find(({ exportId }) => exportId === current.export)}
        />
      )}
    </>
  );
}

/** For those who do not see that the list has changed. */
function exportsShown(count: number): string {
  return count === 1 ? "1 export is shown." : `${count} exports are shown.`;
}
