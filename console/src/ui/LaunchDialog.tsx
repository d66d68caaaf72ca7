import { useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem.ts";
import type { Export, FileRequest, Filters, LaunchRequest, Profile } from "../api/types.ts";
import { copiesError, copiesToSend, readCopies } from "../domain/addresses.ts";
import { choose, chosenColumns } from "../domain/columnChoice.ts";
import { columnsFor } from "../domain/columns.ts";
import { type Dataset, filtersFor } from "../domain/datasets.ts";
import { copiesOf } from "../domain/exports.ts";
import { type FieldErrors, formErrors, toFilters, toForm } from "../domain/filters.ts";
import { shortId } from "../domain/format.ts";
import { placeErrors } from "../domain/pointers.ts";
import { notify } from "../state/notices.ts";
import type { Session } from "../state/session.ts";
import { zone } from "../state/zone.ts";
import { ColumnsField } from "./ColumnsField.tsx";
import { CopiesField } from "./CopiesField.tsx";
import { Dialog } from "./Dialog.tsx";
import { EstimateText } from "./EstimateText.tsx";
import { FilterFields } from "./FilterFields.tsx";
import { FormatField } from "./FormatField.tsx";
import { focusFirstError } from "./focus.ts";
import { idempotencyKeys } from "./idempotency.ts";
import { NotUnderstood } from "./NotUnderstood.tsx";
import { PendingCheck } from "./PendingCheck.tsx";
import { ProblemMessage } from "./ProblemMessage.tsx";
import { useIsOpen } from "./useIsOpen.ts";
import { usePending } from "./usePending.ts";

interface Props {
  session: Session;
  dataset: Dataset;
  /** What the form is filled in with at first. */
  filters: Filters | undefined;
  /** What the address names that is not in `filters`. */
  notUnderstood: readonly string[] | undefined;
  /** The export that the form is filled in like at first, whoever launched it. */
  original: Export | undefined;
  onClose: () => void;
  onLaunched: () => void;
}

export function LaunchDialog({
  session: { api, caller },
  dataset,
  filters: given,
  notUnderstood = [],
  original,
  onClose,
  onLaunched,
}: Props) {
  const offered = filtersFor(caller, dataset);
  const [form, setForm] = useState(() => toForm(offered, given ?? original?.filters ?? {}, zone.value));
  const columns = columnsFor(caller, dataset);
  const [choice, setChoice] = useState(() => choose(columns, original?.columns));
  const [profile, setProfile] = useState<Profile | undefined>(original?.profile);
  const [isCompressed, setCompressed] = useState(original?.compression === "gzip");
  const [copiesText, setCopiesText] = useState(original ? copiesOf(original).join(", ") : "");
  const [isChecked, setChecked] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const keyFor = useRef(idempotencyKeys());
  const pending = usePending(api, caller, dataset);
  const isOpen = useIsOpen();
  const known = dataset.filters.map(({ name }) => name);
  const lost = original
    ? Object.keys(original.filters).filter((name) => !known.includes(name))
    : notUnderstood;

  const filters = toFilters(offered, form, zone.value);
  const chosen = chosenColumns(choice, columns);
  const file: FileRequest = {
    ...(Object.keys(filters).length > 0 ? { filters } : {}),
    ...(chosen ? { columns: chosen } : {}),
    ...(profile ? { profile } : {}),
  };
  const cc = copiesToSend(readCopies(copiesText, caller.email, true));
  const placed = placeErrors(
    problem?.errors ?? [],
    ["cc", "columns", ...offered.map((filter) => filter.name)],
    cc,
  );
  const ownErrors: FieldErrors = {
    ...formErrors(offered, form, zone.value),
    ...(file.columns?.length === 0 ? { columns: "Choose at least one column." } : {}),
  };
  const isValid = Object.keys(ownErrors).length === 0;
  const errors = { ...placed.fields, ...(isChecked ? ownErrors : {}) };
  const isBlocked = pending.isWatched && pending.state.kind === "blocked";

  const submit = async (event: Event) => {
    event.preventDefault();
    setChecked(true);
    setProblem(undefined);
    const isRefused = copiesError(readCopies(copiesText, caller.email, true)) !== null;
    if (isBusy || isBlocked || !isValid || isRefused) {
      focusFirstError();
      return;
    }
    const body: LaunchRequest = { cc, ...file, ...(isCompressed ? { compression: "gzip" } : {}) };
    setBusy(true);
    try {
      const launched = await api.launch(dataset.slug, body, keyFor.current(body));
      notify(
        "success",
        `Export ${shortId(launched.exportId)} was launched. Its link will be mailed when it is ready.`,
      );
      // Who has closed the form is somewhere else by now, and stays there.
      if (isOpen()) {
        onLaunched();
      }
    } catch (error) {
      const refusal = asProblem(error);
      if (!isOpen()) {
        notify(
          "error",
          `The export of ${dataset.name} was not confirmed. ${refusal.title}: ${refusal.detail}`,
        );
        return;
      }
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
    <Dialog title={`Export ${dataset.name}${original ? " again" : ""}`} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <PendingCheck state={pending.state} />
        {problem && !placed.isWhole && <ProblemMessage problem={problem} rest={placed.rest} />}
        <NotUnderstood names={lost} of={original ? "export" : "address"} />
        <FilterFields
          filters={offered}
          form={form}
          errors={errors}
          api={api}
          onChange={(change) => {
            setForm((now) => ({ ...now, ...change }));
            setProblem(undefined);
          }}
        />
        <ColumnsField
          dataset={dataset}
          columns={columns}
          choice={choice}
          error={errors.columns}
          onChange={(next) => {
            setChoice(next);
            setProblem(undefined);
          }}
        />
        <FormatField
          profile={profile}
          isCompressed={isCompressed}
          onProfile={setProfile}
          onCompressed={setCompressed}
        />
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
          <EstimateText
            api={api}
            dataset={dataset}
            file={isValid ? file : null}
            isCompressed={isCompressed}
          />
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" aria-disabled={isBusy || isBlocked}>
            {isBusy ? "Launching…" : "Launch export"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
