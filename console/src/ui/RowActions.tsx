import { useState } from "preact/hooks";
import { asProblem } from "../api/problem.ts";
import type { Export } from "../api/types.ts";
import { type Dataset, may } from "../domain/datasets.ts";
import { isLaunchedBy } from "../domain/exports.ts";
import { shortId } from "../domain/format.ts";
import { notify } from "../state/notices.ts";
import type { Session } from "../state/session.ts";
import { Icon } from "./Icon.tsx";

interface Props {
  session: Session;
  dataset: Dataset;
  item: Export;
  onRelaunch: (original: Export) => void;
  onResend: (item: Export) => void;
  /** The row turned out to be old. */
  onStale: () => void;
}

/** The actions that an export in its status offers to this caller. */
export function RowActions({
  session: { api, caller },
  dataset,
  item,
  onRelaunch,
  onResend,
  onStale,
}: Props) {
  const [isBusy, setBusy] = useState(false);
  const canCreate = may(caller, "create", dataset);
  const name = <span class="hidden"> of export {shortId(item.exportId)}</span>;

  const download = async () => {
    setBusy(true);
    try {
      const detail = await api.detail(dataset.slug, item.exportId);
      if (detail.downloadUrl) {
        open(detail.downloadUrl);
      } else {
        notify("info", `Export ${shortId(item.exportId)} has no file any more. Relaunch it.`);
        onStale();
      }
    } catch (error) {
      notify("error", `The download did not start. ${asProblem(error).detail}`);
    }
    setBusy(false);
  };

  if (item.status === "READY") {
    return (
      <>
        <button type="button" onClick={download} aria-disabled={isBusy}>
          <Icon name="download" /> Download{name}
        </button>
        {canCreate && isLaunchedBy(caller, item) && (
          <button type="button" onClick={() => onResend(item)}>
            <Icon name="mail" /> Resend email{name}
          </button>
        )}
      </>
    );
  }
  const isOver = item.status === "EXPIRED" || item.status === "FAILED";
  return isOver && canCreate ? (
    <button type="button" onClick={() => onRelaunch(item)}>
      <Icon name="again" /> Relaunch
      {name}
    </button>
  ) : null;
}

/** The address answers with an attachment, so that the page stays. It must not travel on in a Referer. */
function open(url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.rel = "noreferrer";
  link.click();
}
