import { useState } from "preact/hooks";
import { notify } from "../state/notices.ts";
import { Icon } from "./Icon.tsx";

const TICK_MILLISECONDS = 2000;

interface Props {
  text: string;
  /** What it is, after "the". */
  name: string;
  /** Its name among others of its kind. */
  fullName: string;
  /** Whether it must not be repeated elsewhere on the page. */
  isSecret?: boolean;
}

/** A text that is too long to be typed. */
export function Copyable({ text, name, fullName, isSecret = false }: Props) {
  const [isCopied, setCopied] = useState(false);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), TICK_MILLISECONDS);
      notify("success", isSecret ? `Copied the ${name}` : `Copied ${text}`);
    } catch {
      notify("error", `The browser did not allow copying. Select the ${name} and copy it.`);
    }
  };

  return (
    <span class="copyable">
      <code>{text}</code>
      <button
        type="button"
        class="quiet icon-only"
        onClick={copy}
        title={`Copy the ${name}`}
        aria-label={`Copy the ${fullName}`}
      >
        <Icon name={isCopied ? "check" : "copy"} />
      </button>
    </span>
  );
}
