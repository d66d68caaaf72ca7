import { signal } from "@preact/signals";
import type { Zone } from "../domain/zone.ts";

const ITEM = "payout-exports.time-zone";

/** Remembered for every visit, unlike the key: it tells nobody anything. */
export const zone = signal<Zone>(remembered());

export function chooseZone(next: Zone): void {
  zone.value = next;
  try {
    localStorage.setItem(ITEM, next);
  } catch {
    // Storage that is full or forbidden: the choice lasts as long as the page.
  }
}

function remembered(): Zone {
  try {
    return localStorage.getItem(ITEM) === "local" ? "local" : "UTC";
  } catch {
    return "UTC";
  }
}
