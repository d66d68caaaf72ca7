import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import type { Export, Filters } from "../api/types.ts";
import { type Dataset, datasetBySlug, datasetsOf, may } from "../domain/datasets.ts";
import { allExports, writeView } from "../domain/view.ts";
import { show, showDataset, view } from "../state/location.ts";
import { dismissAll } from "../state/notices.ts";
import { type Session, signOut } from "../state/session.ts";
import { ActionsMenu } from "./ActionsMenu.tsx";
import { DatasetTabs } from "./DatasetTabs.tsx";
import { EmptyState } from "./EmptyState.tsx";
import { HistoryPage } from "./HistoryPage.tsx";
import { Icon } from "./Icon.tsx";
import { LaunchDialog } from "./LaunchDialog.tsx";
import { RecordsPage } from "./RecordsPage.tsx";
import { ResendDialog } from "./ResendDialog.tsx";
import { ViewTabs } from "./ViewTabs.tsx";
import { ZoneSwitch } from "./ZoneSwitch.tsx";

type OpenDialog =
  | { kind: "launch"; filters?: Filters; notUnderstood?: readonly string[]; original?: Export }
  | { kind: "resend"; item: Export };

const dialog = signal<OpenDialog | null>(null);
const open = (next: OpenDialog) => {
  dialog.value = next;
};
const close = () => {
  dialog.value = null;
};
/** The next person who signs in must not see these notices. */
const leave = () => {
  close();
  dismissAll();
};

/** Counts up when the list has to look at once. */
const looks = signal(0);
const lookAgain = () => {
  looks.value += 1;
};

/** The page of somebody who is signed in. */
export function Workspace({ session }: { session: Session }) {
  const { api, caller } = session;
  const datasets = datasetsOf(caller);
  const dataset = chosen(datasets);
  const canCreate = dataset !== undefined && may(caller, "create", dataset);
  const current = view.value;

  useEffect(() => {
    document.title = dataset ? `${dataset.title} · Payout exports` : "Payout exports";
    if (dataset && view.value.dataset !== dataset.slug) {
      showDataset(dataset.slug);
    }
  }, [dataset, current.dataset]);
  useEffect(() => leave, []);
  // Going back leaves what a dialog is about.
  useLayoutEffect(() => close, [writeView(current)]);

  const onLaunched = () => {
    close();
    lookAgain();
    // Wherever the reader was, the new export is on the first page of everything.
    show({ ...allExports(dataset?.slug ?? null), limit: view.value.limit });
  };

  return (
    <>
      <header class="top">
        <span class="brand">
          <Icon name="brand" /> Payout exports
        </span>
        <span class="who">
          <strong>{caller.tenantName}</strong>
          <span class="muted">
            {caller.email} · {caller.role === "OPERATOR" ? "Operator" : `Supplier ${caller.supplierId ?? ""}`}
          </span>
        </span>
        <ZoneSwitch />
        <button type="button" onClick={() => signOut()}>
          Sign out
        </button>
      </header>
      <DatasetTabs datasets={datasets} current={dataset} />
      <main class="page">
        {dataset ? (
          <>
            <div class="title">
              <h1>{current.tab === "records" ? dataset.title : `Exports of ${dataset.name}`}</h1>
              {canCreate &&
                (current.tab === "records" ? (
                  <button
                    type="button"
                    class="primary"
                    onClick={() => {
                      const { filters, notUnderstood } = current;
                      open({ kind: "launch", filters, notUnderstood });
                    }}
                  >
                    <Icon name="download" /> Export CSV
                  </button>
                ) : (
                  <ActionsMenu
                    items={[{ label: `Export ${dataset.name}…`, onChoose: () => open({ kind: "launch" }) }]}
                  />
                ))}
            </div>
            <ViewTabs view={{ ...current, dataset: dataset.slug }} />
            {current.tab === "records" ? (
              <RecordsPage key={dataset.slug} session={session} dataset={dataset} view={current} />
            ) : (
              <HistoryPage
                key={dataset.slug}
                session={session}
                dataset={dataset}
                view={current}
                looks={looks.value}
                onLaunch={() => open({ kind: "launch" })}
                onRelaunch={(original) => open({ kind: "launch", original })}
                onResend={(item) => open({ kind: "resend", item })}
              />
            )}
          </>
        ) : (
          <NothingToSee isChosen={view.value.dataset !== null} hasOthers={datasets.length > 0} />
        )}
      </main>
      {dataset && dialog.value?.kind === "launch" && (
        <LaunchDialog
          session={session}
          dataset={dataset}
          filters={dialog.value.filters}
          notUnderstood={dialog.value.notUnderstood}
          original={dialog.value.original}
          onClose={close}
          onLaunched={onLaunched}
        />
      )}
      {dialog.value?.kind === "resend" && (
        <ResendDialog
          api={api}
          caller={caller}
          item={dialog.value.item}
          onClose={close}
          onNotReady={lookAgain}
        />
      )}
    </>
  );
}

/** The address's dataset where the caller has it; without one in the address, the caller's first. */
function chosen(datasets: Dataset[]): Dataset | undefined {
  const slug = view.value.dataset;
  return slug === null || !datasetBySlug(slug)
    ? datasets[0]
    : datasets.find((dataset) => dataset.slug === slug);
}

function NothingToSee({ isChosen, hasOthers }: { isChosen: boolean; hasOthers: boolean }) {
  return (
    <EmptyState
      title={
        isChosen && hasOthers ? "These exports are not yours to see" : "There is nothing here for this key"
      }
    >
      {isChosen && hasOthers
        ? "Your key has no permission for this kind of export. Choose another one above."
        : "Your key has no permission for any export. Ask whoever gave it to you for one that has."}
    </EmptyState>
  );
}
