import { signal } from "@preact/signals";
import type { Export, Filters } from "../api/types.ts";
import { allExports } from "../domain/view.ts";
import { show, view } from "./location.ts";

export type OpenDialog =
  | { kind: "launch"; filters?: Filters; notUnderstood?: readonly string[]; original?: Export }
  | { kind: "resend" | "cancel" | "delete"; item: Export };

/** The dialog that is open over the page. */
export const dialog = signal<OpenDialog | null>(null);

export function openDialog(next: OpenDialog): void {
  dialog.value = next;
}

export function closeDialog(): void {
  dialog.value = null;
}

/** Counts up when the list has to look at once. */
export const looks = signal(0);

export function lookAgain(): void {
  looks.value += 1;
}

/** Wherever the reader was, a new export is on the first page of everything. */
export function showNewest(): void {
  lookAgain();
  show({ ...allExports(view.value.dataset), limit: view.value.limit });
}
