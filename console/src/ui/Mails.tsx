import { useEffect, useRef, useState } from "preact/hooks";
import { asProblem } from "../api/problem.ts";
import type { Export, Link, Sending } from "../api/types.ts";
import { type Dataset, may } from "../domain/datasets.ts";
import { isLaunchedBy } from "../domain/exports.ts";
import { type Mail, mailsOf, outcomeOf, usesText } from "../domain/mails.ts";
import { notify } from "../state/notices.ts";
import type { Session } from "../state/session.ts";
import { Time } from "./Time.tsx";
import { useAnswer } from "./useAnswer.ts";

interface Props {
  session: Session;
  dataset: Dataset;
  item: Export;
  sendings: readonly Sending[];
  /** What is wrong with the mails as a whole, for a person. */
  trouble: string | undefined;
}

/** To whom the file's links were mailed, and what became of the links. */
export function Mails({ session: { api, caller }, dataset, item, sendings, trouble }: Props) {
  const { exportId, status } = item;
  const question = `${sendings.length} ${status}`;
  const answer = useAnswer(question, (signal) => api.links(exportId, signal));
  const [revoked, setRevoked] = useState<Link[]>([]);
  const mayRevoke = status === "READY" && may(caller, "create", dataset) && isLaunchedBy(caller, item);
  const links = (answer.value ?? []).map(
    (link) => revoked.find(({ linkId }) => linkId === link.linkId) ?? link,
  );
  const mails = mailsOf(sendings, links);

  const revoke = async ({ linkId }: Link) => {
    try {
      const link = await api.revokeLink(exportId, linkId);
      setRevoked((before) => [...before, link]);
      notify("success", `The link that was mailed to ${link.recipients.join(", ")} was revoked.`);
    } catch (error) {
      const { title, detail } = asProblem(error);
      notify("error", `The link was not revoked. ${title}: ${detail}`);
    }
  };

  return (
    <section class="drawer-part">
      <h3>Mails and their links</h3>
      {trouble && <p class="small reason">{trouble}</p>}
      {answer.problem && <p class="muted">The links cannot be shown now. {answer.problem.detail}</p>}
      {mails.length === 0 && !answer.isLoading && <p class="muted">No mail was sent.</p>}
      <ul class="entries">
        {mails.map((mail) => (
          <MailEntry
            key={mail.link?.linkId ?? mail.at}
            mail={mail}
            isLive={status === "READY"}
            onRevoke={mayRevoke ? revoke : undefined}
          />
        ))}
      </ul>
    </section>
  );
}

interface EntryProps {
  mail: Mail;
  /** Whether links that were not revoked work. */
  isLive: boolean;
  onRevoke: ((link: Link) => Promise<void>) | undefined;
}

function MailEntry({ mail, isLive, onRevoke }: EntryProps) {
  const { at, recipients, skipped, isAccepted, link } = mail;
  const [isBusy, setBusy] = useState(false);
  const unsent = recipients.length > 0 ? "Not known to be sent" : "Not sent";
  const entry = useRef<HTMLLIElement>(null);
  const wasRevoked = useRef(link?.revokedAt);
  // The button that was pressed is gone then.
  useEffect(() => {
    if (link?.revokedAt && !wasRevoked.current) {
      entry.current?.focus();
    }
    wasRevoked.current = link?.revokedAt;
  }, [link?.revokedAt]);

  return (
    <li ref={entry} tabIndex={-1}>
      <p>
        {isAccepted ? <Time value={at} /> : unsent}
        {recipients.length > 0 && <span class="muted"> to</span>}
      </p>
      <ul class="outcomes">
        {recipients.map((recipient) => {
          const outcome = outcomeOf(mail, recipient);
          return (
            <li key={recipient}>
              {recipient}
              {outcome && <span class={outcome.isBad ? "small reason" : "muted small"}> {outcome.text}</span>}
            </li>
          );
        })}
        {skipped.map((recipient) => (
          <li key={recipient}>
            {recipient}
            <span class="small reason">
              {" "}
              left out: the address refused mail before, or copies may not go to its domain
            </span>
          </li>
        ))}
      </ul>
      {link && (
        <p class="muted small">
          Link {usesText(link.uses)}
          {link.lastUsedAt && (
            <>
              , last <Time value={link.lastUsedAt} />
            </>
          )}
          {link.revokedAt && (
            <strong class="revoked">
              {" "}
              · revoked <Time value={link.revokedAt} />
            </strong>
          )}
        </p>
      )}
      {link && isLive && !link.revokedAt && onRevoke && (
        <button
          type="button"
          class="small"
          aria-disabled={isBusy}
          onClick={async () => {
            if (!isBusy) {
              setBusy(true);
              await onRevoke(link);
              setBusy(false);
            }
          }}
        >
          Revoke link<span class="hidden"> mailed to {recipients.join(", ")}</span>
        </button>
      )}
    </li>
  );
}
