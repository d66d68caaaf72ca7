import { useRef, useState } from "preact/hooks";
import type { Api } from "../api/client.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import type { Caller, Export, LaunchRequest } from "../api/types.ts";
import { copiesError, copiesToSend, readCopies } from "../domain/addresses.ts";
import { type Dataset, filtersFor } from "../domain/datasets.ts";
import { copiesOf } from "../domain/exports.ts";
import { describeFilters, EMPTY_FORM, type FieldErrors, formErrors, toFilters } from "../domain/filters.ts";
import { shortId } from "../domain/format.ts";
import { placeErrors } from "../domain/pointers.ts";
import { notify } from "../state/notices.ts";
import { zone } from "../state/zone.ts";
import { CopiesField } from "./CopiesField.tsx";
import { Dialog } from "./Dialog.tsx";
import { FilterFields } from "./FilterFields.tsx";
import { focusFirstError } from "./focus.ts";
import { idempotencyKeys } from "./idempotency.ts";
import { PendingCheck } from "./PendingCheck.tsx";
import { ProblemMessage } from "./ProblemMessage.tsx";
import { usePending } from "./usePending.ts";

interface Props {
  api: Api;
  caller: Caller;
  dataset: Dataset;
  /** The export to make again, with the very same filters. */
  original: Export | undefined;
  onClose: () => void;
  onLaunched: () => void;
}

export function LaunchDialog({ api, caller, dataset, original, onClose, onLaunched }: Props) {
  const [form, setForm] = useState(EMPTY_FORM);
  const [copiesText, setCopiesText] = useState(original ? copiesOf(original).join(", ") : "");
  const [isChecked, setChecked] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const keyFor = useRef(idempotencyKeys());
  const pending = usePending(api, caller, dataset);

  const offered = filtersFor(caller, dataset);
  const filters = original ? filtersOf(original) : toFilters(offered, form, zone.value);
  const cc = copiesToSend(readCopies(copiesText, caller.email, true));
  const placed = placeErrors(
    problem?.errors ?? [],
    ["cc", ...(original ? [] : offered.map((filter) => filter.name))],
    cc,
  );
  const ownErrors: FieldErrors = original ? {} : formErrors(offered, form);
  const errors = { ...placed.fields, ...(isChecked ? ownErrors : {}) };
  const isBlocked = pending.isWatched && pending.state.kind === "blocked";

  const submit = async (event: Event) => {
    event.preventDefault();
    setChecked(true);
    setProblem(undefined);
    const isWrong =
      Object.keys(ownErrors).length > 0 || copiesError(readCopies(copiesText, caller.email, true));
    if (isBusy || isBlocked || isWrong) {
      focusFirstError();
      return;
    }
    const body: LaunchRequest = { cc, ...(filters ? { filters } : {}) };
    setBusy(true);
    try {
      const launched = await api.launch(dataset.slug, body, keyFor.current(body));
      notify(
        "success",
        `Export ${shortId(launched.exportId)} was launched. Its link will be mailed when it is ready.`,
      );
      onLaunched();
    } catch (error) {
      const refusal = asProblem(error);
      setBusy(false);
      if (refusal.code === "EXPORT_ALREADY_PENDING" && refusal.exportId) {
        pending.block(refusal.exportId);
      } else {
        setProblem(refusal);
        focusFirstError();
      }
    }
  };

  return (
    <Dialog title={`${original ? "Relaunch the export of" : "Export"} ${dataset.name}`} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <PendingCheck state={pending.state} />
        {problem && !placed.isWhole && <ProblemMessage problem={problem} rest={placed.rest} />}
        {original ? (
          <SameFilters original={original} dataset={dataset} />
        ) : (
          <FilterFields
            filters={offered}
            form={form}
            errors={errors}
            onChange={(change) => {
              setForm({ ...form, ...change });
              setProblem(undefined);
            }}
          />
        )}
        <CopiesField
          text={copiesText}
          onText={(text) => {
            setCopiesText(text);
            setProblem(undefined);
          }}
          ownAddress={caller.email}
          error={errors.cc}
        />
        <div class="dialog-foot">
          <p class="muted">
            {filters
              ? "Exports what matches these filters."
              : `Exports all ${dataset.name} that you may see.`}
          </p>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" aria-disabled={isBusy || isBlocked}>
            {isBusy ? "Launching…" : original ? "Relaunch" : "Launch export"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function filtersOf(original: Export) {
  return Object.keys(original.filters).length > 0 ? original.filters : undefined;
}

function SameFilters({ original, dataset }: { original: Export; dataset: Dataset }) {
  const phrases = describeFilters(dataset.filters, original.filters, zone.value);
  return (
    <div>
      <p>
        A new file is made, with what is in the books now. It replaces nothing:{" "}
        <code>{original.exportId}</code> stays in the history.
      </p>
      {dataset.filters.length > 0 && (
        <>
          <h3>The same filters</h3>
          {phrases.length > 0 ? (
            <ul class="phrases">
              {phrases.map((phrase) => (
                <li key={phrase}>{phrase}</li>
              ))}
            </ul>
          ) : (
            <p class="muted">None: everything was exported.</p>
          )}
        </>
      )}
    </div>
  );
}
