import { useEffect, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem.ts";

export interface Answer<T> {
  /** The latest answer; while the next is on its way, that is the one before. */
  value: T | null;
  problem: Problem | null;
  isLoading: boolean;
}

const WAITING = { value: null, problem: null, isLoading: true };

/**
 * Asks whenever `question` changes, and gives up the question before. Null asks nothing. `delay`: milliseconds to wait
 * for a further change.
 */
export function useAnswer<T>(
  question: string | null,
  ask: (signal: AbortSignal) => Promise<T>,
  delay = 0,
): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>(WAITING);
  useEffect(() => {
    if (question === null) {
      setAnswer({ ...WAITING, isLoading: false });
      return;
    }
    setAnswer(({ value }) => ({ value, problem: null, isLoading: true }));
    const request = new AbortController();
    const timer = setTimeout(() => {
      ask(request.signal)
        .then((value) => ({ value, problem: null, isLoading: false }))
        .catch((error) => ({ value: null, problem: asProblem(error), isLoading: false }))
        .then((next) => request.signal.aborted || setAnswer(next));
    }, delay);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [question]);
  return answer;
}
