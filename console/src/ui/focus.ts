/** Moves the focus to the first field of the open dialog that has an error, once it is shown. */
export function focusFirstError(): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>("dialog [aria-invalid=true]")?.focus();
  });
}
