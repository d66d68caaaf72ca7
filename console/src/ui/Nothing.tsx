/** A value that there is not. */
export function Nothing({ words = "none" }: { words?: string }) {
  return (
    <>
      <span class="muted" aria-hidden="true">
        –
      </span>
      <span class="hidden">{words}</span>
    </>
  );
}
