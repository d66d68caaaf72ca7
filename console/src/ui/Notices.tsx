import { dismiss, notices, type Tone } from "../state/notices.ts";
import { Icon, type IconName } from "./Icon.tsx";

const ICONS: Record<Tone, IconName> = { success: "ready", error: "failed", info: "info" };

/** What happened lately. The region is there from the start: screen readers announce only what changes in one. */
export function Notices() {
  return (
    <section class="notices" role="status" aria-live="polite" aria-label="Notices">
      {notices.value.map(({ id, tone, text }) => (
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
