import type { FieldProblem } from "../api/types.ts";
import type { FieldErrors } from "./filters.ts";

/** The fields of a form whose errors the API names, and what no field of it can show. */
export interface PlacedErrors {
  fields: FieldErrors;
  rest: string[];
  /** Whether the fields say all that there is to say. */
  isWhole: boolean;
}

/** Puts each problem at its field: `/filters/amountMin` at `amountMin`, `/when/at` at `at`, `/cc/2` at `cc`, with the address it is about. */
export function placeErrors(problems: FieldProblem[], fields: readonly string[], cc: string[]): PlacedErrors {
  const placed: PlacedErrors = { fields: {}, rest: [], isWhole: false };
  for (const problem of problems) {
    const [field, index] = fieldOf(problem.pointer);
    if (field === undefined || !fields.includes(field)) {
      placed.rest.push(`${problem.pointer || "The request"} ${problem.detail}`);
      continue;
    }
    const address = field === "cc" && index !== undefined ? cc[Number(index)] : undefined;
    const sentence = address === undefined ? capitalized(problem.detail) : `${address} ${problem.detail}`;
    const earlier = placed.fields[field];
    placed.fields[field] = [earlier, `${sentence}.`].filter(Boolean).join(" ");
  }
  placed.isWhole = problems.length > 0 && placed.rest.length === 0;
  return placed;
}

function fieldOf(pointer: string): [string | undefined, string | undefined] {
  const [first, second, third] = pointer.split("/").slice(1).map(unescaped);
  return first === "filters" || first === "when" ? [second, third] : [first, second];
}

function unescaped(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
