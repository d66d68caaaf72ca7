import type { Dataset } from "../domain/datasets.ts";
import { emptyView } from "../domain/view.ts";
import { addressOf, show, view } from "../state/location.ts";

/** Links, so that they can be opened in another tab and copied. */
export function DatasetTabs({ datasets, current }: { datasets: Dataset[]; current: Dataset | undefined }) {
  return (
    <nav class="tabs" aria-label="Kinds of exports">
      {datasets.map((dataset) => {
        const target = { ...emptyView(dataset.slug), limit: view.value.limit };
        return (
          <a
            key={dataset.slug}
            href={addressOf(target)}
            aria-current={dataset === current ? "page" : undefined}
            onClick={(event) => {
              if (isPlainClick(event)) {
                event.preventDefault();
                show(target);
              }
            }}
          >
            {dataset.title}
          </a>
        );
      })}
    </nav>
  );
}

function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}
