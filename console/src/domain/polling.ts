import type { Export } from "../api/types.ts";

const FIRST = 1000;
const GROWTH = 1.5;
const LONGEST = 10_000;
/** Longer timers overflow and would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * How many milliseconds until the list is worth asking for again; null when nothing in it will change by itself.
 *
 * While something is PENDING the questions get rarer; after that, the next change is a file's expiry.
 */
export function nextRefresh(items: Export[], refreshes: number, now: number): number | null {
  const backoff = Math.min(FIRST * GROWTH ** refreshes, LONGEST);
  if (items.some((item) => item.status === "PENDING")) {
    return backoff;
  }
  const expiries = items
    .filter((item) => item.status === "READY" && item.expiresAt !== undefined)
    .map((item) => Date.parse(item.expiresAt as string) - now);
  if (expiries.length === 0) {
    return null;
  }
  const next = Math.max(Math.min(...expiries) + FIRST, backoff);
  return next <= LONGEST_TIMER ? next : null;
}

/** After a refresh that failed: as long as the answer asked for, and longer with each failure. */
export function nextTry(failures: number, retryAfter: number | undefined): number {
  const backoff = Math.min(FIRST * 2 ** failures, 60_000);
  return Math.max(backoff, (retryAfter ?? 0) * 1000);
}
