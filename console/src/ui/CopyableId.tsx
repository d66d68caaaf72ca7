import { useState } from "preact/hooks";
import { shortId } from "../domain/format.ts";
import { notify } from "../state/notices.ts";
import { Icon } from "./Icon.tsx";

const TICK_MILLISECONDS = 2000;

export function CopyableId({ exportId }: { exportId: string }) {
  const [isCopied, setCopied] = useState(false);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(exportId);
      setCopied(true);
      setTimeout(() => setCopied(false), TICK_MILLISECONDS);
      notify("success", `Copied ${exportId}`);
    } catch {
      notify("error", "The browser did not allow copying. Select the ID and copy it.");
    }
  };

  return (
    <span class="id">
      <code>{exportId}</code>
      <button
        type="button"
        class="quiet icon-only"
        onClick={copy}
        title="Copy the export ID"
        aria-label={`Copy the export ID ${shortId(exportId)}`}
      >
        <Icon name={isCopied ? "check" : "copy"} />
      </button>
    </span>
  );
}
