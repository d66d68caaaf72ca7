import { useEffect, useState } from "preact/hooks";
import type { ExportStatus } from "../api/types.ts";
import { isDay } from "../domain/days.ts";
import { choice } from "../domain/format.ts";
import { daysError, type ExportsView, isFiltered, STATUSES, unfiltered } from "../domain/view.ts";
import { zoneName } from "../domain/zone.ts";
import { show } from "../state/location.ts";
import { zone } from "../state/zone.ts";
import { Field } from "./Field.tsx";
import { Icon } from "./Icon.tsx";

/** The list's filters. Each change is a new address, so that going back undoes it. */
export function HistoryFilters({ view }: { view: ExportsView }) {
  const change = (part: Partial<ExportsView>) => show({ ...view, ...part, cursor: null });
  const toggle = (status: ExportStatus) => {
    const isOn = view.statuses.includes(status);
    change({
      statuses: STATUSES.filter((known) => (known === status ? !isOn : view.statuses.includes(known))),
    });
  };

  return (
    <search class="filters" aria-label="Filter the exports">
      <fieldset class="statuses">
        <legend>Status</legend>
        {STATUSES.map((status) => (
          <label key={status} class="toggle">
            <input type="checkbox" checked={view.statuses.includes(status)} onChange={() => toggle(status)} />
            <span>{choice(status)}</span>
          </label>
        ))}
      </fieldset>
      <Days view={view} onChange={change} />
      {isFiltered(view) && (
        <button type="button" class="quiet" onClick={() => show(unfiltered(view))}>
          <Icon name="close" /> Clear filters
        </button>
      )}
      <button
        type="button"
        class="phone-only"
        onClick={() => change({ sort: view.sort === "createdAt:desc" ? "createdAt:asc" : "createdAt:desc" })}
      >
        <Icon name={view.sort === "createdAt:desc" ? "sortDown" : "sortUp"} />
        {view.sort === "createdAt:desc" ? "Newest first" : "Oldest first"}
      </button>
    </search>
  );
}

/** What is typed goes into the address once it is a pair of days that makes sense. */
function Days({
  view,
  onChange,
}: {
  view: ExportsView;
  onChange: (days: Pick<ExportsView, "from" | "to">) => void;
}) {
  const [from, setFrom] = useState(view.from ?? "");
  const [to, setTo] = useState(view.to ?? "");
  useEffect(() => {
    setFrom(view.from ?? "");
    setTo(view.to ?? "");
  }, [view.from, view.to]);

  const error = daysError({ from: from || null, to: to || null }) ?? undefined;
  const accept = (nextFrom: string, nextTo: string) => {
    setFrom(nextFrom);
    setTo(nextTo);
    const days = { from: nextFrom || null, to: nextTo || null };
    const isWhole = [nextFrom, nextTo].every((day) => day === "" || isDay(day));
    if (isWhole && daysError(days) === null) {
      onChange(days);
    }
  };

  return (
    <div class="days">
      <Field id="from" label={`Start date (${zoneName(zone.value)})`} error={undefined}>
        {(attributes) => (
          <input
            {...attributes}
            type="date"
            value={from}
            max={to || "9999-12-31"}
            onChange={(event) => accept(event.currentTarget.value, to)}
          />
        )}
      </Field>
      <Field id="to" label={`End date (${zoneName(zone.value)})`} error={error}>
        {(attributes) => (
          <input
            {...attributes}
            type="date"
            value={to}
            min={from}
            max="9999-12-31"
            onChange={(event) => accept(from, event.currentTarget.value)}
          />
        )}
      </Field>
    </div>
  );
}
