import { signal } from "@preact/signals";

/** The time, to the minute: what "expires in 5 minutes" is counted from. */
export const now = signal(Date.now());

setInterval(() => {
  now.value = Date.now();
}, 30_000);
