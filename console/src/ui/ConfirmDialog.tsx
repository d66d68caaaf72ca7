import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "./Dialog.tsx";

interface Props {
  title: string;
  /** What is done, and what is done instead, as buttons say it. */
  yes: string;
  no: string;
  onYes: () => Promise<void>;
  onClose: () => void;
  children: ComponentChildren;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({ title, yes, no, onYes, onClose, children }: Props) {
  const [isBusy, setBusy] = useState(false);
  return (
    <Dialog title={title} look="question" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) {
            setBusy(true);
            void onYes();
          }
        }}
      >
        <div>{children}</div>
        <div class="dialog-foot">
          <button type="button" onClick={onClose}>
            {no}
          </button>
          <button type="submit" class="danger" aria-disabled={isBusy}>
            {yes}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
