import type { ComponentChildren } from "preact";
import type { Export } from "../api/types.ts";
import { labelOf } from "../domain/columns.ts";
import type { Dataset } from "../domain/datasets.ts";
import { describeFilters } from "../domain/filters.ts";
import { describeProfile } from "../domain/profile.ts";
import { zone } from "../state/zone.ts";

/** What an export is made with again. */
export function SameFile({ original, dataset }: { original: Export; dataset: Dataset }) {
  const { columns, profile } = original;
  return (
    <div>
      <p>
        A new file is made, with what is in the books now. It replaces nothing:{" "}
        <code>{original.exportId}</code> stays in the history.
      </p>
      {dataset.filters.length > 0 && (
        <Kept
          title="The same filters"
          phrases={describeFilters(dataset.filters, original.filters, zone.value)}
        >
          None: everything was exported.
        </Kept>
      )}
      {columns && (
        <Kept title="The same columns" phrases={[columns.map((name) => labelOf(dataset, name)).join(", ")]} />
      )}
      {profile && <Kept title="The same format" phrases={[describeProfile(profile)]} />}
    </div>
  );
}

interface KeptProps {
  title: string;
  phrases: string[];
  /** What to say without phrases. */
  children?: ComponentChildren;
}

function Kept({ title, phrases, children }: KeptProps) {
  return (
    <>
      <h3>{title}</h3>
      {phrases.length > 0 ? (
        <ul class="phrases">
          {phrases.map((phrase) => (
            <li key={phrase}>{phrase}</li>
          ))}
        </ul>
      ) : (
        <p class="muted">{children}</p>
      )}
    </>
  );
}
