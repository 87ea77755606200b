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

export interface ChatGatewayOptions {
  readonly centre: ContactCentre;
  readonly account: Account;
  readonly key: SigningKey;
  readonly newId: NewId;
  readonly verifyAddress: VerifyAddress;
}

/** The REST API of this generation, for a scope with the prefix `/chat-gateway/v1`. */
export function chatGatewayRoutes(scope: FastifyInstance, options: ChatGatewayOptions): void {
  // Fastify would otherwise accept text, as a string.
  scope.removeContentTypeParser('text/plain');
  answerErrors(scope, options.newId);
  publicKeyRoute(scope, options.key);
  addScope(scope, '', (inner) => {
    requireApiKey(inner, options.account, options.newId);
    channelRoutes(inner, options.centre.directory, options.newId);
    webhookRoutes(inner, options.centre.directory, options.newId, options.verifyAddress);
    conversationRoutes(inner, options.centre);
    messageRoutes(inner, options.centre);
    indicationRoutes(inner, options.centre);
    attachmentRoutes(inner, options.centre);
  });
}

/** No authentication: the key is public. */
function publicKeyRoute(scope: FastifyInstance, key: SigningKey): void {
  scope.get<{ Params: { kid: string } }>('/jwk/:kid/public', async (request, reply) => {
    if (request.params.kid !== key.kid) throw new NotFound('key', request.params.kid);
    return sendJson(reply, 200, 'application/json', await key.publicJwk);
  });
}
