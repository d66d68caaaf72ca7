import { useState } from "preact/hooks";
import type { Api } from "../api/client.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import type { Caller, Export } from "../api/types.ts";
import { copiesError, copiesToSend, readCopies } from "../domain/addresses.ts";
import { copiesOf } from "../domain/exports.ts";
import { shortId } from "../domain/format.ts";
import { placeErrors } from "../domain/pointers.ts";
import { notify } from "../state/notices.ts";
import { CopiesField } from "./CopiesField.tsx";
import { Dialog } from "./Dialog.tsx";
import { focusFirstError } from "./focus.ts";
import { ProblemMessage } from "./ProblemMessage.tsx";
import { Time } from "./Time.tsx";
import { useIsOpen } from "./useIsOpen.ts";

interface Props {
  api: Api;
  caller: Caller;
  item: Export;
  onClose: () => void;
  onNotReady: () => void;
}

export function ResendDialog({ api, caller, item, onClose, onNotReady }: Props) {
  const [text, setText] = useState(copiesOf(item).join(", "));
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const isOpen = useIsOpen();
  const copies = readCopies(text, caller.email, true);
  const cc = copiesToSend(copies);
  const placed = placeErrors(problem?.errors ?? [], ["cc"], cc);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy) {
      return;
    }
    if (copiesError(copies) !== null) {
      focusFirstError();
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      const sent = await api.resend(item.exportId, cc);
      const name = `The email about export ${shortId(item.exportId)}`;
      notify("success", `${name} was sent to ${sent.recipients.join(", ")}.`);
      if (sent.skipped) {
        const left = sent.skipped.join(", ");
        notify("info", `${left} did not get it: the address has refused mail or reported it as spam before.`);
      }
      // Another dialog may be open by now.
      if (isOpen()) {
        onClose();
      }
    } catch (error) {
      const refusal = asProblem(error);
      if (!isOpen()) {
        const id = shortId(item.exportId);
        notify(
          "error",
          `The email about export ${id} was not confirmed. ${refusal.title}: ${refusal.detail}`,
        );
        return;
      }
      setBusy(false);
      setProblem(refusal);
      focusFirstError();
      if (refusal.code === "EXPORT_NOT_READY") {
        onNotReady();
      }
    }
  };

  return (
    <Dialog title="Resend the email" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <p>
          The email about export <code>{item.exportId}</code> goes out again with a link to the same file
          {item.expiresAt && (
            <>
              , which works until <Time value={item.expiresAt} />
            </>
          )}
          .
        </p>
        {problem && !placed.isWhole && <ProblemMessage problem={problem} rest={placed.rest} />}
        <CopiesField
          text={text}
          onText={(next) => {
            setText(next);
            setProblem(undefined);
          }}
          ownAddress={caller.email}
          error={placed.fields.cc}
        />
        <div class="dialog-foot">
          <p class="muted">{recipientsText(cc.length)}</p>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" aria-disabled={isBusy}>
            {isBusy ? "Sending…" : "Send"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function recipientsText(copies: number): string {
  return copies === 0 ? "To you alone." : `To you and ${copies === 1 ? "one other" : `${copies} others`}.`;
}
