import type { Caller, Export } from "../api/types.ts";
import { rows } from "./format.ts";

const HOUR = 3_600_000;

/** Whether the caller launched the export: the requester's address comes first. */
export function isLaunchedBy(caller: Caller, item: Export): boolean {
  return item.recipients[0]?.toLowerCase() === caller.email.toLowerCase();
}

export function copiesOf(item: Export): string[] {
  return item.recipients.slice(1);
}

/** Whether an export is over without a file, so that only another launch brings one. */
export function isOver({ status }: Export): boolean {
  return status === "FAILED" || status === "CANCELLED" || status === "EXPIRED";
}

/** How far a pending export is, in words. */
export function progressText({ progress }: Export): string {
  const written = progress?.rowsWritten ?? 0;
  switch (progress?.stage) {
    case "SENDING":
      return "Sending the mail";
    case "QUEUED":
      return "Waiting for its turn";
    default:
      return written === 0 ? "Making the file" : `${rows(written)} written`;
  }
}

/** The caller's export that keeps another from being launched, if there is one. */
export function blockingExport(caller: Caller, pending: Export[], now: number): Export | undefined {
  return pending.find(
    (item) =>
      item.status === "PENDING" && isLaunchedBy(caller, item) && now - Date.parse(item.createdAt) < HOUR,
  );
}

/** The exports that were PENDING before and are not now, with those that left the list by that. */
export function settled(before: Export[], after: Export[]): { ended: Export[]; gone: Export[] } {
  const pending = before.filter((item) => item.status === "PENDING");
  const current = new Map(after.map((item) => [item.exportId, item]));
  return {
    ended: pending
      .map((item) => current.get(item.exportId))
      .filter((item): item is Export => item !== undefined && item.status !== "PENDING"),
    gone: pending.filter((item) => !current.has(item.exportId)),
  };
}
