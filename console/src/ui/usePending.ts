import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api/client.ts";
import type { Caller, Export } from "../api/types.ts";
import { type Dataset, may } from "../domain/datasets.ts";
import { blockingExport } from "../domain/exports.ts";

const AGAIN_MILLISECONDS = 3000;

export type PendingState =
  | { kind: "checking" }
  | { kind: "free" }
  /** Only a launch will tell. */
  | { kind: "unknown" }
  | { kind: "blocked"; exportId: string; item?: Export };

/** Whether an export of the caller's own keeps another from being launched; looks again until it does not. */
export function usePending(api: Api, caller: Caller, dataset: Dataset) {
  const canRead = may(caller, "read", dataset);
  const [state, setState] = useState<PendingState>(canRead ? { kind: "checking" } : { kind: "unknown" });
  const [looks, setLooks] = useState(0);

  useEffect(() => {
    if (!canRead) {
      return;
    }
    const request = new AbortController();
    api
      .list(dataset.slug, { status: ["PENDING"], limit: 100 }, request.signal)
      .then(({ items }) => {
        const item = blockingExport(caller, items, Date.now());
        setState(item ? { kind: "blocked", exportId: item.exportId, item } : { kind: "free" });
      })
      .catch(() => {
        if (!request.signal.aborted) {
          setState({ kind: "unknown" });
        }
      });
    return () => request.abort();
  }, [api, dataset, looks]);

  useEffect(() => {
    if (state.kind !== "blocked" || !canRead) {
      return;
    }
    const timer = setInterval(() => document.hidden || setLooks((count) => count + 1), AGAIN_MILLISECONDS);
    return () => clearInterval(timer);
  }, [state.kind]);

  return {
    state,
    /** Whether the end of a blocking export will be seen. A key that may not read learns of it only by trying again. */
    isWatched: canRead,
    /** Takes the API's word that this export is in the way. */
    block: (exportId: string) => {
      setState({ kind: "blocked", exportId });
      setLooks((count) => count + 1);
    },
  };
}
