const MOST_SHOWN = 2;

/** The addresses in two lines at most; the others when they are asked for. */
export function Recipients({ addresses }: { addresses: string[] }) {
  const shown = addresses.length > MOST_SHOWN ? 1 : MOST_SHOWN;
  const rest = addresses.slice(shown);
  return (
    <div class="recipients">
      {addresses.slice(0, shown).map((address) => (
        <span key={address}>{address}</span>
      ))}
      {rest.length > 0 && (
        <details>
          <summary>and {rest.length} more</summary>
          {rest.map((address) => (
            <span key={address}>{address}</span>
          ))}
        </details>
      )}
    </div>
  );
}
