import type { Download } from "../api/types.ts";
import { Time } from "./Time.tsx";

interface Props {
  /** The latest of them. */
  downloads: readonly Download[];
  count: number;
}

/** Who fetched the file. */
export function Downloads({ downloads, count }: Props) {
  return (
    <section class="drawer-part">
      <h3>Downloads{count > 0 && ` (${count})`}</h3>
      {count === 0 && <p class="muted">Nobody has fetched the file.</p>}
      <ul class="entries">
        {downloads.map(({ at, by, addressPrefix, userAgent }) => (
          <li key={`${at} ${by.linkId ?? by.userId} ${addressPrefix}`}>
            <p>
              <Time value={at} /> <span class="muted">by</span>{" "}
              {by.userId ?? (
                <>
                  <span class="muted">the link mailed to</span> {by.recipients?.join(", ") ?? "nobody known"}
                </>
              )}
            </p>
            <p class="muted small">{[addressPrefix, userAgent].filter(Boolean).join(" · ")}</p>
          </li>
        ))}
      </ul>
      {count > downloads.length && <p class="muted small">Only the latest {downloads.length} are listed.</p>}
    </section>
  );
}
