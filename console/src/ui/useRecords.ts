import { useEffect, useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem.ts";
import type { RecordPage } from "../api/types.ts";
import { type Answer, useAnswer } from "./useAnswer.ts";

interface Search {
  isLoading: boolean;
  problem: Problem | null;
}

interface Records {
  /** The page that was asked for. */
  first: Answer<RecordPage>;
  /** The same with all that was found by looking further. */
  page: RecordPage | null;
  further: Search;
  lookFurther: () => void;
}

const IDLE: Search = { isLoading: false, problem: null };

/** A page of records, and what comes behind it where the search stopped early. `ask` takes the cursor to go on from. */
export function useRecords(
  question: string | null,
  ask: (cursor: string | undefined, signal: AbortSignal) => Promise<RecordPage>,
): Records {
  const first = useAnswer(question, (signal) => ask(undefined, signal));
  const [found, setFound] = useState<{ after: RecordPage; page: RecordPage }>();
  const [further, setFurther] = useState(IDLE);
  const request = useRef<AbortController | null>(null);
  const page = found && found.after === first.value ? found.page : first.value;

  useEffect(() => {
    setFurther(IDLE);
    return () => request.current?.abort();
  }, [question]);

  const lookFurther = async () => {
    if (!first.value || !page?.nextCursor || first.isLoading || further.isLoading) {
      return;
    }
    request.current = new AbortController();
    const { signal } = request.current;
    setFurther({ isLoading: true, problem: null });
    try {
      const next = await ask(page.nextCursor, signal);
      if (!signal.aborted) {
        setFound({ after: first.value, page: { ...next, items: [...page.items, ...next.items] } });
        setFurther(IDLE);
      }
    } catch (error) {
      if (!signal.aborted) {
        setFurther({ isLoading: false, problem: asProblem(error) });
      }
    }
  };

  return { first, page, further, lookFurther };
}
