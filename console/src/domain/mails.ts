import type { Link, Sending } from "../api/types.ts";

/** A mail about an export, with the link that it carries. */
export interface Mail {
  at: string;
  recipients: readonly string[];
  /** What became of it, by recipient, as far as it was told. */
  delivery: Sending["delivery"];
  /** Who did not get it, because the address refused mail before or copies may not go to its domain. */
  skipped: readonly string[];
  /** Whether the mail service is known to have accepted it. */
  isAccepted: boolean;
  /** Absent from mails of the time when links had no ids. */
  link?: Link;
}

/** The mails that were sent and the links that there are, each once, the newest first. */
export function mailsOf(sendings: readonly Sending[], links: readonly Link[]): Mail[] {
  const sent = sendings.map(({ sentAt, recipients, linkId, messageId, delivery, skipped = [] }): Mail => {
    const link = links.find((one) => one.linkId === linkId || one.sendingMessageId === messageId);
    return {
      at: sentAt,
      recipients,
      delivery,
      skipped,
      isAccepted: messageId !== undefined,
      ...(link ? { link } : {}),
    };
  });
  const carried = new Set(sent.map(({ link }) => link));
  const others = links
    .filter((link) => !carried.has(link))
    .map((link) => ({
      at: link.createdAt,
      recipients: link.recipients,
      delivery: {},
      skipped: [],
      isAccepted: false,
      link,
    }));
  return [...sent, ...others].sort((one, other) => other.at.localeCompare(one.at));
}

type Outcome = Sending["delivery"][string];

const OUTCOMES: Record<Outcome, { text: string; isBad: boolean } | undefined> = {
  SENT: undefined,
  DELAYED: { text: "delayed, still tried", isBad: false },
  SOFT_BOUNCED: { text: "not delivered, may work again", isBad: true },
  DELIVERED: { text: "delivered", isBad: false },
  BOUNCED: { text: "refused for good", isBad: true },
  REJECTED: { text: "not sent by the mail service", isBad: true },
  COMPLAINED: { text: "reported as spam", isBad: true },
};

/** What became of a mail at one recipient, in words; nothing while nothing was told. */
export function outcomeOf(
  { delivery }: Mail,
  recipient: string,
): { text: string; isBad: boolean } | undefined {
  const outcome = delivery[recipient];
  return outcome && OUTCOMES[outcome];
}

/** `never used`, `used once`, `used 3 times`. */
export function usesText(uses: number): string {
  return uses === 0 ? "never used" : uses === 1 ? "used once" : `used ${uses} times`;
}
