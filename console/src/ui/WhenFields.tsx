import type { When } from "../api/types.ts";
import type { FieldErrors } from "../domain/filters.ts";
import { contentText, DAYS_OF_MONTH, WEEKDAYS, type WhenForm } from "../domain/schedules.ts";
import { Field, FieldError } from "./Field.tsx";

interface Props {
  form: WhenForm;
  errors: FieldErrors;
  onChange: (change: Partial<WhenForm>) => void;
}

const EVERY: readonly { value: When["every"]; label: string }[] = [
  { value: "DAY", label: "Daily" },
  { value: "WEEK", label: "Weekly" },
  { value: "MONTH", label: "Monthly" },
];

/** Some browsers leave UTC out. */
const ZONES: readonly string[] = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];

/** On which days a schedule runs, at what time, and by whose clock. */
export function WhenFields({ form, errors, onChange }: Props) {
  return (
    <fieldset class="filter-fields">
      <legend>When</legend>
      <div class="pair">
        <Field id="schedule-every" label="How often" hint={contentText(form.every)} error={errors.every}>
          {(attributes) => (
            <select
              {...attributes}
              value={form.every}
              onChange={(event) => onChange({ every: event.currentTarget.value as When["every"] })}
            >
              {EVERY.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          id="schedule-at"
          label="Time"
          hint="Leave the sources some time after midnight."
          error={errors.at}
        >
          {(attributes) => (
            <input
              {...attributes}
              type="time"
              value={form.at}
              onInput={(event) => onChange({ at: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
      {form.every === "WEEK" && (
        <fieldset class="statuses" aria-describedby="schedule-days-error">
          <legend>On these days</legend>
          {WEEKDAYS.map(({ value, label }) => (
            <label key={value} class="toggle">
              <input
                type="checkbox"
                checked={form.daysOfWeek.includes(value)}
                aria-invalid={errors.daysOfWeek !== undefined}
                onChange={() => {
                  const isOn = form.daysOfWeek.includes(value);
                  const others = form.daysOfWeek.filter((one) => one !== value);
                  onChange({ daysOfWeek: isOn ? others : [...others, value] });
                }}
              />
              <span>{label}</span>
            </label>
          ))}
          <FieldError id="schedule-days" error={errors.daysOfWeek} />
        </fieldset>
      )}
      {form.every === "MONTH" && (
        <Field
          id="schedule-day"
          label="On this day"
          hint="For a month as soon as it is over, choose day 1: the last day still exports the month before."
          error={errors.dayOfMonth}
        >
          {(attributes) => (
            <select
              {...attributes}
              value={form.dayOfMonth}
              onChange={(event) => onChange({ dayOfMonth: event.currentTarget.value })}
            >
              {DAYS_OF_MONTH.map((day) => (
                <option key={day} value={String(day)}>
                  Day {day}
                </option>
              ))}
              <option value="LAST">The last day</option>
            </select>
          )}
        </Field>
      )}
      <Field
        id="schedule-zone"
        label="Time zone"
        hint="Its clock, and where its days begin. Such as Europe/Paris."
        error={errors.timeZone}
      >
        {(attributes) => (
          <>
            <input
              {...attributes}
              type="text"
              list="schedule-zones"
              autocomplete="off"
              spellcheck={false}
              value={form.timeZone}
              onInput={(event) => onChange({ timeZone: event.currentTarget.value })}
            />
            <datalist id="schedule-zones">
              {ZONES.map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          </>
        )}
      </Field>
    </fieldset>
  );
}
