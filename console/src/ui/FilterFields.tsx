import { Fragment } from "preact";
import type { Api } from "../api/client.ts";
import type { Choice, Filter } from "../domain/datasets.ts";
import { isTime, monthOf } from "../domain/days.ts";
import { chosenOf, type FieldErrors, type FilterForm, textOf } from "../domain/filters.ts";
import { exactTime } from "../domain/format.ts";
import { zoneName } from "../domain/zone.ts";
import { zone } from "../state/zone.ts";
import { Field, FieldError } from "./Field.tsx";
import { SupplierPicker } from "./SupplierPicker.tsx";

interface Props {
  filters: readonly Filter[];
  form: FilterForm;
  errors: FieldErrors;
  api: Api;
  onChange: (change: FilterForm) => void;
}

const PERIODS = [
  { name: "This month", offset: 0 },
  { name: "Last month", offset: -1 },
] as const;

/** Kinds whose fields are short: two of them share a line. */
const SHORT = new Set<Filter["kind"]>(["day", "amount", "choice"]);

/** The filters that a dataset has; none at all for one that is always exported whole. */
export function FilterFields(props: Props) {
  return props.filters.length === 0 ? null : (
    <fieldset class="filter-fields">
      <legend>What to export</legend>
      <FilterLines {...props} />
    </fieldset>
  );
}

export function FilterLines({ filters, form, errors, api, onChange }: Props) {
  return (
    <>
      {linesOf(filters).map((line) => {
        const fields = line.map((filter) => (
          <FilterField
            key={filter.name}
            filter={filter}
            form={form}
            error={errors[filter.name]}
            api={api}
            onChange={onChange}
          />
        ));
        const isShort = line.every((filter) => SHORT.has(filter.kind));
        return (
          <Fragment key={line[0]?.name}>
            {isShort ? <div class="pair">{fields}</div> : fields}
            {line[0]?.name === "createdAtFrom" && <Periods form={form} onChange={onChange} />}
          </Fragment>
        );
      })}
    </>
  );
}

/** Two short fields of the same kind in a line, any other field in one of its own. */
function linesOf(filters: readonly Filter[]): Filter[][] {
  const lines: Filter[][] = [];
  for (const filter of filters) {
    const last = lines.at(-1);
    if (SHORT.has(filter.kind) && last?.length === 1 && last[0]?.kind === filter.kind) {
      last.push(filter);
    } else {
      lines.push([filter]);
    }
  }
  return lines;
}

function Periods({ form, onChange }: Pick<Props, "form" | "onChange">) {
  return (
    <div class="presets">
      {PERIODS.map(({ name, offset }) => (
        <button
          key={name}
          type="button"
          class="quiet"
          onClick={() => {
            const { from, to } = monthOf(new Date(), offset, zone.value);
            onChange({ createdAtFrom: from, createdAtTo: to });
          }}
        >
          {name}
        </button>
      ))}
      {(textOf(form, "createdAtFrom") || textOf(form, "createdAtTo")) && (
        <button type="button" class="quiet" onClick={() => onChange({ createdAtFrom: "", createdAtTo: "" })}>
          All time
        </button>
      )}
    </div>
  );
}

interface FieldProps extends Pick<Props, "form" | "api" | "onChange"> {
  filter: Filter;
  error: string | undefined;
}

function FilterField({ filter, form, error, api, onChange }: FieldProps) {
  const { name, kind, label, choices = [] } = filter;
  if (kind === "choices") {
    return (
      <Choices
        name={name}
        label={label}
        all={choices}
        chosen={chosenOf(form, name)}
        error={error}
        onChange={onChange}
      />
    );
  }
  const value = textOf(form, name);
  const onInput = (event: { currentTarget: HTMLInputElement | HTMLSelectElement }) =>
    onChange({ [name]: event.currentTarget.value });
  return (
    <Field id={name} label={label} hint={hintOf(filter, value)} error={error}>
      {(attributes) => {
        if (kind === "choice") {
          return (
            <select {...attributes} value={value} onChange={onInput}>
              <option value="">Any</option>
              {choices.map((option) => (
                <option key={option.value} value={option.value}>
                  {option.label}
                </option>
              ))}
            </select>
          );
        }
        if (kind === "suppliers") {
          return (
            <SupplierPicker
              attributes={attributes}
              api={api}
              chosen={chosenOf(form, name)}
              onChange={(chosen) => onChange({ [name]: chosen })}
            />
          );
        }
        return kind === "day" ? (
          <input {...attributes} type="date" value={isTime(value) ? "" : value} onInput={onInput} />
        ) : (
          <input
            {...attributes}
            inputMode={kind === "amount" ? "decimal" : "text"}
            autocomplete="off"
            value={value}
            onInput={onInput}
          />
        );
      }}
    </Field>
  );
}

function hintOf({ name, kind, example }: Filter, value: string): string | undefined {
  if (kind === "day" && isTime(value)) {
    return `Now exactly ${exactTime(value, zone.value)}.`;
  }
  if (name === "createdAtTo") {
    return `Whole days in ${zoneName(zone.value)}.${zone.value === "UTC" ? "" : " Times in the file are in UTC."}`;
  }
  if (kind === "suppliers") {
    return "Choose from the list, or type ids. Empty: all suppliers.";
  }
  if (kind === "texts") {
    return `${example ? `Such as ${example}, comma-separated` : "Comma-separated"}. Empty: all of them.`;
  }
  return undefined;
}

interface ChoicesProps {
  name: string;
  label: string;
  all: readonly Choice[];
  chosen: readonly string[];
  error: string | undefined;
  onChange: (change: FilterForm) => void;
}

function Choices({ name, label, all, chosen, error, onChange }: ChoicesProps) {
  return (
    <fieldset class="statuses" aria-describedby={`${name}-error`}>
      <legend>{label}</legend>
      {all.map((choice) => (
        <label key={choice.value} class="toggle">
          <input
            type="checkbox"
            checked={chosen.includes(choice.value)}
            aria-invalid={error !== undefined}
            onChange={(event) => {
              const others = chosen.filter((other) => other !== choice.value);
              onChange({ [name]: event.currentTarget.checked ? [...others, choice.value] : others });
            }}
          />
          <span>{choice.label}</span>
        </label>
      ))}
      <FieldError id={name} error={error} />
    </fieldset>
  );
}
