import type { FastifyInstance } from 'fastify';
import { CHAT_GATEWAY_EVENTS } from '../centre/demo-directory.js';
import type { Directory } from '../centre/directory.js';
import type { Webhook } from '../centre/records.js';
import { InvalidRequest, readObject } from '../http/fields.js';
import type { Fields } from '../http/fields.js';
import type { NewId } from '../random-id.js';
import { sendHal } from './hal.js';
import { sendListing } from './listing.js';
import type { Listing } from './listing.js';
import { NotFound } from './problems.js';
import { webhookResource } from './resources.js';

interface OneWebhook {
  Params: { id: string };
}

const LISTING: Listing<Webhook> = {
  name: 'webhooks',
  selectors: { id: ({ id }) => id, name: ({ name }) => name, uri: ({ uri }) => uri ?? undefined },
  render: webhookResource,
};

/** Posts an address check. Resolves with the HTTP status, or the reason if there was no response. */
export type VerifyAddress = (uri: string, body: Readonly<Record<string, unknown>>) => Promise<{ status?: number; error?: string }>;

/** Webhooks, which can be created, changed, deleted and verified. */
export function webhookRoutes(scope: FastifyInstance, directory: Directory, newId: NewId, verify: VerifyAddress): void {
  const byId = (id: string): Webhook => {
    const webhook = directory.webhooks.get(id);
    if (webhook === undefined) throw new NotFound('webhook', id);
    return webhook;
  };
  scope.get<{ Querystring: Record<string, unknown> }>('/webhooks', (request, reply) => {
    return sendListing(reply, request.query, directory.webhooks.values(), LISTING);
  });
  scope.get<OneWebhook>('/webhooks/:id', (request, reply) => sendHal(reply, webhookResource(byId(request.params.id))));
  scope.post('/webhooks', (request, reply) => {
    const webhook: Webhook = { id: newId(), ...readWebhook(request.body) };
    directory.addWebhook(webhook);
    return sendHal(reply, webhookResource(webhook));
  });
  scope.put<OneWebhook>('/webhooks/:id', (request, reply) => {
    const webhook = byId(request.params.id);
    Object.assign(webhook, readWebhook(request.body));
    return sendHal(reply, webhookResource(webhook));
  });
  scope.delete<OneWebhook>('/webhooks/:id', (request, reply) => {
    directory.deleteWebhook(byId(request.params.id).id);
    return reply.code(204).send();
  });
  scope.post('/webhooks/verify', async (request, reply) => {
    const { uri, version } = readObject(request.body, (fields) => ({ uri: readUri(fields), version: readVersion(fields, 'version') }));
    const { status, error } = await verify(uri, { eventType: 'WEB_HOOK_VERIFY', notificationVersion: version });
    if (status !== undefined && status >= 200 && status < 300) return reply.code(204).send();
    const why = status === undefined ? (error ?? 'no answer') : `HTTP ${status}`;
    throw new InvalidRequest([{ field: 'uri', code: 'unknown_value', value: uri, message: `failed the address check: ${why}` }]);
  });
}

/** The contract requires one name for the version and defines another: clients send both, with the same value. */
function readWebhook(body: unknown): Omit<Webhook, 'id'> {
  return readObject(body, (fields) => {
    const name = fields.requiredString('name');
    if (name.length > 255) fields.reportError('name', 'out_of_range', 'must have at most 255 characters');
    const version = readVersion(fields, 'notificationVersion');
    if (fields.has('version')) readVersion(fields, 'version');
    return { name, uri: readUri(fields), version };
  });
}

function readVersion(fields: Fields, name: string): string {
  return fields.oneOf(name, [CHAT_GATEWAY_EVENTS], { required: true });
}

function readUri(fields: Fields): string {
  const uri = fields.requiredString('uri');
  if (uri !== '' && !(URL.canParse(uri) && /^https?:$/.test(new URL(uri).protocol))) {
    fields.reportError('uri', 'unknown_value', 'must be an absolute http or https address');
  }
  return uri;
}
