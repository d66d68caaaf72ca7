import { dismiss, drawers, notices, type Tone } from "../state/notices.ts";
import { Icon, type IconName } from "./Icon.tsx";

const ICONS: Record<Tone, IconName> = { success: "ready", error: "failed", info: "info" };

/**
 * What happened lately, at one level of drawers over the page. The region is there from the start: screen readers announce only
 * what changes in one.
 */
export function Notices({ level }: { level: number }) {
  const shown = level === drawers.value ? notices.value : [];
  return (
    <section class="notices" role="status" aria-live="polite" aria-label="Notices">
      {shown.map(({ id, tone, text }) => (
        <div key={id} class={`notice ${tone}`}>
          <Icon name={ICONS[tone]} />
          <p>{text}</p>
          <button type="button" class="quiet icon-only" onClick={() => dismiss(id)} aria-label="Dismiss">
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  );
}
