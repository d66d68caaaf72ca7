import { expect, test } from "vitest";
import type { Link, Sending } from "../api/types.ts";
import { mailsOf, outcomeOf, usesText } from "./mails.ts";

const recipients = ["ana@northwind.example"];

function sending(messageId: string, sentAt: string, linkId?: string): Sending {
  return { messageId, sentAt, recipients, delivery: {}, ...(linkId ? { linkId } : {}) };
}

function link(linkId: string, createdAt: string, sendingMessageId: string | null): Link {
  return { linkId, createdAt, recipients, sendingMessageId, uses: 0, lastUsedAt: null, revokedAt: null };
}

test("each mail has its link, and no link is forgotten", () => {
  const first = link("lnk_1", "2026-02-10T09:30:03Z", "m1");
  const lost = link("lnk_2", "2026-02-10T09:30:30Z", null);
  const second = link("lnk_3", "2026-02-11T09:30:00Z", null);
  const mails = mailsOf(
    [
      sending("m3", "2026-02-11T09:30:01Z", "lnk_3"),
      sending("m1", "2026-02-10T09:30:04Z"),
      sending("m0", "2026-02-09T00:00:00Z"),
    ],
    [second, lost, first],
  );
  expect(mails).toEqual([
    { at: "2026-02-11T09:30:01Z", recipients, delivery: {}, skipped: [], isAccepted: true, link: second },
    { at: "2026-02-10T09:30:30Z", recipients, delivery: {}, skipped: [], isAccepted: false, link: lost },
    { at: "2026-02-10T09:30:04Z", recipients, delivery: {}, skipped: [], isAccepted: true, link: first },
    { at: "2026-02-09T00:00:00Z", recipients, delivery: {}, skipped: [], isAccepted: true },
  ]);
});

test("how often a link was used is said in words", () => {
  expect([0, 1, 2].map(usesText)).toEqual(["never used", "used once", "used 2 times"]);
});

test("what became of a mail is said by recipient, and that nobody was left for it", () => {
  const ana = "ana@northwind.example";
  const sent: Sending = { ...sending("m1", "2026-02-10T09:30:04Z"), delivery: { [ana]: "BOUNCED" } };
  const [told] = mailsOf([sent], []);
  expect(told && outcomeOf(told, ana)).toEqual({ text: "refused for good", isBad: true });
  expect(told && outcomeOf(told, "ben@northwind.example")).toBeUndefined();
  const [unsent] = mailsOf(
    [{ sentAt: "2026-02-10T09:30:04Z", recipients: [], skipped: [ana], delivery: {} }],
    [link("lnk_1", "2026-02-10T09:30:03Z", null)],
  );
  expect(unsent).toMatchObject({ isAccepted: false, skipped: [ana] });
  expect(unsent?.link).toBeUndefined();
});
