import type { FastifyInstance } from 'fastify';
import type { ContactCentre } from '../centre/contact-centre.js';
import type { SigningKey } from '../courier/signing-key.js';
import { sendJson } from '../http/server.js';
import type { NewId } from '../random-id.js';
import { requireApiKey } from './access.js';
import type { Account } from './access.js';
import { attachmentRoutes } from './attachment-routes.js';
import { conversationRoutes } from './conversation-routes.js';
import { sendHal, sendPage } from './hal.js';
import { indicationRoutes } from './indication-routes.js';
import { messageRoutes } from './message-routes.js';
import { readPageRequest } from './page-request.js';
import { answerErrors, NotFound } from './problems.js';
import { channelResource, webhookResource } from './resources.js';

export interface ChatGatewayParts {
  readonly centre: ContactCentre;
  readonly account: Account;
  readonly key: SigningKey;
  readonly newId: NewId;
}

/** The REST API of this generation, for a scope with the prefix `/chat-gateway/v1`. */
export function chatGatewayRoutes(scope: FastifyInstance, parts: ChatGatewayParts): void {
  // Otherwise text would be taken, as a string.
  scope.removeContentTypeParser('text/plain');
  answerErrors(scope, parts.newId);
  publicKeyRoute(scope, parts.key);
  scope.register((inner, _options, done) => {
    requireApiKey(inner, parts.account, parts.newId);
    directoryRoutes(inner, parts.centre);
    conversationRoutes(inner, parts.centre);
    messageRoutes(inner, parts.centre);
    indicationRoutes(inner, parts.centre);
    attachmentRoutes(inner, parts.centre);
    done();
  });
}

/** Open to all: it holds nothing secret. */
function publicKeyRoute(scope: FastifyInstance, key: SigningKey): void {
  scope.get<{ Params: { kid: string } }>('/jwk/:kid/public', async (request, reply) => {
    if (request.params.kid !== key.kid) throw new NotFound('key', request.params.kid);
    return sendJson(reply, 200, 'application/json', await key.publicJwk);
  });
}

function directoryRoutes(scope: FastifyInstance, { directory }: ContactCentre): void {
  scope.get<{ Querystring: Record<string, unknown> }>('/channels', (request, reply) => {
    const page = readPageRequest(request.query, { field: 'id', descending: false });
    return sendPage(reply, 'channels', sortedById(directory.channels), channelResource, page);
  });
  scope.get<{ Params: { id: string } }>('/channels/:id', (request, reply) => {
    const channel = directory.channels.get(request.params.id);
    if (channel === undefined) throw new NotFound('channel', request.params.id);
    return sendHal(reply, channelResource(channel));
  });
  scope.get<{ Querystring: Record<string, unknown> }>('/webhooks', (request, reply) => {
    const page = readPageRequest(request.query, { field: 'id', descending: false });
    return sendPage(reply, 'webhooks', sortedById(directory.webhooks), webhookResource, page);
  });
  scope.get<{ Params: { id: string } }>('/webhooks/:id', (request, reply) => {
    const webhook = directory.webhooks.get(request.params.id);
    if (webhook === undefined) throw new NotFound('webhook', request.params.id);
    return sendHal(reply, webhookResource(webhook));
  });
}

function sortedById<T extends { readonly id: string }>(items: ReadonlyMap<string, T>): readonly T[] {
  return [...items.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}
