import type { Problem } from "../api/problem.ts";
import { duration } from "../domain/format.ts";
import { Icon } from "./Icon.tsx";

/** What went wrong, with what support needs to find it. */
export function ProblemMessage({ problem, rest = [] }: { problem: Problem; rest?: string[] }) {
  return (
    <div class="banner bad" role="alert">
      <Icon name="failed" />
      <div>
        <strong>{problem.title}</strong>
        <p>{sentence(problem)}</p>
        {rest.length > 0 && (
          <ul>
            {rest.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
        {problem.requestId && (
          <p class="muted small">
            Request <code>{problem.requestId}</code>
          </p>
        )}
      </div>
    </div>
  );
}

function sentence({ code, detail, retryAfter }: Problem): string {
  if (code !== "TOO_MANY_REQUESTS" || retryAfter === undefined) {
    return detail;
  }
  return retryAfter < 60
    ? `Try again in ${retryAfter} seconds.`
    : `Try again in ${duration(retryAfter * 1000)}.`;
}
