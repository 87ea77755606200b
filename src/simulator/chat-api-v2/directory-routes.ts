import type { FastifyInstance } from 'fastify';
import type { Directory } from '../centre/directory.js';
import { InvalidRequest } from '../http/fields.js';
import { sendJson } from '../http/server.js';
import type { NewId } from '../random-id.js';
import { oneOf, sendPage } from './lists.js';
import type { Query } from './lists.js';
import { readAddressToVerify, readChannel, readWebhook } from './requests.js';
import { channelResource, webhookResource } from './resources.js';

interface One {
  Params: { id: string };
}

/** Posts an address check. Resolves with the HTTP status, or the reason if there was no response. */
export type VerifyAddress = (uri: string, body: Readonly<Record<string, unknown>>) => Promise<{ status?: number; error?: string }>;

const byId = (one: { readonly id: string }, other: { readonly id: string }): number => (one.id < other.id ? -1 : 1);

/** Channels; this API sees only its own. */
export function channelRoutes(scope: FastifyInstance, directory: Directory, newId: NewId): void {
  scope.get<{ Querystring: Query }>('/channels', ({ query }, reply) => {
    oneOf(query, 'sort', ['id']);
    const channels = [...directory.channels.values()].filter(({ type }) => type === 'ChatAPI').sort(byId);
    return sendPage(reply, query, channels, channelResource, (name) => name === 'sort');
  });
  scope.get<One>('/channels/:id', ({ params }, reply) =>
    sendJson(reply, 200, 'application/json', channelResource(directory.channel(params.id))),
  );
  scope.post('/channels', ({ body }, reply) => {
    const channel = { id: newId(), type: 'ChatAPI', ...readChannel(body, directory) };
    directory.addChannel(channel);
    return sendJson(reply, 200, 'application/json', channelResource(channel));
  });
  scope.put<One>('/channels/:id', ({ params, body }, reply) => {
    const channel = directory.channel(params.id);
    Object.assign(channel, readChannel(body, directory));
    return sendJson(reply, 200, 'application/json', channelResource(channel));
  });
  scope.delete<One>('/channels/:id', ({ params }, reply) => {
    directory.deleteChannel(directory.channel(params.id).id);
    return reply.code(204).send();
  });
}

/** Webhooks, spelled `web-hooks` in this API. */
export function webhookRoutes(scope: FastifyInstance, directory: Directory, newId: NewId, verify: VerifyAddress): void {
  scope.get<{ Querystring: Query }>('/web-hooks', ({ query }, reply) =>
    sendPage(reply, query, [...directory.webhooks.values()].sort(byId), webhookResource),
  );
  scope.get<One>('/web-hooks/:id', ({ params }, reply) =>
    sendJson(reply, 200, 'application/json', webhookResource(directory.webhook(params.id))),
  );
  scope.post('/web-hooks', ({ body }, reply) => {
    const webhook = { id: newId(), ...readWebhook(body) };
    directory.addWebhook(webhook);
    return sendJson(reply, 200, 'application/json', webhookResource(webhook));
  });
  scope.put<One>('/web-hooks/:id', ({ params, body }, reply) => {
    const webhook = directory.webhook(params.id);
    Object.assign(webhook, readWebhook(body));
    return sendJson(reply, 200, 'application/json', webhookResource(webhook));
  });
  scope.delete<One>('/web-hooks/:id', ({ params }, reply) => {
    directory.deleteWebhook(directory.webhook(params.id).id);
    return reply.code(204).send();
  });
  scope.post('/web-hooks/verify', async ({ body }, reply) => {
    const { uri, version } = readAddressToVerify(body);
    const { status, error } = await verify(uri, { eventType: 'WEB_HOOK_VERIFY', notificationVersion: version });
    if (status !== undefined && status >= 200 && status < 300) return reply.code(204).send();
    const why = status === undefined ? (error ?? 'no answer') : `HTTP ${status}`;
    throw new InvalidRequest([{ field: 'uri', code: 'unknown_value', message: `failed the address check: ${why}` }]);
  });
}
