import { signal } from "@preact/signals";

export type Tone = "success" | "error" | "info";

export interface Notice {
  id: number;
  tone: Tone;
  text: string;
}

const MOST = 3;
const SECONDS_SHOWN = 12;

let lastId = 0;

/** What happened, for the eye and for the screen reader. */
export const notices = signal<Notice[]>([]);

/** How many drawers are open. Notices are shown in the topmost: what is behind it cannot be reached. */
export const drawers = signal(0);

export function notify(tone: Tone, text: string): void {
  lastId += 1;
  const notice = { id: lastId, tone, text };
  notices.value = [...notices.value, notice].slice(-MOST);
  // Bad news stays until it is dismissed.
  if (tone !== "error") {
    setTimeout(() => dismiss(notice.id), SECONDS_SHOWN * 1000);
  }
}

export function dismissAll(): void {
  notices.value = [];
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
