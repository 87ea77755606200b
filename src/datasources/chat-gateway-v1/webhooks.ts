import type { WebhookRecord } from '../../domain/channel.js';
import { NotFoundError } from '../../domain/errors.js';
import { asId, asRecord, asText } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import type { Window, WindowOf } from '../../domain/window.js';
import type { ReadOptions, WebhookDraft } from '../chat-api.js';
import type { UpstreamCalls } from '../upstream/upstream-call.js';
import { outcomeUnknown } from '../upstream/upstream-errors.js';
import { EVENT_VERSION } from './event-version.js';
import { resource } from '../shared/json-body.js';
import { fetchWindow } from './list-reader.js';
import { VERIFY_WEBHOOK, WEBHOOKS, webhookPath } from './paths.js';
import { webhookBody } from './request-bodies.js';

const NO_WEBHOOK = 'There is no such webhook.';

/** One webhook; null where there is none. */
export async function webhook(client: UpstreamCalls, webhookId: string, read: ReadOptions): Promise<WebhookRecord | null> {
  const path = webhookPath(webhookId);
  const body = path === null ? null : await client.read({ operation: 'webhooks.get', path, ...read });
  return body === null ? null : webhookRecord(resource(body), webhookId);
}

/** In order of id. */
export function webhooks(client: UpstreamCalls, window: Window, read: ReadOptions): Promise<WindowOf<WebhookRecord>> {
  const item = (raw: UnknownRecord) => {
    const id = asId(raw['id']);
    return id === null ? null : webhookRecord(raw, id);
  };
  return fetchWindow(client, { operation: 'webhooks.list', path: WEBHOOKS, rel: 'webhooks', sortBy: 'id', item }, window, read);
}

/** Registers a webhook. Rejects with `OutcomeUnknownError` also where the answer does not name what was made. */
export async function createWebhook(client: UpstreamCalls, draft: WebhookDraft): Promise<WebhookRecord> {
  const body = webhookBody(draft);
  const answer = asRecord(
    await client.change({ operation: 'webhooks.create', method: 'POST', accepts: 200, path: WEBHOOKS, body, notFound: NO_WEBHOOK }),
  );
  const webhookId = asId(answer?.['id']);
  if (webhookId === null) throw outcomeUnknown('an answer that does not name the webhook made');
  return webhookRecord({ ...body, ...answer }, webhookId);
}

/** Changes a webhook. The upstream replaces all of it, so that what is there is read first. */
export async function updateWebhook(client: UpstreamCalls, webhookId: string, change: Partial<WebhookDraft>): Promise<WebhookRecord> {
  const path = changedPath(webhookId);
  const now = await client.read({ operation: 'webhooks.get', path, asOf: null });
  if (now === null) throw new NotFoundError(NO_WEBHOOK);
  const { name, url } = webhookRecord(resource(now), webhookId);
  const body = webhookBody({ name, url, ...change });
  const answer = asRecord(
    await client.change({ operation: 'webhooks.update', method: 'PUT', accepts: 200, path, body, notFound: NO_WEBHOOK }),
  );
  return webhookRecord({ ...body, ...answer }, webhookId);
}

export async function deleteWebhook(client: UpstreamCalls, webhookId: string): Promise<void> {
  await client.change({ operation: 'webhooks.delete', method: 'DELETE', accepts: 204, path: changedPath(webhookId), notFound: NO_WEBHOOK });
}

/** Resolves when the contact centre reached the address; rejects with `UpstreamRejectedError` when it did not. */
export async function verifyWebhook(client: UpstreamCalls, url: string): Promise<void> {
  const body = { uri: url, version: EVENT_VERSION };
  await client.change({ operation: 'webhooks.verify', method: 'POST', accepts: 204, path: VERIFY_WEBHOOK, body, notFound: NO_WEBHOOK });
}

function changedPath(webhookId: string): string {
  const path = webhookPath(webhookId);
  if (path === null) throw new NotFoundError(NO_WEBHOOK);
  return path;
}

/** The contract requires one name for the version and defines another: either will do. */
function webhookRecord(raw: UnknownRecord, webhookId: string): WebhookRecord {
  return {
    webhookId: asId(raw['id']) ?? webhookId,
    name: asText(raw['name']) ?? '',
    url: asText(raw['uri']) ?? asText(raw['url']) ?? '',
    notificationVersion: asId(raw['notificationVersion']) ?? asId(raw['version']) ?? '',
  };
}
