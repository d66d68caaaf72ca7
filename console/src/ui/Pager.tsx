import { DEFAULT_PAGE_SIZE, PAGE_SIZES, type View } from "../domain/view.ts";
import { show, trail } from "../state/location.ts";
import { Icon } from "./Icon.tsx";

interface Props {
  nextCursor: string | null;
  /** How many items the page has. */
  count: number;
  view: View;
}

/** A cursor leads only onwards: the pages before are those that this tab came through. */
export function Pager({ nextCursor, count, view }: Props) {
  const before = trail.value;
  const number = before.length + 1;
  const isOnlyPage = view.cursor === null && nextCursor === null;
  if (isOnlyPage && count <= (PAGE_SIZES[0] ?? DEFAULT_PAGE_SIZE)) {
    return null;
  }
  return (
    <nav class="pager" aria-label="Pages">
      <label>
        Rows per page{" "}
        <select
          value={view.limit}
          onChange={(event) => show({ ...view, limit: Number(event.currentTarget.value), cursor: null })}
        >
          {PAGE_SIZES.map((size) => (
            <option key={size} value={size}>
              {size}
            </option>
          ))}
        </select>
      </label>
      <span class="muted">
        {view.cursor !== null && before.length === 0 ? "A later page" : `Page ${number}`}
      </span>
      <span class="buttons">
        <button
          type="button"
          aria-disabled={view.cursor === null}
          onClick={() => view.cursor !== null && show({ ...view, cursor: null })}
        >
          <Icon name="first" /> First
        </button>
        <button
          type="button"
          aria-disabled={before.length === 0}
          onClick={() => {
            const cursor = before.at(-1);
            if (cursor !== undefined) {
              show({ ...view, cursor }, { trail: before.slice(0, -1) });
            }
          }}
        >
          <Icon name="previous" /> Previous
        </button>
        <button
          type="button"
          aria-disabled={nextCursor === null}
          onClick={() => {
            if (nextCursor !== null) {
              show({ ...view, cursor: nextCursor }, { trail: [...before, view.cursor] });
            }
          }}
        >
          Next <Icon name="next" />
        </button>
      </span>
    </nav>
  );
}
