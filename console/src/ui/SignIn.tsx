import { useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem.ts";
import type { Role } from "../api/types.ts";
import { signIn } from "../state/session.ts";
import { Field } from "./Field.tsx";
import { Icon } from "./Icon.tsx";
import { ProblemMessage } from "./ProblemMessage.tsx";
import { ReferenceLink } from "./ReferenceLink.tsx";

const ROLES: readonly { role: Role; name: string; hint: string }[] = [
  { role: "OPERATOR", name: "Operator", hint: "You run the marketplace" },
  { role: "SUPPLIER", name: "Supplier", hint: "You sell on it" },
];
/** What a header can carry; no key has anything else. */
const KEY = /^[!-~]+$/;
const WRONG_KEY = "This key is not known, has expired or was disabled. Check that it was copied whole.";

export function SignIn({ reason }: { reason: string | undefined }) {
  const [role, setRole] = useState<Role>("OPERATOR");
  const [isBusy, setBusy] = useState(false);
  const [keyError, setKeyError] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const key = useRef<HTMLInputElement>(null);

  const refuse = (sentence: string) => {
    setKeyError(sentence);
    key.current?.focus();
  };

  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy) {
      return;
    }
    const given = key.current?.value.trim() ?? "";
    setProblem(undefined);
    setKeyError(undefined);
    if (given === "") {
      return refuse("Enter your API key.");
    }
    if (!KEY.test(given)) {
      return refuse(WRONG_KEY);
    }
    setBusy(true);
    try {
      await signIn({ key: given, role });
    } catch (error) {
      setBusy(false);
      const refusal = asProblem(error);
      if (refusal.code === "UNAUTHORIZED") {
        refuse(WRONG_KEY);
      } else if (refusal.code === "FORBIDDEN") {
        const owner = role === "OPERATOR" ? "an operator's" : "a supplier's";
        refuse(`This is not ${owner} key. Choose the other role, if it is a key for this page.`);
      } else {
        setProblem(refusal);
      }
    }
  };

  return (
    <main class="center">
      <form class="card narrow" onSubmit={submit} noValidate>
        <h1 class="brand">
          <Icon name="brand" /> Payout exports
        </h1>
        <p class="muted">Launch, follow and download exports of payouts, transfers and transactions.</p>
        {reason && (
          <p class="banner warn" role="status">
            {reason}
          </p>
        )}
        {problem && <ProblemMessage problem={problem} />}
        <fieldset class="roles">
          <legend>Sign in as</legend>
          {ROLES.map(({ role: value, name, hint }) => (
            <label key={value} class="role">
              <input type="radio" name="role" checked={role === value} onChange={() => setRole(value)} />
              <span>
                {name} <small class="muted">{hint}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <Field
          id="key"
          label="API key"
          hint="Kept for this browser tab. Sign out when you are done."
          error={keyError}
        >
          {(attributes) => (
            <input
              {...attributes}
              ref={key}
              type="password"
              autocomplete="off"
              spellcheck={false}
              onInput={() => setKeyError(undefined)}
            />
          )}
        </Field>
        <button type="submit" class="primary wide" aria-disabled={isBusy}>
          {isBusy ? "Signing in…" : "Sign in"}
        </button>
        <p class="small">
          <ReferenceLink />
        </p>
      </form>
    </main>
  );
}
