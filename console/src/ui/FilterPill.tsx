import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../api/client.ts";
import type { Filters } from "../api/types.ts";
import { wordsOf } from "../domain/columns.ts";
import type { Dataset, Filter } from "../domain/datasets.ts";
import {
  describeGroup,
  type FieldErrors,
  type FilterForm,
  formErrors,
  toFilters,
  toForm,
} from "../domain/filters.ts";
import { zone } from "../state/zone.ts";
import { FilterLines } from "./FilterFields.tsx";
import { focusFirstError } from "./focus.ts";
import { Icon } from "./Icon.tsx";

interface Props {
  dataset: Dataset;
  group: readonly [Filter, ...Filter[]];
  /** What all filters are set to. */
  values: Filters;
  api: Api;
  /** Takes what all filters are set to then. */
  onApply: (values: Filters) => void;
}

const SELECTOR = "input:not(:disabled), select, button";

/** One filter: what it is set to, and the form that sets it when it is open. */
export function FilterPill({ dataset, group, values, api, onApply }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [form, setForm] = useState<FilterForm>({});
  const [errors, setErrors] = useState<FieldErrors>({});
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const popover = useRef<HTMLDivElement>(null);
  const label = group.length > 1 ? wordsOf(group[0].column) : group[0].label;
  const text = describeGroup(group, values, zone.value);

  useLayoutEffect(() => {
    if (!isOpen) {
      return;
    }
    keepInWindow(popover.current);
    popover.current?.querySelector<HTMLElement>(SELECTOR)?.focus();
    const closeOutside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) {
        setOpen(false);
      }
    };
    document.addEventListener("pointerdown", closeOutside);
    document.addEventListener("focusin", closeOutside);
    return () => {
      document.removeEventListener("pointerdown", closeOutside);
      document.removeEventListener("focusin", closeOutside);
    };
  }, [isOpen]);

  const open = () => {
    setForm(toForm(group, values, zone.value));
    setErrors({});
    setOpen(true);
  };
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const apply = (changed: FilterForm) => {
    const others = dataset.filters.filter(({ name }) => !group.some((filter) => filter.name === name));
    const set = { ...toFilters(others, toForm(others, values, zone.value), zone.value) };
    const both = { ...set, ...toFilters(group, changed, zone.value) };
    // In the dataset's order, so that the same filters have the same address.
    onApply(
      Object.fromEntries(dataset.filters.flatMap(({ name }) => (both[name] ? [[name, both[name]]] : []))),
    );
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const wrong = formErrors(group, form, zone.value);
    setErrors(wrong);
    if (Object.keys(wrong).length > 0) {
      focusFirstError(".popover");
      return;
    }
    close();
    apply(form);
  };

  return (
    <div class="pill-box" ref={root}>
      <button
        type="button"
        ref={button}
        class={text ? "pill set" : "pill"}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => (isOpen ? setOpen(false) : open())}
      >
        {!text && <Icon name="plus" />}
        {label}
        {text && <strong>{text}</strong>}
      </button>
      {text && (
        <button
          type="button"
          class="pill-clear"
          aria-label={`Remove the filter ${label}`}
          title="Remove this filter"
          onClick={() => {
            apply({});
            button.current?.focus();
          }}
        >
          <Icon name="close" />
        </button>
      )}
      {isOpen && (
        <div
          class="popover"
          ref={popover}
          role="dialog"
          aria-label={`Filter by ${label}`}
          tabIndex={-1}
          onKeyDown={(event) => {
            if (event.key === "Escape" && !event.defaultPrevented) {
              close();
            }
          }}
        >
          <form noValidate onSubmit={submit}>
            <FilterLines
              filters={group}
              form={form}
              errors={errors}
              api={api}
              onChange={(change) => setForm((now) => ({ ...now, ...change }))}
            />
            <div class="buttons">
              <button type="submit" class="primary">
                Apply
              </button>
              <button type="button" onClick={close}>
                Cancel
              </button>
            </div>
          </form>
        </div>
      )}
    </div>
  );
}

/** A popover opens at its button's left, unless it would leave the window there. */
function keepInWindow(element: HTMLElement | null): void {
  if (element && element.getBoundingClientRect().right > document.documentElement.clientWidth - 8) {
    element.classList.add("to-the-left");
  }
}
