import type { ComponentChildren } from "preact";
import type { View } from "../domain/view.ts";
import { addressOf, show } from "../state/location.ts";

interface Props {
  view: View;
  isCurrent?: boolean;
  /** What a click does instead of showing the view as a new one. */
  onChoose?: () => void;
  children: ComponentChildren;
}

/** A link to another view, so that it can be opened in another tab and copied. */
export function ViewLink({ view, isCurrent = false, onChoose = () => show(view), children }: Props) {
  return (
    <a
      href={addressOf(view)}
      aria-current={isCurrent ? "page" : undefined}
      onClick={(event) => {
        if (isPlainClick(event)) {
          event.preventDefault();
          onChoose();
        }
      }}
    >
      {children}
    </a>
  );
}

function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}
