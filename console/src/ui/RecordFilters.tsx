import { type Dataset, filtersFor } from "../domain/datasets.ts";
import { groupsOf } from "../domain/filters.ts";
import { isFiltered, type RecordsView, unfiltered } from "../domain/view.ts";
import { show } from "../state/location.ts";
import type { Session } from "../state/session.ts";
import { FilterPill } from "./FilterPill.tsx";
import { Icon } from "./Icon.tsx";

interface Props {
  session: Session;
  dataset: Dataset;
  view: RecordsView;
}

/** The records' filters, each a button that says what it is set to. Each change is a new address. */
export function RecordFilters({ session, dataset, view }: Props) {
  const offered = filtersFor(session.caller, dataset);
  const isNewestFirst = view.sort === "createdAt:desc";
  return (
    <search class="filters pills" aria-label={`Filter the ${dataset.name}`}>
      {groupsOf(offered).map((group) => (
        <FilterPill
          key={group[0].name}
          dataset={dataset}
          group={group}
          values={view.filters}
          api={session.api}
          onApply={(filters) => show({ ...view, filters, cursor: null })}
        />
      ))}
      {isFiltered(view) && (
        <button type="button" class="quiet" onClick={() => show(unfiltered(view))}>
          Clear filters
        </button>
      )}
      <button
        type="button"
        class="phone-only"
        onClick={() =>
          show({ ...view, sort: isNewestFirst ? "createdAt:asc" : "createdAt:desc", cursor: null })
        }
      >
        <Icon name={isNewestFirst ? "sortDown" : "sortUp"} />
        {isNewestFirst ? "Newest first" : "Oldest first"}
      </button>
    </search>
  );
}
