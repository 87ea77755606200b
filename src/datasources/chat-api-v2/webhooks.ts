import type { WebhookRecord } from '../../domain/channel.js';
import { NotFoundError } from '../../domain/errors.js';
import { asId, asRecord, asText } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import type { Window, WindowOf } from '../../domain/window.js';
import type { ReadOptions, WebhookDraft } from '../chat-api.js';
import { outcomeUnknown } from '../upstream/upstream-errors.js';
import { resource } from '../shared/json-body.js';
import { EVENT_VERSION } from './event-version.js';
import { fetchWindow } from './list-reader.js';
import type { Upstream } from './paths.js';

const NO_WEBHOOK = 'There is no such webhook.';

/** One webhook; null where there is none. */
export async function webhook({ client, paths }: Upstream, webhookId: string, read: ReadOptions): Promise<WebhookRecord | null> {
  const path = paths.webhook(webhookId);
  const body = path === null ? null : await client.read({ operation: 'webhooks.get', path, ...read });
  return body === null ? null : webhookRecord(resource(body), webhookId);
}

/** In the upstream's order. */
export function webhooks({ client, paths }: Upstream, window: Window, read: ReadOptions): Promise<WindowOf<WebhookRecord>> {
  const item = (raw: UnknownRecord) => {
    const id = asId(raw['id']);
    return id === null ? null : webhookRecord(raw, id);
  };
  return fetchWindow(client, { operation: 'webhooks.list', path: paths.webhooks, backwards: null, item }, window, read);
}

/** Registers a webhook. Rejects with `OutcomeUnknownError` also where the answer does not name what was made. */
export async function createWebhook({ client, paths }: Upstream, draft: WebhookDraft): Promise<WebhookRecord> {
  const body = webhookBody(draft);
  const call = { operation: 'webhooks.create', method: 'POST', accepts: 200, path: paths.webhooks, body, notFound: NO_WEBHOOK } as const;
  const answer = asRecord(await client.change(call));
  const webhookId = asId(answer?.['id']);
  if (webhookId === null) throw outcomeUnknown('an answer that does not name the webhook made');
  return webhookRecord({ ...body, ...answer }, webhookId);
}

/** Changes a webhook. The upstream replaces all of it, so that what is there is read first. */
export async function updateWebhook(upstream: Upstream, webhookId: string, change: Partial<WebhookDraft>): Promise<WebhookRecord> {
  const { client } = upstream;
  const path = changedPath(upstream, webhookId);
  const now = await client.read({ operation: 'webhooks.get', path, asOf: null });
  if (now === null) throw new NotFoundError(NO_WEBHOOK);
  const { name, url } = webhookRecord(resource(now), webhookId);
  const body = webhookBody({ name, url, ...change });
  const answer = asRecord(
    await client.change({ operation: 'webhooks.update', method: 'PUT', accepts: 200, path, body, notFound: NO_WEBHOOK }),
  );
  return webhookRecord({ ...body, ...answer }, webhookId);
}

export async function deleteWebhook(upstream: Upstream, webhookId: string): Promise<void> {
  const path = changedPath(upstream, webhookId);
  await upstream.client.change({ operation: 'webhooks.delete', method: 'DELETE', accepts: 204, path, notFound: NO_WEBHOOK });
}

/** Resolves when the contact centre reached the address; rejects with `UpstreamRejectedError` when it did not. */
export async function verifyWebhook({ client, paths }: Upstream, url: string): Promise<void> {
  const body = { uri: url, version: EVENT_VERSION };
  await client.change({
    operation: 'webhooks.verify',
    method: 'POST',
    accepts: 204,
    path: paths.verifyWebhook,
    body,
    notFound: NO_WEBHOOK,
  });
}

function changedPath({ paths }: Upstream, webhookId: string): string {
  const path = paths.webhook(webhookId);
  if (path === null) throw new NotFoundError(NO_WEBHOOK);
  return path;
}

/** The contract requires one name for the version of events and defines another: both are sent. */
function webhookBody({ name, url }: WebhookDraft): UnknownRecord {
  return { name, uri: url, version: EVENT_VERSION, notificationVersion: EVENT_VERSION };
}

function webhookRecord(raw: UnknownRecord, webhookId: string): WebhookRecord {
  return {
    webhookId: asId(raw['id']) ?? webhookId,
    name: asText(raw['name']) ?? '',
    url: asText(raw['uri']) ?? asText(raw['url']) ?? '',
    notificationVersion: asId(raw['notificationVersion']) ?? asId(raw['version']) ?? '',
  };
}
