import { computed, signal } from "@preact/signals";
import { readView, type View, withDataset, writeView } from "../domain/view.ts";

interface Place {
  view: View;
  /** The cursors of the pages before this one, as far as this tab went through them; null is the first page. */
  trail: (string | null)[];
  /** How many entries of the browser's history ago the list was, over which an export's details are open. */
  depth: number;
}

const place = signal<Place>(read());

/** What the page's address says. */
export const view = computed(() => place.value.view);
export const trail = computed(() => place.value.trail);

addEventListener("popstate", () => {
  place.value = read();
});

/** Shows another view, as a new entry of the browser's history unless it only corrects the address. */
export function show(next: View, options: { isCorrection?: boolean; trail?: (string | null)[] } = {}): void {
  const state = { trail: options.trail ?? [] };
  const address = addressOf(next);
  if (options.isCorrection) {
    history.replaceState(state, "", address);
  } else if (address !== location.pathname + location.search) {
    history.pushState(state, "", address);
  }
  place.value = read();
}

/** Opens an export's details over the list. Going back closes them, or leads to those before. */
export function showExport(exportId: string): void {
  const { view, trail, depth } = place.value;
  if (view.tab === "exports") {
    history.pushState({ trail, depth: depth + 1 }, "", addressOf({ ...view, export: exportId }));
    place.value = read();
  }
}

/** Shows the list again, where the reader left it. */
export function closeExport(): void {
  const { view, trail, depth } = place.value;
  if (depth > 0) {
    history.go(-depth);
  } else if (view.tab === "exports") {
    show({ ...view, export: null }, { isCorrection: true, trail });
  }
}

/** Names the dataset that is shown in an address that names none: its filters are read as those of this dataset. */
export function showDataset(slug: string): void {
  history.replaceState({ trail: [] }, "", location.pathname + withDataset(location.search, slug));
  place.value = read();
}

export function addressOf(next: View): string {
  return location.pathname + writeView(next);
}

function read(): Place {
  const state: unknown = history.state;
  const kept: Partial<Record<"trail" | "depth", unknown>> =
    typeof state === "object" && state !== null ? state : {};
  return {
    view: readView(location.search),
    trail: Array.isArray(kept.trail) ? kept.trail : [],
    depth: typeof kept.depth === "number" ? kept.depth : 0,
  };
}
