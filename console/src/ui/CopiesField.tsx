import { useState } from "preact/hooks";
import { type Copy, copiesError, readCopies } from "../domain/addresses.ts";
import { Field } from "./Field.tsx";
import { Icon } from "./Icon.tsx";

interface Props {
  text: string;
  onText: (text: string) => void;
  ownAddress: string;
  /** What the API says of it. */
  error: string | undefined;
}

/** Addresses, each judged as soon as it is typed or pasted. */
export function CopiesField({ text, onText, ownAddress, error }: Props) {
  const [isTyping, setTyping] = useState(false);
  const copies = readCopies(text, ownAddress, !isTyping);
  return (
    <>
      <Field
        id="cc"
        label="Copies to (CC)"
        hint={`Comma-separated, or pasted from a mail program. The link goes to you, ${ownAddress}, and to at most 20 others.`}
        error={copiesError(copies) ?? error}
      >
        {(attributes) => (
          <textarea
            {...attributes}
            rows={2}
            spellcheck={false}
            autocomplete="off"
            placeholder="finance@example.com, audit@example.com"
            value={text}
            onInput={(event) => {
              setTyping(true);
              onText(event.currentTarget.value);
            }}
            onBlur={() => setTyping(false)}
          />
        )}
      </Field>
      {copies.length > 0 && (
        <ul class="copies" aria-label="Copies">
          {copies.map((copy, index) => (
            <CopyChip key={index} copy={copy} />
          ))}
        </ul>
      )}
    </>
  );
}

function CopyChip({ copy: { text, state } }: { copy: Copy }) {
  const words = {
    ok: "",
    unfinished: "…",
    duplicate: "already there",
    own: "you get it anyway",
    wrong: "not an address",
  }[state.kind];
  return (
    <li class={`copy ${state.kind}`}>
      {state.kind === "ok" && <Icon name="check" />}
      {state.kind === "wrong" && <Icon name="failed" />}
      {text} {words && <small>{words}</small>}
    </li>
  );
}
