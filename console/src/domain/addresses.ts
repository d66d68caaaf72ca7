export const MOST_COPIES = 20;

export type CopyState =
  | { kind: "ok" }
  /** Still being typed. */
  | { kind: "unfinished" }
  | { kind: "duplicate" }
  /** The caller's own: a recipient anyway. */
  | { kind: "own" }
  | { kind: "wrong"; reason: string };

export interface Copy {
  text: string;
  state: CopyState;
}

/** Atoms on both sides and a domain with a dot; the API decides the rest. */
const ADDRESS =
  /^(?!\.)(?!.*\.\.)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}(?<!\.)@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
/**
 * Reads addresses as people write them and as mail programs copy them, each with what there is to say of it:
 * `ana@x.example, "Lopez, Ana" <ana@x.example>; …`. `isDone`: nothing more is being typed.
 */
export function readCopies(text: string, ownAddress: string, isDone: boolean): Copy[] {
  const parts = splitMailboxes(text);
  const seen = new Set<string>();
  return parts.flatMap((part, index) => {
    const address = addressOf(part);
    if (address === "" || isPartOfName(part, parts[index + 1])) {
      return [];
    }
    const isLast = index === parts.length - 1;
    return [{ text: address, state: stateOf(address, ownAddress, seen, isLast && !isDone) }];
  });
}

/** What mail programs and spreadsheets put between addresses; within quotes and angle brackets it separates nothing. */
const MAILBOX = /(?:"[^"]*"|<[^<>,;\n\t]*>|[^,;\n\t])+/g;
const NAMED = /<\s*(?:mailto:)?([^<>]*?)\s*>\s*$/i;

function splitMailboxes(text: string): string[] {
  const parts: string[] = text.match(MAILBOX) ?? [];
  // After a separator nothing is being typed any more.
  return /[,;\n\t]\s*$/.test(text) ? [...parts, ""] : parts;
}

function addressOf(mailbox: string): string {
  const text = mailbox.trim();
  return NAMED.exec(text)?.[1] ?? text.replace(/^mailto:/i, "");
}

/** `Lopez` of `Lopez, Ana <ana@x.example>`: some mail programs do not quote a name that has a comma. */
function isPartOfName(mailbox: string, next: string | undefined): boolean {
  return next !== undefined && NAMED.test(next.trim()) && /^[^@<>."]+$/.test(mailbox);
}

function stateOf(address: string, ownAddress: string, seen: Set<string>, isBeingTyped: boolean): CopyState {
  if (!ADDRESS.test(address)) {
    return isBeingTyped ? { kind: "unfinished" } : { kind: "wrong", reason: reasonOf(address) };
  }
  const mailbox = address.toLowerCase();
  if (mailbox === ownAddress.toLowerCase()) {
    return { kind: "own" };
  }
  if (seen.has(mailbox)) {
    return { kind: "duplicate" };
  }
  seen.add(mailbox);
  return { kind: "ok" };
}

function reasonOf(address: string): string {
  if (/[^\x20-\x7e]/.test(address)) {
    return "has a character that mail addresses cannot have";
  }
  if (address.includes(" ")) {
    return "has a space: separate addresses with commas";
  }
  if (!address.includes("@")) {
    return "has no @";
  }
  return "is not an address such as name@example.com";
}

/** The addresses to send: each mailbox once, without the caller's own. */
export function copiesToSend(copies: Copy[]): string[] {
  return copies.filter((copy) => copy.state.kind === "ok").map((copy) => copy.text);
}

/** What keeps these copies from being sent, in a sentence. */
export function copiesError(copies: Copy[]): string | null {
  const wrong = copies.flatMap(({ text, state }) =>
    state.kind === "wrong" ? [`${text} ${state.reason}.`] : [],
  );
  if (wrong.length > 0) {
    return wrong.join(" ");
  }
  const count = copiesToSend(copies).length;
  return count > MOST_COPIES
    ? `${count} addresses are too many: at most ${MOST_COPIES} can get a copy.`
    : null;
}
