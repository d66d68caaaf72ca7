import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api/client.ts";
import { asProblem } from "../api/problem.ts";
import type { Webhook, WebhookDelivery } from "../api/types.ts";
import { listDeliveries, resendDelivery, sendTest } from "../api/webhooks.ts";
import { choice, count } from "../domain/format.ts";
import { attemptText, eventLabel } from "../domain/webhooks.ts";
import { notify } from "../state/notices.ts";
import { Dialog } from "./Dialog.tsx";
import { Icon } from "./Icon.tsx";
import { ProblemMessage } from "./ProblemMessage.tsx";
import { Time } from "./Time.tsx";
import { useAnswer } from "./useAnswer.ts";

/** While an answer is waited for, and while something new may come. */
const AGAIN_MILLISECONDS = { pending: 2000, quiet: 5000 };
const CHIPS = { PENDING: "pending", DELIVERED: "ready", FAILED: "failed" } as const;

interface Props {
  api: Api;
  webhook: Webhook;
  onClose: () => void;
}

/** What was sent to a webhook, and what it answered. */
export function DeliveriesDrawer({ api, webhook, onClose }: Props) {
  const [looks, setLooks] = useState(0);
  const [later, setLater] = useState<{ items: WebhookDelivery[]; nextCursor: string | null }>();
  const { value: first, problem } = useAnswer(`${looks}`, (signal) =>
    listDeliveries(api, webhook.webhookId, null, signal),
  );
  const shown = new Map(
    [...(later?.items ?? []), ...(first?.items ?? [])].map((item) => [item.deliveryId, item]),
  );
  const items = [...shown.values()].sort((one, other) => other.createdAt.localeCompare(one.createdAt));
  const nextCursor = later ? later.nextCursor : first?.nextCursor;
  const isPending = first?.items.some(({ state }) => state === "PENDING");

  useEffect(() => {
    const pause = isPending ? AGAIN_MILLISECONDS.pending : AGAIN_MILLISECONDS.quiet;
    const timer = setInterval(() => document.hidden || setLooks((looks) => looks + 1), pause);
    return () => clearInterval(timer);
  }, [isPending]);

  const act = async (ask: () => Promise<unknown>, done: string, notDone: string) => {
    try {
      await ask();
      notify("success", done);
    } catch (error) {
      const { title, detail } = asProblem(error);
      notify("error", `${notDone} ${title}: ${detail}`);
    }
    setLooks((looks) => looks + 1);
  };
  const resend = ({ deliveryId }: WebhookDelivery) =>
    act(
      () => resendDelivery(api, webhook.webhookId, deliveryId),
      "The event is on its way again.",
      "The event was not sent.",
    );
  const test = () =>
    act(() => sendTest(api, webhook.webhookId), "A test is on its way.", "The test was not sent.");
  const showMore = async () => {
    if (!nextCursor) {
      return;
    }
    try {
      const page = await listDeliveries(api, webhook.webhookId, nextCursor);
      setLater({
        items: [...(later?.items ?? first?.items ?? []), ...page.items],
        nextCursor: page.nextCursor,
      });
    } catch (error) {
      notify("error", `Earlier deliveries cannot be shown. ${asProblem(error).detail}`);
    }
  };

  return (
    <Dialog title="Deliveries" look="drawer" onClose={onClose}>
      <div class="drawer-part">
        <p class="muted">
          To <code>{webhook.url}</code>, in the last 30 days
        </p>
      </div>
      <div class="drawer-part">
        {problem && <ProblemMessage problem={problem} />}
        {!problem && !first && <p class="muted">Loading the deliveries…</p>}
        {first && items.length === 0 && <p>Nothing was sent yet. Send a test to see that it arrives.</p>}
        <ul class="entries">
          {items.map((item) => (
            <Delivery key={item.deliveryId} item={item} onResend={webhook.enabled ? resend : undefined} />
          ))}
        </ul>
        {nextCursor && (
          <button type="button" onClick={showMore}>
            Show earlier ones
          </button>
        )}
      </div>
      {webhook.enabled && (
        <div class="dialog-foot">
          <button type="button" onClick={test}>
            <Icon name="mail" /> Send a test
          </button>
        </div>
      )}
    </Dialog>
  );
}

interface DeliveryProps {
  item: WebhookDelivery;
  onResend: ((item: WebhookDelivery) => Promise<void>) | undefined;
}

function Delivery({ item, onResend }: DeliveryProps) {
  const { eventId, eventType, state, createdAt, nextAttemptAt, attemptCount, attempts } = item;
  return (
    <li>
      <p class="delivery">
        <span class={`chip plain ${CHIPS[state]}`}>{choice(state)}</span>
        <strong>{eventLabel(eventType)}</strong>
        <span class="muted">
          <Time value={createdAt} />
        </span>
      </p>
      <p class="muted small">
        <code>{eventId}</code>
      </p>
      {nextAttemptAt && (
        <p class="small">
          The next attempt is due <Time value={nextAttemptAt} />.
        </p>
      )}
      {attempts.length > 0 && (
        <details>
          <summary>{attemptCount === 1 ? "1 attempt" : `${attemptCount} attempts`}</summary>
          <ol class="attempts">
            {attempts.map((attempt) => (
              <li key={attempt.at}>
                {attemptText(attempt)}{" "}
                <span class="muted small">
                  <Time value={attempt.at} />, {count(attempt.milliseconds)} ms
                </span>
                {attempt.answer && <pre>{attempt.answer}</pre>}
              </li>
            ))}
          </ol>
        </details>
      )}
      {onResend && state !== "PENDING" && (
        <button type="button" onClick={() => onResend(item)}>
          Resend<span class="hidden"> event {eventId}</span>
        </button>
      )}
    </li>
  );
}
