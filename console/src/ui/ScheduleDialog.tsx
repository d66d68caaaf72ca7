import { useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem.ts";
import { addSchedule, changeSchedule } from "../api/schedules.ts";
import type { Compression, NewSchedule, Profile, Schedule, ScheduleChange } from "../api/types.ts";
import { copiesError, copiesToSend, readCopies } from "../domain/addresses.ts";
import { choose, chosenColumns } from "../domain/columnChoice.ts";
import { columnsFor } from "../domain/columns.ts";
import type { Dataset } from "../domain/datasets.ts";
import { type FieldErrors, formErrors, toFilters, toForm } from "../domain/filters.ts";
import { placeErrors } from "../domain/pointers.ts";
import { beginsAnew, scheduleErrors, scheduleFilters, toWhen, toWhenForm } from "../domain/schedules.ts";
import { browserZone } from "../domain/zone.ts";
import { notify } from "../state/notices.ts";
import type { Session } from "../state/session.ts";
import { zone } from "../state/zone.ts";
import { ColumnsField } from "./ColumnsField.tsx";
import { CopiesField } from "./CopiesField.tsx";
import { Dialog } from "./Dialog.tsx";
import { Field } from "./Field.tsx";
import { FilterFields } from "./FilterFields.tsx";
import { FormatField } from "./FormatField.tsx";
import { focusFirstError } from "./focus.ts";
import { ProblemMessage } from "./ProblemMessage.tsx";
import { useIsOpen } from "./useIsOpen.ts";
import { WhenFields } from "./WhenFields.tsx";

interface Props {
  session: Session;
  /** Those that a new schedule may export. */
  datasets: readonly [Dataset, ...Dataset[]];
  /** The one to change; absent: a new one is made. */
  schedule?: Schedule;
  onClose: () => void;
  onSaved: (saved: Schedule) => void;
}

const OWN_FIELDS = [
  "name",
  "dataset",
  "every",
  "at",
  "timeZone",
  "daysOfWeek",
  "dayOfMonth",
  "columns",
  "cc",
];

/** Makes a schedule, or changes the one that is given. */
export function ScheduleDialog({ session: { api, caller }, datasets, schedule, onClose, onSaved }: Props) {
  const [slug, setSlug] = useState(schedule?.dataset ?? datasets[0].slug);
  const dataset = datasets.find((dataset) => dataset.slug === slug) ?? datasets[0];
  const offered = scheduleFilters(caller, dataset);
  const columns = columnsFor(caller, dataset);
  const [name, setName] = useState(schedule?.name ?? "");
  const [when, setWhen] = useState(() => toWhenForm(schedule?.when, browserZone()));
  const [form, setForm] = useState(() => toForm(offered, schedule?.filters ?? {}, zone.value));
  const [choice, setChoice] = useState(() => choose(columns, schedule?.columns));
  const [profile, setProfile] = useState<Profile | undefined>(
    schedule?.profile?.name === "standard" ? undefined : schedule?.profile,
  );
  const [isCompressed, setCompressed] = useState(schedule?.compression === "gzip");
  const [copiesText, setCopiesText] = useState(schedule?.cc.join(", ") ?? "");
  const [isChecked, setChecked] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const isOpen = useIsOpen();

  const filters = toFilters(offered, form, zone.value);
  const chosen = chosenColumns(choice, columns);
  const copies = readCopies(copiesText, caller.email, true);
  const cc = copiesToSend(copies);
  const placed = placeErrors(
    problem?.errors ?? [],
    [...OWN_FIELDS, ...offered.map((filter) => filter.name)],
    cc,
  );
  const own: FieldErrors = {
    ...formErrors(offered, form, zone.value),
    ...scheduleErrors(name, when),
    ...(chosen?.length === 0 ? { columns: "Choose at least one column." } : {}),
  };
  const errors = { ...placed.fields, ...(isChecked ? own : {}) };
  const common = {
    name: name.trim(),
    when: toWhen(when),
    cc,
    // What is always exported whole takes none, not even an empty set.
    ...(offered.length > 0 ? { filters } : {}),
  };

  const compression: Compression = isCompressed ? "gzip" : "none";

  const save = (): Promise<Schedule> => {
    if (schedule) {
      const change: ScheduleChange = {
        ...common,
        columns: chosen ?? null,
        profile: profile ?? { name: "standard" },
        ...(compression === (schedule.compression ?? "none") ? {} : { compression }),
      };
      return changeSchedule(api, schedule.scheduleId, change);
    }
    const body: NewSchedule = {
      ...common,
      dataset: dataset.slug,
      ...(chosen ? { columns: chosen } : {}),
      ...(profile ? { profile } : {}),
      ...(isCompressed ? { compression: "gzip" } : {}),
    };
    return addSchedule(api, body);
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    setChecked(true);
    setProblem(undefined);
    if (isBusy || Object.keys(own).length > 0 || copiesError(copies) !== null) {
      focusFirstError();
      return;
    }
    setBusy(true);
    try {
      const saved = await save();
      notify("success", `The schedule ${saved.name} was saved.`);
      onSaved(saved);
    } catch (error) {
      const refusal = asProblem(error);
      if (!isOpen()) {
        notify("error", `The schedule was not saved. ${refusal.title}: ${refusal.detail}`);
        return;
      }
      setBusy(false);
      setProblem(refusal);
      focusFirstError();
    }
  };

  return (
    <Dialog title={schedule ? "Edit the schedule" : "New schedule"} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        {problem && !placed.isWhole && <ProblemMessage problem={problem} rest={placed.rest} />}
        <Field
          id="schedule-name"
          label="Name"
          hint="For people: the mails of its exports say it."
          error={errors.name}
        >
          {(attributes) => (
            <input
              {...attributes}
              type="text"
              value={name}
              autocomplete="off"
              onInput={(event) => {
                setName(event.currentTarget.value);
                setProblem(undefined);
              }}
            />
          )}
        </Field>
        {!schedule && (
          <Field id="schedule-dataset" label="Dataset" error={errors.dataset}>
            {(attributes) => (
              <select
                {...attributes}
                value={slug}
                onChange={(event) => {
                  const next = datasets.find((dataset) => dataset.slug === event.currentTarget.value);
                  if (next) {
                    setSlug(next.slug);
                    setForm({});
                    setChoice(choose(columnsFor(caller, next)));
                    setProblem(undefined);
                  }
                }}
              >
                {datasets.map((dataset) => (
                  <option key={dataset.slug} value={dataset.slug}>
                    {dataset.title}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        <WhenFields
          form={when}
          errors={errors}
          onChange={(change) => {
            setWhen((now) => ({ ...now, ...change }));
            setProblem(undefined);
          }}
        />
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
          key={dataset.slug}
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
          <p class="muted" aria-live="polite">
            {schedule && beginsAnew(schedule.when, common.when)
              ? "It begins anew: its next file has a whole period, part of which earlier files may have."
              : "You see its next runs when it is saved."}
          </p>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" aria-disabled={isBusy}>
            {schedule ? "Save" : "Make the schedule"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
