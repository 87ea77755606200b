import type { FastifyInstance } from 'fastify';
import type { ContactCentre } from '../centre/contact-centre.js';
import type { SigningKey } from '../webhook-sender/signing-key.js';
import { addScope } from '../http/scope.js';
import { sendJson } from '../http/server.js';
import type { NewId } from '../random-id.js';
import { requireApiKey } from './access.js';
import type { Account } from './access.js';
import { attachmentRoutes } from './attachment-routes.js';
import { conversationRoutes } from './conversation-routes.js';
import { indicationRoutes } from './indication-routes.js';
import { messageRoutes } from './message-routes.js';
import { webhookRoutes } from './webhook-routes.js';
import type { VerifyAddress } from './webhook-routes.js';
import { channelRoutes } from './channel-routes.js';
import { answerErrors, NotFound } from './problems.js';

export interface ChatGatewayParts {
  readonly centre: ContactCentre;
  readonly account: Account;
  readonly key: SigningKey;
  readonly newId: NewId;
  readonly verifyAddress: VerifyAddress;
}

/** The REST API of this generation, for a scope with the prefix `/chat-gateway/v1`. */
export function chatGatewayRoutes(scope: FastifyInstance, parts: ChatGatewayParts): void {
  // Otherwise text would be taken, as a string.
  scope.removeContentTypeParser('text/plain');
  answerErrors(scope, parts.newId);
  publicKeyRoute(scope, parts.key);
  addScope(scope, '', (inner) => {
    requireApiKey(inner, parts.account, parts.newId);
    channelRoutes(inner, parts.centre.directory, parts.newId);
    webhookRoutes(inner, parts.centre.directory, parts.newId, parts.verifyAddress);
    conversationRoutes(inner, parts.centre);
    messageRoutes(inner, parts.centre);
    indicationRoutes(inner, parts.centre);
    attachmentRoutes(inner, parts.centre);
  });
}

/** Open to all: it holds nothing secret. */
function publicKeyRoute(scope: FastifyInstance, key: SigningKey): void {
  scope.get<{ Params: { kid: string } }>('/jwk/:kid/public', async (request, reply) => {
    if (request.params.kid !== key.kid) throw new NotFound('key', request.params.kid);
    return sendJson(reply, 200, 'application/json', await key.publicJwk);
  });
}
