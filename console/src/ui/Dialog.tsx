import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { drawers } from "../state/notices.ts";
import { Icon } from "./Icon.tsx";
import { Notices } from "./Notices.tsx";

interface Props {
  title: string;
  /** A drawer stands at the side of what it is about; a question is short; a secret is more than a question's width. */
  look?: "drawer" | "question" | "secret";
  onClose: () => void;
  children: ComponentChildren;
}

/** The browser's own modal dialog: it keeps the focus inside and gives it back at the end. */
export function Dialog({ title, look, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const titleId = useId();
  const isDrawer = look === "drawer";
  const [level] = useState(() => drawers.peek() + 1);

  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Reading begins at the top, and no keyboard slides over a phone's screen.
    heading.current?.focus();
    drawers.value += isDrawer ? 1 : 0;
    return () => {
      drawers.value -= isDrawer ? 1 : 0;
      // While it is still in the page, or the focus would have no way back.
      element?.close();
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      class={look}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={titleId} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" class="quiet icon-only" onClick={onClose} aria-label="Close">
          <Icon name="close" />
        </button>
      </div>
      {children}
      {isDrawer && <Notices level={level} />}
    </dialog>
  );
}
