import type { ComponentChildren } from "preact";

interface Props {
  title: string;
  children: ComponentChildren;
  action?: ComponentChildren;
}

/** Why there is nothing, and what to do about it. */
export function EmptyState({ title, children, action }: Props) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      <p class="muted">{children}</p>
      {action && <div class="buttons">{action}</div>}
    </div>
  );
}
