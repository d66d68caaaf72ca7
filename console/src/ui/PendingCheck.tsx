import { rows } from "../domain/format.ts";
import { Icon } from "./Icon.tsx";
import { Time } from "./Time.tsx";
import type { PendingState } from "./usePending.ts";

/** Says whether anything is in the way of a launch. */
export function PendingCheck({ state }: { state: PendingState }) {
  return (
    <div class={`banner ${state.kind === "blocked" ? "warn" : "good"}`} role="status" data-state={state.kind}>
      <Icon name={state.kind === "free" ? "ready" : state.kind === "blocked" ? "pending" : "info"} />
      <p>{sentence(state)}</p>
    </div>
  );
}

function sentence(state: PendingState) {
  switch (state.kind) {
    case "checking":
      return "Looking whether an export of yours is still pending…";
    case "free":
      return "None of your exports of this kind is pending: this one can be launched.";
    case "unknown":
      return "One export of a kind can be pending at a time. If one of yours is, you will be told which.";
    case "blocked":
      return (
        <>
          Your export <code>{state.exportId}</code>
          {state.item && (
            <>
              {" "}
              of <Time value={state.item.createdAt} />
            </>
          )}{" "}
          is still pending
          {state.item?.progress ? `, with ${rows(state.item.progress.rowsWritten)} written` : ""}. This one
          can be launched when that has ended; you can wait here.
        </>
      );
  }
}
