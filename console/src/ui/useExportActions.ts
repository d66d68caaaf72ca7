import { useRef, useState } from "preact/hooks";
import { asProblem } from "../api/problem.ts";
import type { Export } from "../api/types.ts";
import { type Dataset, may } from "../domain/datasets.ts";
import { isLaunchedBy, isOver } from "../domain/exports.ts";
import { shortId } from "../domain/format.ts";
import { notify } from "../state/notices.ts";
import type { Session } from "../state/session.ts";
import { lookAgain, openDialog, showNewest } from "../state/workspace.ts";
import { cancelExport, launchAgain } from "./exportActs.ts";
import type { IconName } from "./Icon.tsx";
import { idempotencyKeys } from "./idempotency.ts";

export interface ExportAction {
  label: string;
  icon: IconName;
  /** Not what one mostly wants of such an export. */
  isRare?: boolean;
  onChoose: () => void;
}

/** The actions that an export in its status offers to this caller. */
export function useExportActions({ api, caller }: Session, dataset: Dataset, item: Export) {
  const [isBusy, setBusy] = useState(false);
  const keyFor = useRef(idempotencyKeys());
  const canCreate = may(caller, "create", dataset);
  const isOwn = canCreate && isLaunchedBy(caller, item);

  const once = (act: () => Promise<void>) => async () => {
    if (!isBusy) {
      setBusy(true);
      await act();
      setBusy(false);
    }
  };
  const download: ExportAction = {
    label: "Download",
    icon: "download",
    onChoose: once(async () => {
      try {
        const detail = await api.download(dataset.slug, item.exportId);
        if (detail.downloadUrl) {
          open(detail.downloadUrl);
        } else {
          notify("info", `Export ${shortId(item.exportId)} has no file any more. Launch it again.`);
          lookAgain();
        }
      } catch (error) {
        notify("error", `The download did not start. ${asProblem(error).detail}`);
      }
    }),
  };
  const resend: ExportAction = {
    label: "Resend email",
    icon: "mail",
    onChoose: () => openDialog({ kind: "resend", item }),
  };
  const deleteFile: ExportAction = {
    label: "Delete file…",
    icon: "delete",
    isRare: true,
    onChoose: () => openDialog({ kind: "delete", item }),
  };
  const cancelNow = once(async () => {
    await cancelExport(api, item);
    lookAgain();
  });
  const cancel: ExportAction = {
    label: "Cancel",
    icon: "close",
    onChoose: () => (item.progress?.rowsWritten ? openDialog({ kind: "cancel", item }) : void cancelNow()),
  };
  const again: ExportAction = {
    label: "Launch again",
    icon: "again",
    onChoose: once(async () => {
      const isDone = await launchAgain(api, item, keyFor.current(item.exportId));
      if (isDone) {
        // The next time another export is meant.
        keyFor.current = idempotencyKeys();
        showNewest();
      } else {
        lookAgain();
      }
    }),
  };
  const change: ExportAction = {
    label: "Launch with changes…",
    icon: "again",
    isRare: isOwn,
    onChoose: () => openDialog({ kind: "launch", original: item }),
  };

  return { actions: offered(), isBusy };

  function offered(): ExportAction[] {
    if (item.status === "READY") {
      return isOwn ? [download, resend, deleteFile] : [download];
    }
    if (isOver(item)) {
      return isOwn ? [again, change] : canCreate ? [change] : [];
    }
    return isOwn ? [cancel] : [];
  }
}

/** The address answers with an attachment, so that the page stays. It must not travel on in a Referer. */
function open(url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.rel = "noreferrer";
  link.click();
}
