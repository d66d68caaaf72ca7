import { useState } from "preact/hooks";
import type { Estimate } from "../api/types.ts";
import { choiceLabel } from "../domain/columns.ts";
import { type Dataset, type Filter, hasMoney } from "../domain/datasets.ts";
import { describeCount } from "../domain/estimate.ts";
import { count } from "../domain/format.ts";
import { allRecords, isFiltered, type RecordsView, writeView } from "../domain/view.ts";
import { show } from "../state/location.ts";
import type { Session } from "../state/session.ts";
import { Amount } from "./Amount.tsx";
import { DayChart } from "./DayChart.tsx";
import { useAnswer } from "./useAnswer.ts";

interface Props {
  session: Session;
  dataset: Dataset;
  view: RecordsView;
}

/** What the filtered records come to: all of them, not those of the page alone. */
export function RecordSummary({ session: { api }, dataset, view }: Props) {
  // A dataset without filters takes no empty ones either.
  const file = isFiltered(view) ? { filters: view.filters } : {};
  const [tries, setTries] = useState(0);
  // Neither the order nor the page matters.
  const question = `${writeView(allRecords(dataset.slug, view.filters))} ${tries}`;
  const answer = useAnswer(question, (signal) => api.estimate(dataset.slug, file, signal));
  const estimate = answer.value;
  // What is wrong with the filters is told in the list's place.
  if (answer.problem?.errors.length || estimate?.rowCount.max === 0) {
    return null;
  }
  return (
    <section class="summary" aria-label="Summary" aria-busy={answer.isLoading}>
      {answer.problem && (
        <>
          <p role="status">
            The {dataset.name} could not be added up. {answer.problem.detail}
          </p>
          <button type="button" onClick={() => setTries(tries + 1)}>
            Try again
          </button>
        </>
      )}
      {!answer.problem && !estimate && <p class="muted">Adding up…</p>}
      {estimate && (
        <>
          <div class="figures">
            <h2>{describeCount(estimate, dataset)}</h2>
            {hasMoney(dataset) && <Totals totals={estimate.totals} />}
            <Statuses estimate={estimate} dataset={dataset} view={view} />
          </div>
          {estimate.days && (
            <DayChart days={estimate.days} name={dataset.name} hasMoney={hasMoney(dataset)} />
          )}
        </>
      )}
    </section>
  );
}

function Totals({ totals }: Pick<Estimate, "totals">) {
  if (totals === null) {
    return (
      <p class="muted">
        Too many to add up here. Narrow the filters, or export: the file comes with its exact totals.
      </p>
    );
  }
  return (
    <ul class="totals" aria-label="Totals by currency">
      {Object.entries(totals).map(([currency, total]) => (
        <li key={currency}>
          <Amount value={total} currency={currency} />
        </li>
      ))}
    </ul>
  );
}

/** How many there are of each status, and a way to see only those. */
function Statuses({ estimate, dataset, view }: { estimate: Estimate; dataset: Dataset; view: RecordsView }) {
  const column = dataset.columns.find(({ name }) => name === "status");
  const found = Object.entries(estimate.statuses ?? {});
  const filter = dataset.filters.find(({ column, kind }) => column === "status" && kind === "choices");
  if (found.length === 0) {
    return null;
  }
  return (
    <ul class="breakdown" aria-label="By status">
      {found.map(([status, { rowCount }]) => (
        <li key={status}>
          <span class={dataset.failures.includes(status) ? "chip failed" : "chip plain"}>
            {choiceLabel(column, status)}
          </span>{" "}
          {filter && found.length > 1 ? (
            <button type="button" class="quiet" onClick={() => show(only(view, filter, status))}>
              {count(rowCount)}
              <span class="hidden"> of status {choiceLabel(column, status)}: show only these</span>
            </button>
          ) : (
            count(rowCount)
          )}
        </li>
      ))}
    </ul>
  );
}

function only(view: RecordsView, filter: Filter, status: string): RecordsView {
  return { ...view, filters: { ...view.filters, [filter.name]: [status] }, cursor: null };
}
