const ROWS = ["first", "second", "third", "fourth", "fifth"];

export function LoadingRows({ name }: { name: string }) {
  return (
    <div class="loading" role="status" aria-busy="true">
      <span class="hidden">Loading the {name}…</span>
      {ROWS.map((row) => (
        <div key={row} class="loading-row" />
      ))}
    </div>
  );
}
