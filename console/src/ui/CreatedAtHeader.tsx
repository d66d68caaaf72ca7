import type { View } from "../domain/view.ts";
import { zoneName } from "../domain/zone.ts";
import { show } from "../state/location.ts";
import { zone } from "../state/zone.ts";
import { Icon } from "./Icon.tsx";

/** The column's head, which turns the order around. */
export function CreatedAtHeader({ view }: { view: View }) {
  const isNewestFirst = view.sort === "createdAt:desc";
  return (
    <th role="columnheader" scope="col" aria-sort={isNewestFirst ? "descending" : "ascending"}>
      <button
        type="button"
        class="sort"
        title={isNewestFirst ? "Newest first; show the oldest first" : "Oldest first; show the newest first"}
        onClick={() =>
          show({ ...view, sort: isNewestFirst ? "createdAt:asc" : "createdAt:desc", cursor: null })
        }
      >
        Created at <span class="zone-said">({zoneName(zone.value)})</span>{" "}
        <Icon name={isNewestFirst ? "sortDown" : "sortUp"} />
      </button>
    </th>
  );
}
