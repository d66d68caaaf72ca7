import type { ComponentChildren } from "preact";

export interface ControlAttributes {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean;
}

interface Props {
  id: string;
  label: string;
  hint?: ComponentChildren;
  error: string | undefined;
  children: (attributes: ControlAttributes) => ComponentChildren;
}

/** A control with its label, its hint and what is wrong with it, tied together for screen readers. */
export function Field({ id, label, hint, error, children }: Props) {
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error !== undefined })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <FieldError id={id} error={error} />
    </div>
  );
}

/** Always there, so that a screen reader hears what appears in it. */
export function FieldError({ id, error }: { id: string; error: string | undefined }) {
  return (
    <p class="field-error" id={`${id}-error`} aria-live="polite">
      {error}
    </p>
  );
}
