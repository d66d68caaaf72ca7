import { useEffect, useLayoutEffect } from "preact/hooks";
import {
  type Dataset,
  datasetBySlug,
  datasetsOf,
  exportedBy,
  may,
  mayManageWebhooks,
} from "../domain/datasets.ts";
import { type View, writeView } from "../domain/view.ts";
import { showDataset, view } from "../state/location.ts";
import { dismissAll } from "../state/notices.ts";
import { type Session, signOut } from "../state/session.ts";
import { closeDialog, dialog, lookAgain, looks, openDialog, showNewest } from "../state/workspace.ts";
import { ActionsMenu } from "./ActionsMenu.tsx";
import { DatasetTabs } from "./DatasetTabs.tsx";
import { EmptyState } from "./EmptyState.tsx";
import { CancelDialog, DeleteDialog } from "./EndingDialogs.tsx";
import { HistoryPage } from "./HistoryPage.tsx";
import { Icon } from "./Icon.tsx";
import { LaunchDialog } from "./LaunchDialog.tsx";
import { LoadingRows } from "./LoadingRows.tsx";
import { LostPart, lazily } from "./lazily.tsx";
import { RecordsPage } from "./RecordsPage.tsx";
import { ReferenceLink } from "./ReferenceLink.tsx";
import { ResendDialog } from "./ResendDialog.tsx";
import { ViewTabs } from "./ViewTabs.tsx";
import { ZoneSwitch } from "./ZoneSwitch.tsx";

/** The next person who signs in must not see these notices. */
const leave = () => {
  closeDialog();
  dismissAll();
};

/** What belongs to no dataset, as the window's title says it. */
const SETTINGS: Partial<Record<View["tab"], string>> = { webhooks: "Webhooks", schedules: "Schedules" };

/** The page of somebody who is signed in. */
export function Workspace({ session }: { session: Session }) {
  const { caller } = session;
  const datasets = datasetsOf(caller);
  const dataset = chosen(datasets);
  const canCreate = dataset !== undefined && may(caller, "create", dataset);
  const current = view.value;
  const settings = SETTINGS[current.tab];

  useEffect(() => {
    const title = settings ?? dataset?.title;
    document.title = title ? `${title} · Payout exports` : "Payout exports";
    if (!settings && dataset && view.value.dataset !== dataset.slug) {
      showDataset(dataset.slug);
    }
  }, [dataset, current.dataset, current.tab]);
  useEffect(() => leave, []);
  // Going back leaves what a dialog is about.
  useLayoutEffect(() => closeDialog, [writeView(current)]);

  const onLaunched = () => {
    closeDialog();
    showNewest();
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
      <DatasetTabs caller={caller} datasets={datasets} current={dataset} />
      <main class="page">
        {current.tab === "webhooks" ? (
          <Webhooks session={session} />
        ) : current.tab === "schedules" ? (
          <Schedules session={session} />
        ) : dataset ? (
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
                      openDialog({ kind: "launch", filters, notUnderstood });
                    }}
                  >
                    <Icon name="download" /> Export CSV
                  </button>
                ) : (
                  <ActionsMenu
                    items={[
                      { label: `Export ${dataset.name}…`, onChoose: () => openDialog({ kind: "launch" }) },
                    ]}
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
                onLaunch={() => openDialog({ kind: "launch" })}
              />
            )}
          </>
        ) : (
          <NothingToSee isChosen={view.value.dataset !== null} hasOthers={datasets.length > 0} />
        )}
      </main>
      <footer class="foot">
        <ReferenceLink />
      </footer>
      {dataset && <OpenDialog session={session} dataset={dataset} onLaunched={onLaunched} />}
    </>
  );
}

const WebhooksPage = lazily(
  () => import("./WebhooksPage.tsx").then((part) => part.WebhooksPage),
  ({ isLost }) => (isLost ? <LostPart /> : <LoadingRows name="webhooks" />),
);

function Webhooks({ session }: { session: Session }) {
  return mayManageWebhooks(session.caller) ? (
    <WebhooksPage session={session} />
  ) : (
    <EmptyState title="Webhooks are not yours to manage">
      Your key has no permission for them. Ask whoever gave it to you for one that has.
    </EmptyState>
  );
}

const SchedulesPage = lazily(
  () => import("./SchedulesPage.tsx").then((part) => part.SchedulesPage),
  ({ isLost }) => (isLost ? <LostPart /> : <LoadingRows name="schedules" />),
);

function Schedules({ session }: { session: Session }) {
  return exportedBy(session.caller).length > 0 ? (
    <SchedulesPage session={session} />
  ) : (
    <EmptyState title="Schedules are not yours to make">
      Your key may launch no exports. Ask whoever gave it to you for one that may.
    </EmptyState>
  );
}

interface DialogProps {
  session: Session;
  dataset: Dataset;
  onLaunched: () => void;
}

function OpenDialog({ session, dataset, onLaunched }: DialogProps) {
  const { api, caller } = session;
  const open = dialog.value;
  switch (open?.kind) {
    case "launch":
      return (
        <LaunchDialog
          session={session}
          dataset={dataset}
          filters={open.filters}
          notUnderstood={open.notUnderstood}
          original={open.original}
          onClose={closeDialog}
          onLaunched={onLaunched}
        />
      );
    case "resend":
      return (
        <ResendDialog
          api={api}
          caller={caller}
          item={open.item}
          onClose={closeDialog}
          onNotReady={lookAgain}
        />
      );
    case "cancel":
      return <CancelDialog api={api} item={open.item} onClose={closeDialog} />;
    case "delete":
      return <DeleteDialog api={api} item={open.item} onClose={closeDialog} />;
    default:
      return null;
  }
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
