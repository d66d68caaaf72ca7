import type { Link, Sending } from "../api/types.ts";

/** A mail about an export, with the link that it carries. */
export interface Mail {
  at: string;
  recipients: readonly string[];
  /** Whether the mail service is known to have accepted it. */
  isAccepted: boolean;
  /** Absent from mails of the time when links had no ids. */
  link?: Link;
}

/** The mails that were sent and the links that there are, each once, the newest first. */
export function mailsOf(sendings: readonly Sending[], links: readonly Link[]): Mail[] {
  const sent = sendings.map(({ sentAt, recipients, linkId, messageId }): Mail => {
    const link = links.find((one) => one.linkId === linkId || one.sendingMessageId === messageId);
    return { at: sentAt, recipients, isAccepted: true, ...(link ? { link } : {}) };
  });
  const carried = new Set(sent.map(({ link }) => link));
  const others = links
    .filter((link) => !carried.has(link))
    .map((link) => ({ at: link.createdAt, recipients: link.recipients, isAccepted: false, link }));
  return [...sent, ...others].sort((one, other) => other.at.localeCompare(one.at));
}

/** `never used`, `used once`, `used 3 times`. */
export function usesText(uses: number): string {
  return uses === 0 ? "never used" : uses === 1 ? "used once" : `used ${uses} times`;
}
