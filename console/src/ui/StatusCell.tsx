import type { Export } from "../api/types.ts";
import { progressText } from "../domain/exports.ts";
import { choice, duration, shortId } from "../domain/format.ts";
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

export function StatusChip({ status }: { status: Export["status"] }) {
  return (
    <span class={`chip ${status.toLowerCase()}`}>
      <Icon name={ICONS[status]} />
      {choice(status)}
    </span>
  );
}

export function StatusCell({ item }: { item: Export }) {
  return (
    <>
      <StatusChip status={item.status} />
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
      return item.cancelled ? <Ended words={`by ${item.cancelled.by},`} time={item.cancelled.at} /> : null;
    case "EXPIRED":
      if (item.deleted) {
        return <Ended words={`deleted by ${item.deleted.by},`} time={item.deleted.at} />;
      }
      return item.expiresAt ? <Ended words="since" time={item.expiresAt} /> : null;
  }
}

/** How many rows there will be is not known before the end, so the bar moves without measure. */
function Progress({ item }: { item: Export }) {
  const text = progressText(item);
  return (
    <div class="progress">
      <progress aria-label={`Progress of export ${shortId(item.exportId)}`} aria-valuetext={text} />
      <p class="muted small">{text}</p>
      {item.progress?.waitingFor && <p class="small waiting">{item.progress.waitingFor}</p>}
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

function Ended({ words, time }: { words: string; time: string }) {
  return (
    <p class="muted small">
      {words} <Time value={time} isZoneSaid />
    </p>
  );
}
