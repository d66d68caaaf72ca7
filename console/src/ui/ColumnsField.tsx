import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type ColumnChoice, choose, chosenColumns, moved, toggled } from "../domain/columnChoice.ts";
import { labelOf } from "../domain/columns.ts";
import type { Column, Dataset } from "../domain/datasets.ts";
import { FieldError } from "./Field.tsx";
import { Icon } from "./Icon.tsx";

interface Props {
  dataset: Dataset;
  columns: readonly Column[];
  choice: ColumnChoice;
  error: string | undefined;
  onChange: (choice: ColumnChoice) => void;
}

/** Which columns the file gets, and in which order: with the pointer by dragging, with any device by buttons. */
export function ColumnsField({ dataset, columns, choice, error, onChange }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const [isOpen, setOpen] = useState(false);
  const count = choice.filter(({ isChosen }) => isChosen).length;
  const isUsual = chosenColumns(choice, columns) === undefined;

  const pressed = useRef<HTMLElement | null>(null);

  // A row that is put elsewhere in the page loses the focus.
  useLayoutEffect(() => {
    pressed.current?.focus();
    pressed.current = null;
  }, [choice]);

  // What is wrong must be seen.
  useLayoutEffect(() => {
    if (error !== undefined) {
      setOpen(true);
    }
  }, [error]);

  const move = (button: HTMLElement, name: string, to: number) => {
    pressed.current = button;
    const next = moved(choice, name, to);
    onChange(next);
    const place = next.findIndex((one) => one.name === name) + 1;
    setSaid(`${labelOf(dataset, name)} is now column ${place} of ${next.length}.`);
  };
  const dragTo = (y: number) => {
    const rows = [...(list.current?.children ?? [])].map((row) => row.getBoundingClientRect());
    const to = rows.findIndex(({ bottom }) => y < bottom);
    const place = to < 0 ? rows.length - 1 : to;
    if (dragged !== null && choice[place]?.name !== dragged) {
      onChange(moved(choice, dragged, place));
    }
  };

  return (
    <details class="columns-field" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Columns{" "}
        <span class="muted">
          {isUsual
            ? `all ${count}`
            : count === choice.length
              ? `all ${count}, in another order`
              : `${count} of ${choice.length}`}
        </span>
      </summary>
      <ul
        ref={list}
        aria-label="Columns"
        onPointerMove={(event) => dragTo(event.clientY)}
        onPointerUp={() => setDragged(null)}
        onPointerCancel={() => setDragged(null)}
      >
        {choice.map(({ name, isChosen }, index) => {
          const label = labelOf(dataset, name);
          return (
            <li key={name} class={name === dragged ? "dragged" : undefined}>
              <span
                class="grip"
                aria-hidden="true"
                title="Drag to another place"
                onPointerDown={(event) => {
                  event.preventDefault();
                  // The list's, for the row itself moves.
                  list.current?.setPointerCapture(event.pointerId);
                  setDragged(name);
                }}
              >
                <Icon name="grip" />
              </span>
              <label>
                <input
                  type="checkbox"
                  checked={isChosen}
                  aria-invalid={error !== undefined}
                  aria-describedby="columns-error"
                  onChange={() => onChange(toggled(choice, name))}
                />
                <span>
                  {label} <code class="muted">{name}</code>
                </span>
              </label>
              <button
                type="button"
                class="quiet icon-only"
                aria-label={`Move ${label} up`}
                aria-disabled={index === 0}
                onClick={(event) => index > 0 && move(event.currentTarget, name, index - 1)}
              >
                <Icon name="up" />
              </button>
              <button
                type="button"
                class="quiet icon-only"
                aria-label={`Move ${label} down`}
                aria-disabled={index === choice.length - 1}
                onClick={(event) => index < choice.length - 1 && move(event.currentTarget, name, index + 1)}
              >
                <Icon name="down" />
              </button>
            </li>
          );
        })}
      </ul>
      {!isUsual && (
        <button type="button" class="quiet" onClick={() => onChange(choose(columns))}>
          All columns in their usual order
        </button>
      )}
      <p class="hidden" role="status">
        {said}
      </p>
      <FieldError id="columns" error={error} />
    </details>
  );
}
