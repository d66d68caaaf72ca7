import type { Webhook } from "../api/types.ts";
import { disabledText, eventsText } from "../domain/webhooks.ts";
import { ActionsMenu, type MenuItem } from "./ActionsMenu.tsx";
import { Icon } from "./Icon.tsx";
import { Time } from "./Time.tsx";

interface Props {
  webhooks: readonly Webhook[];
  actions: (webhook: Webhook) => MenuItem[];
  onDeliveries: (webhook: Webhook) => void;
}

export function WebhookTable({ webhooks, actions, onDeliveries }: Props) {
  return (
    <table class="list" role="table">
      <caption class="hidden">Webhooks</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            URL
          </th>
          <th role="columnheader" scope="col">
            Events
          </th>
          <th role="columnheader" scope="col">
            State
          </th>
          <th role="columnheader" scope="col">
            <span class="hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {webhooks.map((webhook) => (
          <tr key={webhook.webhookId} role="row">
            <th role="rowheader" scope="row" data-label="URL">
              <div>
                <code>{webhook.url}</code>
                {webhook.description && <p class="muted small">{webhook.description}</p>}
              </div>
            </th>
            <td role="cell" data-label="Events">
              {eventsText(webhook)}
            </td>
            <td role="cell" data-label="State">
              <State webhook={webhook} />
            </td>
            <td role="cell" class="actions">
              <div>
                <button type="button" onClick={() => onDeliveries(webhook)}>
                  <Icon name="details" /> Deliveries<span class="hidden"> to {webhook.url}</span>
                </button>
                <ActionsMenu items={actions(webhook)} more={`More actions for ${webhook.url}`} />
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function State({ webhook }: { webhook: Webhook }) {
  if (!webhook.enabled) {
    return (
      <div>
        <span class="chip expired">
          <Icon name="close" />
          Disabled
        </span>
        <p class="muted small">
          {disabledText(webhook)} {webhook.disabledAt && <Time value={webhook.disabledAt} />}
        </p>
      </div>
    );
  }
  return webhook.failingSince ? (
    <div>
      <span class="chip failed">
        <Icon name="failed" />
        Failing
      </span>
      <p class="muted small">
        since <Time value={webhook.failingSince} />
      </p>
    </div>
  ) : (
    <span class="chip ready">
      <Icon name="ready" />
      Enabled
    </span>
  );
}
