import type { Api } from "./client.ts";
import type {
  Webhook,
  WebhookChange,
  WebhookDelivery,
  WebhookDeliveryPage,
  WebhookWithSecret,
} from "./types.ts";

const PATH = "/v1/webhooks";

export async function listWebhooks(api: Api, signal?: AbortSignal): Promise<Webhook[]> {
  const list = await api.request<{ items: Webhook[] }>(PATH, { signal });
  return list.items;
}

export function addWebhook(api: Api, body: WebhookChange): Promise<WebhookWithSecret> {
  return api.request(PATH, { method: "POST", body });
}

export function changeWebhook(api: Api, id: string, body: WebhookChange): Promise<Webhook> {
  return api.request(`${PATH}/${id}`, { method: "PATCH", body });
}

export function removeWebhook(api: Api, id: string): Promise<void> {
  return api.request(`${PATH}/${id}`, { method: "DELETE" });
}

/** The secret before signs too for a day. */
export function rotateSecret(api: Api, id: string): Promise<WebhookWithSecret> {
  return api.request(`${PATH}/${id}/rotate-secret`, { method: "POST" });
}

export function sendTest(api: Api, id: string): Promise<WebhookDelivery> {
  return api.request(`${PATH}/${id}/test`, { method: "POST" });
}

export function listDeliveries(
  api: Api,
  id: string,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<WebhookDeliveryPage> {
  const query = cursor === null ? "" : `?cursor=${encodeURIComponent(cursor)}`;
  return api.request(`${PATH}/${id}/deliveries${query}`, { signal });
}

export function resendDelivery(api: Api, id: string, deliveryId: string): Promise<WebhookDelivery> {
  return api.request(`${PATH}/${id}/deliveries/${deliveryId}/resend`, { method: "POST" });
}
