import { useState } from "preact/hooks";
import { asProblem } from "../api/problem.ts";
import type { Webhook } from "../api/types.ts";
import { changeWebhook, listWebhooks, removeWebhook, rotateSecret, sendTest } from "../api/webhooks.ts";
import { notify } from "../state/notices.ts";
import type { Session } from "../state/session.ts";
import { ConfirmDialog } from "./ConfirmDialog.tsx";
import { DeliveriesDrawer } from "./DeliveriesDrawer.tsx";
import { EmptyState } from "./EmptyState.tsx";
import { Icon } from "./Icon.tsx";
import { LoadingRows } from "./LoadingRows.tsx";
import { ProblemMessage } from "./ProblemMessage.tsx";
import { SecretDialog } from "./SecretDialog.tsx";
import { useAnswer } from "./useAnswer.ts";
import { WebhookDialog } from "./WebhookDialog.tsx";
import { WebhookTable } from "./WebhookTable.tsx";

type Open =
  | { kind: "add" }
  | { kind: "secret"; url: string; secret: string; isNew: boolean }
  | { kind: "edit" | "rotate" | "remove" | "deliveries"; webhook: Webhook };

/** Where events of the tenant's exports are posted to. */
export function WebhooksPage({ session: { api } }: { session: Session }) {
  const [looks, setLooks] = useState(0);
  const [open, setOpen] = useState<Open | null>(null);
  const { value: webhooks, problem } = useAnswer(`${looks}`, (signal) => listWebhooks(api, signal));
  const lookAgain = () => setLooks((looks) => looks + 1);
  const close = () => setOpen(null);

  /** Says what came of it. */
  const act = async (ask: () => Promise<unknown>, done: string, notDone: string) => {
    try {
      await ask();
      notify("success", done);
    } catch (error) {
      const { title, detail } = asProblem(error);
      notify("error", `${notDone} ${title}: ${detail}`);
    }
    lookAgain();
  };
  const onTest = ({ webhookId, url }: Webhook) =>
    act(
      () => sendTest(api, webhookId),
      `A test is on its way to ${url}. Its deliveries say what comes of it.`,
      "The test was not sent.",
    );
  const onToggle = ({ webhookId, url, enabled }: Webhook) =>
    act(
      () => changeWebhook(api, webhookId, { enabled: !enabled }),
      enabled ? `Nothing is sent to ${url} any more.` : `Events are sent to ${url} again.`,
      "The webhook was not changed.",
    );
  const onRotate = async ({ webhookId, url }: Webhook) => {
    try {
      const { secret } = await rotateSecret(api, webhookId);
      setOpen({ kind: "secret", url, secret, isNew: false });
    } catch (error) {
      const { title, detail } = asProblem(error);
      close();
      notify("error", `There is no new secret. ${title}: ${detail}`);
    }
  };

  const addButton = (
    <button type="button" class="primary" onClick={() => setOpen({ kind: "add" })}>
      <Icon name="plus" /> Add a webhook
    </button>
  );
  return (
    <>
      <div class="title">
        <h1>Webhooks</h1>
        {webhooks && webhooks.length > 0 && addButton}
      </div>
      <p class="muted">
        Events of all exports of this marketplace are posted to these URLs, signed with a secret. They tell
        ids and states, never rows or links.
      </p>
      {problem && (
        <div class="empty">
          <ProblemMessage problem={problem} />
          <button type="button" class="primary" onClick={lookAgain}>
            Try again
          </button>
        </div>
      )}
      {!problem && !webhooks && <LoadingRows name="webhooks" />}
      {webhooks?.length === 0 && (
        <EmptyState title="No webhooks yet" action={addButton}>
          Add the URL of a program that is to know when exports are ready, fail or are downloaded.
        </EmptyState>
      )}
      {webhooks && webhooks.length > 0 && (
        <WebhookTable
          webhooks={webhooks}
          actions={(webhook) => [
            { label: "Send a test", onChoose: () => void onTest(webhook) },
            { label: "Edit…", onChoose: () => setOpen({ kind: "edit", webhook }) },
            { label: "New secret…", onChoose: () => setOpen({ kind: "rotate", webhook }) },
            { label: webhook.enabled ? "Disable" : "Enable", onChoose: () => void onToggle(webhook) },
            { label: "Delete…", onChoose: () => setOpen({ kind: "remove", webhook }) },
          ]}
          onDeliveries={(webhook) => setOpen({ kind: "deliveries", webhook })}
        />
      )}
      {open?.kind === "add" && (
        <WebhookDialog
          api={api}
          onClose={close}
          onAdded={({ url, secret }) => {
            lookAgain();
            setOpen({ kind: "secret", url, secret, isNew: true });
          }}
        />
      )}
      {open?.kind === "edit" && (
        <WebhookDialog
          api={api}
          webhook={open.webhook}
          onClose={close}
          onChanged={() => {
            lookAgain();
            close();
          }}
        />
      )}
      {open?.kind === "secret" && <SecretDialog {...open} onClose={close} />}
      {open?.kind === "rotate" && (
        <ConfirmDialog
          title="Make a new secret?"
          yes="Make a new secret"
          no="Keep the secret"
          onYes={() => onRotate(open.webhook)}
          onClose={close}
        >
          <p>
            The new secret signs from now on what is sent to <code>{open.webhook.url}</code>. The one before
            signs too for a day, so that its programs can change over.
          </p>
        </ConfirmDialog>
      )}
      {open?.kind === "remove" && (
        <ConfirmDialog
          title="Delete this webhook?"
          yes="Delete the webhook"
          no="Keep it"
          onYes={async () => {
            const { webhookId, url } = open.webhook;
            await act(
              () => removeWebhook(api, webhookId),
              `The webhook ${url} was deleted.`,
              "The webhook was not deleted.",
            );
            close();
          }}
          onClose={close}
        >
          <p>
            Nothing more is sent to <code>{open.webhook.url}</code>. Its secret and the record of its
            deliveries go, too.
          </p>
        </ConfirmDialog>
      )}
      {open?.kind === "deliveries" && <DeliveriesDrawer api={api} webhook={open.webhook} onClose={close} />}
    </>
  );
}
