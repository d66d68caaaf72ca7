import { stringifyExact } from "../api/json.ts";

/** A key for each body: sending the same launch twice, however often it is clicked, makes one export. */
export function idempotencyKeys(): (body: unknown) => string {
  let last = { body: "", key: "" };
  return (body) => {
    const text = stringifyExact(body);
    if (text !== last.body) {
      last = { body: text, key: randomKey() };
    }
    return last.key;
  };
}

/** Not `randomUUID`, which browsers have on secure origins only. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
