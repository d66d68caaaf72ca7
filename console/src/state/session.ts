import { signal } from "@preact/signals";
import { Api, apiBase, type Credentials } from "../api/client.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import type { Caller } from "../api/types.ts";

/** Storage that ends with the tab. */
const STORE = sessionStorage;
const ITEM = "payout-exports.credentials";

export interface Session {
  api: Api;
  caller: Caller;
}

type State =
  | { kind: "signed-out"; reason?: string }
  | { kind: "resuming" }
  | { kind: "unreachable"; problem: Problem }
  | { kind: "signed-in"; session: Session };

export const session = signal<State>({ kind: "signed-out" });

/** Signs in, or throws the problem that says why not. */
export async function signIn(credentials: Credentials): Promise<void> {
  const base = apiBase(location.pathname);
  const caller = await new Api(base, credentials).me();
  const api = new Api(base, credentials, () => signOut("Your key no longer works. Sign in with another."));
  STORE.setItem(ITEM, JSON.stringify(credentials));
  session.value = { kind: "signed-in", session: { api, caller } };
}

export function signOut(reason?: string): void {
  if (session.value.kind === "signed-in") {
    session.value.session.api.close();
  }
  STORE.removeItem(ITEM);
  session.value = reason === undefined ? { kind: "signed-out" } : { kind: "signed-out", reason };
}

/** Signs in again after a reload. */
export async function resume(): Promise<void> {
  const stored = STORE.getItem(ITEM);
  if (stored === null) {
    return;
  }
  session.value = { kind: "resuming" };
  try {
    await signIn(JSON.parse(stored));
  } catch (error) {
    const problem = asProblem(error);
    if (problem.code === "UNAUTHORIZED" || problem.code === "FORBIDDEN") {
      signOut("Your key no longer works. Sign in with another.");
    } else {
      session.value = { kind: "unreachable", problem };
    }
  }
}
