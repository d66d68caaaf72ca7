import type { Export } from "../api/types.ts";
import { choice, duration, rows, shortId } from "../domain/format.ts";
import { now } from "../state/clock.ts";
import { Icon, type IconName } from "./Icon.tsx";
import { Time } from "./Time.tsx";

const ICONS: Record<Export["status"], IconName> = {
  PENDING: "pending",
  READY: "ready",
  FAILED: "failed",
  CANCELLED: "close",
  EXPIRED: "expired",
};

export function StatusCell({ item }: { item: Export }) {
  return (
    <>
      <span class={`chip ${item.status.toLowerCase()}`}>
        <Icon name={ICONS[item.status]} />
        {choice(item.status)}
      </span>
      <Explanation item={item} />
    </>
  );
}

function Explanation({ item }: { item: Export }) {
  switch (item.status) {
    case "PENDING":
      return <Progress item={item} />;
    case "READY":
      return item.expiresAt ? <Expiry time={item.expiresAt} /> : null;
    case "FAILED":
      return <p class="small reason">{item.failureReason}</p>;
    case "CANCELLED":
      return item.cancelled ? (
        <p class="muted small">
          <Time value={item.cancelled.at} isZoneSaid />
        </p>
      ) : null;
    case "EXPIRED":
      return item.expiresAt ? (
        <p class="muted small">
          since <Time value={item.expiresAt} isZoneSaid />
        </p>
      ) : null;
  }
}

/** How many rows there will be is not known before the end, so the bar moves without measure. */
function Progress({ item }: { item: Export }) {
  const written = item.progress?.rowsWritten ?? 0;
  const text = written === 0 ? "Starting…" : `${rows(written)} written`;
  return (
    <div class="progress">
      <progress aria-label={`Progress of export ${shortId(item.exportId)}`} aria-valuetext={text} />
      <p class="muted small">{text}</p>
    </div>
  );
}

function Expiry({ time }: { time: string }) {
  return (
    <p class="muted small">
      expires in <Time value={time}>{duration(Date.parse(time) - now.value)}</Time>
    </p>
  );
}
