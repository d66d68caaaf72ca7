import type { FilterName } from "../domain/datasets.ts";
import { utcMonth } from "../domain/days.ts";
import type { FieldErrors, FilterForm } from "../domain/filters.ts";
import { choice } from "../domain/format.ts";
import { Field, FieldError } from "./Field.tsx";

interface Props {
  names: readonly FilterName[];
  statuses: readonly string[];
  form: FilterForm;
  errors: FieldErrors;
  onChange: (change: Partial<FilterForm>) => void;
}

type TextName = Exclude<keyof FilterForm, "statuses">;

const PERIODS = [
  { name: "This month", offset: 0 },
  { name: "Last month", offset: -1 },
] as const;

/** The filters that a dataset has; none at all for one that is always exported whole. */
export function FilterFields({ names, statuses, form, errors, onChange }: Props) {
  if (names.length === 0) {
    return null;
  }
  const has = (name: FilterName) => names.includes(name);
  const text = (name: TextName, label: string, options: TextOptions = {}) =>
    has(name) && (
      <TextField
        name={name}
        label={label}
        value={form[name]}
        error={errors[name]}
        onChange={(value) => onChange({ [name]: value })}
        {...options}
      />
    );
  return (
    <fieldset class="filter-fields">
      <legend>What to export</legend>
      <div class="pair">
        {text("createdAtFrom", "Created from", { type: "date" })}
        {text("createdAtTo", "Created to", { type: "date", hint: "Whole days in UTC, as in the file." })}
      </div>
      <div class="presets">
        {PERIODS.map(({ name, offset }) => (
          <button
            key={name}
            type="button"
            class="quiet"
            onClick={() => {
              const { from, to } = utcMonth(new Date(), offset);
              onChange({ createdAtFrom: from, createdAtTo: to });
            }}
          >
            {name}
          </button>
        ))}
        {(form.createdAtFrom || form.createdAtTo) && (
          <button
            type="button"
            class="quiet"
            onClick={() => onChange({ createdAtFrom: "", createdAtTo: "" })}
          >
            All time
          </button>
        )}
      </div>
      <Statuses all={statuses} chosen={form.statuses} error={errors.statuses} onChange={onChange} />
      <div class="pair">
        {text("amountMin", "Amount from", { inputMode: "decimal" })}
        {text("amountMax", "Amount to", { inputMode: "decimal" })}
      </div>
      <div class="pair">
        {text("sourceBalanceAccountType", "From balance account", { choices: ["MARKETPLACE", "SUPPLIER"] })}
        {text("targetBalanceAccountType", "To balance account", { choices: ["MARKETPLACE", "SUPPLIER"] })}
      </div>
      {text("supplierIds", "Suppliers", { hint: "External ids, comma-separated. Empty: all suppliers." })}
      {text("paymentMethods", "Payment methods", {
        hint: "Such as CARD, comma-separated. Empty: all of them.",
      })}
    </fieldset>
  );
}

interface TextOptions {
  type?: "text" | "date";
  inputMode?: "decimal" | "text";
  hint?: string;
  choices?: readonly string[];
}

interface TextProps extends TextOptions {
  name: TextName;
  label: string;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

function TextField({ name, label, value, error, onChange, ...options }: TextProps) {
  const { type = "text", inputMode = "text", hint, choices } = options;
  const onInput = (event: { currentTarget: HTMLInputElement | HTMLSelectElement }) =>
    onChange(event.currentTarget.value);
  return (
    <Field id={name} label={label} hint={hint} error={error}>
      {(attributes) => {
        if (choices) {
          return (
            <select {...attributes} value={value} onChange={onInput}>
              <option value="">Any</option>
              {choices.map((option) => (
                <option key={option} value={option}>
                  {choice(option)}
                </option>
              ))}
            </select>
          );
        }
        return type === "date" ? (
          <input {...attributes} type="date" value={value} onInput={onInput} />
        ) : (
          <input {...attributes} inputMode={inputMode} autocomplete="off" value={value} onInput={onInput} />
        );
      }}
    </Field>
  );
}

interface StatusesProps {
  all: readonly string[];
  chosen: string[];
  error: string | undefined;
  onChange: (change: Pick<FilterForm, "statuses">) => void;
}

function Statuses({ all, chosen, error, onChange }: StatusesProps) {
  return (
    <fieldset class="statuses" aria-describedby="statuses-error">
      <legend>Status</legend>
      {all.map((status) => (
        <label key={status} class="toggle">
          <input
            type="checkbox"
            checked={chosen.includes(status)}
            aria-invalid={error !== undefined}
            onChange={(event) => {
              const others = chosen.filter((other) => other !== status);
              onChange({ statuses: event.currentTarget.checked ? [...others, status] : others });
            }}
          />
          <span>{choice(status)}</span>
        </label>
      ))}
      <FieldError id="statuses" error={error} />
    </fieldset>
  );
}
