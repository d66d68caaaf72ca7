import { useRef, useState } from "preact/hooks";
import type { Api } from "../api/client.ts";
import { names } from "../domain/filters.ts";
import type { ControlAttributes } from "./Field.tsx";
import { Icon } from "./Icon.tsx";
import { useAfterPress } from "./useAfterPress.ts";
import { useAnswer } from "./useAnswer.ts";

const MOST_SHOWN = 8;
/** Of typing, after which suggestions are asked for. */
const PAUSE_MILLISECONDS = 150;
/** That the API lists. */
const MOST_FOUND = 100;

interface Props {
  attributes: ControlAttributes;
  api: Api;
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}

/** A combobox as the ARIA practices describe it: suggests suppliers, and takes any id that is typed. */
export function SupplierPicker({ attributes, api, chosen, onChange }: Props) {
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [activeId, setActiveId] = useState<string | null>(null);
  const afterPress = useAfterPress();
  const input = useRef<HTMLInputElement>(null);
  const listId = `${attributes.id}-list`;
  const search = text.trim();
  const found = useAnswer(
    isOpen ? `${search} ${chosen.length}` : null,
    (signal) => api.suppliers(search, Math.min(MOST_SHOWN + chosen.length, MOST_FOUND), signal),
    PAUSE_MILLISECONDS,
  );
  // Without suggestions, ids can still be typed.
  const others = (found.value ?? []).filter(({ supplierId }) => !chosen.includes(supplierId));
  const options = others.slice(0, MOST_SHOWN);
  const isShown = isOpen && options.length > 0;
  const active = options.findIndex(({ supplierId }) => supplierId === activeId);

  const type = (next: string) => {
    setText(next);
    setActiveId(null);
    setOpen(true);
  };
  const add = (ids: readonly string[]) => {
    if (ids.length > 0) {
      onChange([...new Set([...chosen, ...ids])]);
    }
    setText("");
    setActiveId(null);
  };
  const remove = (id: string) => {
    onChange(chosen.filter((other) => other !== id));
    input.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const option = options[active];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place more than there are options: back to what was typed.
      const next = ((active + 1 + step + options.length + 1) % (options.length + 1)) - 1;
      setActiveId(options[next]?.supplierId ?? null);
    } else if (event.key === "Enter" && (option || text.trim() !== "")) {
      event.preventDefault();
      add(option && isShown ? [option.supplierId] : names(text));
    } else if (event.key === "Escape" && isShown) {
      event.preventDefault();
      setOpen(false);
    } else if (event.key === "Backspace" && text === "") {
      const last = chosen.at(-1);
      if (last !== undefined) {
        remove(last);
      }
    }
  };

  return (
    <div class="picker">
      {chosen.length > 0 && (
        <ul class="copies" aria-label="Chosen">
          {chosen.map((id) => (
            <li key={id} class="copy">
              {id}
              <button type="button" class="quiet" aria-label={`Remove ${id}`} onClick={() => remove(id)}>
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <input
        {...attributes}
        ref={input}
        role="combobox"
        aria-expanded={isShown}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isShown && active >= 0 ? `${listId}-${active}` : undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder="Name or ID"
        value={text}
        onFocus={() => setOpen(true)}
        onClick={() => setOpen(true)}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() =>
          afterPress(() => {
            setOpen(false);
            add(names(text));
          })
        }
      />
      <div id={listId} role="listbox" aria-label="Suggestions" tabIndex={-1} hidden={!isShown}>
        {options.map(({ supplierId: id, name }, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the keys, as in every combobox
          <div
            key={id}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            // The input keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => add([id])}
          >
            <bdi>{name ?? id}</bdi> {name && <bdi class="muted small">{id}</bdi>}
          </div>
        ))}
      </div>
    </div>
  );
}
