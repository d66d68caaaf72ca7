import { useState } from "preact/hooks";
import type { Api } from "../api/client.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import type { Webhook, WebhookChange, WebhookEvent, WebhookWithSecret } from "../api/types.ts";
import { addWebhook, changeWebhook } from "../api/webhooks.ts";
import type { FieldErrors } from "../domain/filters.ts";
import { placeErrors } from "../domain/pointers.ts";
import { EVENTS } from "../domain/webhooks.ts";
import { notify } from "../state/notices.ts";
import { Dialog } from "./Dialog.tsx";
import { Field, FieldError } from "./Field.tsx";
import { focusFirstError } from "./focus.ts";
import { ProblemMessage } from "./ProblemMessage.tsx";

type Props = { api: Api; onClose: () => void } & (
  | { webhook?: undefined; onAdded: (added: WebhookWithSecret) => void }
  | { webhook: Webhook; onChanged: () => void }
);

const ALL = EVENTS.map(({ type }) => type);

/** Adds a webhook, or changes the one that is given. */
export function WebhookDialog(props: Props) {
  const { api, webhook, onClose } = props;
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [description, setDescription] = useState(webhook?.description ?? "");
  const [isEvery, setEvery] = useState(webhook?.events === undefined);
  const [events, setEvents] = useState<readonly WebhookEvent[]>(webhook?.events ?? ALL);
  const [problem, setProblem] = useState<Problem>();
  const [isChecked, setChecked] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const placed = placeErrors(problem?.errors ?? [], ["url", "events", "description"], []);
  const own = {
    ...(/^https?:\/\/./.test(url.trim()) ? {} : { url: "Write a URL that begins with https://." }),
    ...(isEvery || events.length > 0 ? {} : { events: "Choose at least one event." }),
  };
  const errors: FieldErrors = { ...placed.fields, ...(isChecked ? own : {}) };

  const submit = async (event: Event) => {
    event.preventDefault();
    setChecked(true);
    setProblem(undefined);
    if (isBusy || Object.keys(own).length > 0) {
      focusFirstError();
      return;
    }
    const body: WebhookChange = {
      url: url.trim(),
      events: isEvery ? null : [...events],
      description: description.trim() || null,
    };
    setBusy(true);
    try {
      if (props.webhook) {
        await changeWebhook(api, props.webhook.webhookId, body);
        notify("success", `The webhook ${body.url} was changed.`);
        props.onChanged();
      } else {
        props.onAdded(await addWebhook(api, body));
      }
    } catch (error) {
      setBusy(false);
      setProblem(asProblem(error));
      focusFirstError();
    }
  };

  return (
    <Dialog title={webhook ? "Edit the webhook" : "Add a webhook"} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        {problem && !placed.isWhole && <ProblemMessage problem={problem} rest={placed.rest} />}
        <Field
          id="webhook-url"
          label="URL"
          hint="It begins with https:// and is on the public internet."
          error={errors.url}
        >
          {(attributes) => (
            <input
              {...attributes}
              type="url"
              value={url}
              autocomplete="off"
              onInput={(event) => {
                setUrl(event.currentTarget.value);
                setProblem(undefined);
              }}
            />
          )}
        </Field>
        <Field
          id="webhook-description"
          label="What it is for"
          hint="For people. It can be left empty."
          error={errors.description}
        >
          {(attributes) => (
            <input
              {...attributes}
              type="text"
              value={description}
              maxLength={200}
              onInput={(event) => setDescription(event.currentTarget.value)}
            />
          )}
        </Field>
        <fieldset class="profile">
          <legend>Events</legend>
          <div class="role">
            <label>
              <input type="radio" name="events" checked={isEvery} onChange={() => setEvery(true)} />
              <span>
                Every event <small class="muted">Also those that later versions add</small>
              </span>
            </label>
          </div>
          <div class="role">
            <label>
              <input type="radio" name="events" checked={!isEvery} onChange={() => setEvery(false)} />
              <span>Only some</span>
            </label>
          </div>
          {!isEvery && (
            <fieldset class="statuses events" aria-describedby="webhook-events-error">
              <legend>An export is</legend>
              {EVENTS.map(({ type, label }) => (
                <label key={type} class="toggle">
                  <input
                    type="checkbox"
                    checked={events.includes(type)}
                    aria-invalid={errors.events !== undefined}
                    onChange={() => {
                      const isOn = events.includes(type);
                      setEvents(ALL.filter((one) => (one === type ? !isOn : events.includes(one))));
                    }}
                  />
                  <span>{label}</span>
                </label>
              ))}
            </fieldset>
          )}
          <FieldError id="webhook-events" error={errors.events} />
        </fieldset>
        <div class="dialog-foot">
          <p class="muted">{webhook ? "" : "You get the secret when it is added."}</p>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" aria-disabled={isBusy}>
            {webhook ? "Save" : "Add"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
