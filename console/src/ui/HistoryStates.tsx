import type { ComponentChildren } from "preact";
import type { Problem } from "../api/problem.ts";
import type { Dataset } from "../domain/datasets.ts";
import { type DatasetView, isFiltered, unfiltered } from "../domain/view.ts";
import { show } from "../state/location.ts";
import { EmptyState } from "./EmptyState.tsx";

interface NothingProps {
  view: DatasetView;
  dataset: Dataset;
  canCreate: boolean;
  launchButton: ComponentChildren;
}

export function Nothing({ view: current, dataset, canCreate, launchButton }: NothingProps) {
  if (isFiltered(current)) {
    return (
      <EmptyState title="No export matches these filters" action={<ClearFilters view={current} />}>
        Choose other statuses or days, or look at all of them.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No exports yet" action={launchButton}>
      {canCreate
        ? `Launch one: the file of your ${dataset.name} is made in the background, and its link is mailed to you.`
        : `Nobody has exported ${dataset.name} yet, and your key may only look. Exports show up here when they are launched.`}
    </EmptyState>
  );
}

export function ClearFilters({ view: current }: { view: DatasetView }) {
  return (
    <button type="button" onClick={() => show(unfiltered(current))}>
      Clear filters
    </button>
  );
}

export function RefreshProblem({ problem }: { problem: Problem }) {
  return (
    <p class="banner warn" role="status">
      This list could not be brought up to date and may be old: {problem.detail} It is tried again by itself.
    </p>
  );
}
