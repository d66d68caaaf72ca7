import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./Icon.tsx";

export interface MenuItem {
  label: string;
  onChoose: () => void;
}

interface Props {
  items: readonly MenuItem[];
  /** What a menu of further actions is called; without it, it is the menu of all. */
  more?: string;
}

/** A menu button as the ARIA practices describe it. */
export function ActionsMenu({ items, more }: Props) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);

  const entries = () => [...(menu.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];

  // Before the next key can be pressed.
  useLayoutEffect(() => {
    if (!isOpen) {
      return;
    }
    entries()[0]?.focus();
    const closeOutside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) {
        setOpen(false);
      }
    };
    document.addEventListener("pointerdown", closeOutside);
    return () => document.removeEventListener("pointerdown", closeOutside);
  }, [isOpen]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const all = entries();
    const index = all.indexOf(document.activeElement as HTMLElement);
    const targets: Record<string, HTMLElement | undefined> = {
      ArrowDown: all[(index + 1) % all.length],
      ArrowUp: all[(index - 1 + all.length) % all.length],
      Home: all[0],
      End: all.at(-1),
    };
    if (event.key === "Escape") {
      close();
    } else if (event.key === "Tab") {
      setOpen(false);
    } else if (event.key in targets) {
      event.preventDefault();
      targets[event.key]?.focus();
    }
  };

  return (
    <div class="menu" ref={root}>
      <button
        type="button"
        class={more ? "more" : "primary"}
        ref={button}
        aria-label={more}
        title={more && "More actions"}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") {
            event.preventDefault();
            setOpen(true);
          }
        }}
      >
        {more ? (
          <Icon name="more" />
        ) : (
          <>
            Actions <Icon name="down" />
          </>
        )}
      </button>
      {isOpen && (
        <div
          class="menu-list"
          role="menu"
          aria-label={more ?? "Actions"}
          tabIndex={-1}
          ref={menu}
          onKeyDown={onKeyDown}
        >
          {items.map(({ label, onChoose }) => (
            <button
              key={label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                // The dialog gives the focus back to where it was when it opened.
                close();
                onChoose();
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
