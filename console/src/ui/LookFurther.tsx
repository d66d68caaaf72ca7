import type { Problem } from "../api/problem.ts";
import { timeInText } from "../domain/format.ts";
import type { Sort } from "../domain/view.ts";
import { zone } from "../state/zone.ts";
import { Icon } from "./Icon.tsx";
import { ProblemMessage } from "./ProblemMessage.tsx";

interface Props {
  time: string;
  isEmpty: boolean;
  name: string;
  /** Why the last look did not come further. */
  problem: Problem | null;
  isBusy: boolean;
  sort: Sort;
  onLook: () => void;
}

/** A search that stopped to answer soon: how far it came, and a way to go on. */
export function LookFurther({ time, isEmpty, name, problem, isBusy, sort, onLook }: Props) {
  const direction = sort === "createdAt:desc" ? "back to" : "through up to";
  return (
    <>
      {problem && <ProblemMessage problem={problem} />}
      <div class="banner look-further" role="status">
        <Icon name="info" />
        <p>
          {isEmpty ? `No matching ${name} so far. ` : "There may be more. "}
          Looked {direction} {timeInText(time, zone.value)}.
        </p>
        <button type="button" aria-disabled={isBusy} onClick={onLook}>
          {isBusy ? "Looking…" : problem ? "Try again" : "Look further"}
        </button>
      </div>
    </>
  );
}
