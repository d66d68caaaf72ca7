import type { Problem } from "../api/problem.ts";
import type { View } from "../domain/view.ts";
import { show } from "../state/location.ts";
import { notify } from "../state/notices.ts";

/** A cursor works for one caller and one query, so that somebody else's link may hold one that is refused. */
export function leaveForeignPage(problem: Problem | null, current: View): void {
  if (current.cursor !== null && problem?.errors.some(({ pointer }) => pointer === "/cursor")) {
    show({ ...current, cursor: null }, { isCorrection: true });
    notify("info", "That page of the list cannot be opened here. This is the first page.");
  }
}
