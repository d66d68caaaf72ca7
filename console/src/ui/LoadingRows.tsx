const ROWS = ["first", "second", "third", "fourth", "fifth"];

export function LoadingRows() {
  return (
    <div class="loading" role="status" aria-busy="true">
      <span class="hidden">Loading the exports…</span>
      {ROWS.map((row) => (
        <div key={row} class="loading-row" />
      ))}
    </div>
  );
}
