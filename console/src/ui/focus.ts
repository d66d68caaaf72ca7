/** Moves the focus to the first field of an open form that has an error, once it is shown. */
export function focusFirstError(form = "dialog"): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>(`${form} [aria-invalid=true]`)?.focus();
  });
}
