import type { FastifyInstance } from 'fastify';
import type { ContactCentre } from '../centre/contact-centre.js';
import { RejectedRequest } from '../centre/rejected-request.js';
import type { SigningKey } from '../webhook-sender/signing-key.js';
import { addScope } from '../http/scope.js';
import { sendJson } from '../http/server.js';
import type { NewId } from '../random-id.js';
import { requireToken } from './access.js';
import type { ChatApiAccount } from './access.js';
import { conversationRoutes } from './conversation-routes.js';
import { channelRoutes, webhookRoutes } from './directory-routes.js';
import type { VerifyAddress } from './directory-routes.js';
import { answerErrors } from './problems.js';
import type { TokenIssuer } from './token-issuer.js';

export interface ChatApiOptions {
  readonly centre: ContactCentre;
  readonly account: ChatApiAccount;
  readonly tokens: TokenIssuer;
  readonly key: SigningKey;
  readonly newId: NewId;
  readonly verifyAddress: VerifyAddress;
}

/** The REST API of this generation, for a scope with the prefix `/vcc/{region}/chat/v2`. */
export function chatApiRoutes(scope: FastifyInstance, { centre, account, tokens, key, newId, verifyAddress }: ChatApiOptions): void {
  // Fastify would otherwise accept text, as a string.
  scope.removeContentTypeParser('text/plain');
  answerErrors(scope, newId);
  publicKeyRoute(scope, key);
  addScope(scope, '/tenant/:tenantId', (inner) => {
    requireToken(inner, account, tokens);
    channelRoutes(inner, centre.directory, newId);
    webhookRoutes(inner, centre.directory, newId, verifyAddress);
    conversationRoutes(inner, centre);
  });
}

/** No authentication: the key is public. */
function publicKeyRoute(scope: FastifyInstance, key: SigningKey): void {
  scope.get<{ Params: { kid: string } }>('/jwk/:kid/public', async ({ params }, reply) => {
    if (params.kid !== key.kid) throw new RejectedRequest('unknown', `unknown key ${params.kid}`);
    return sendJson(reply, 200, 'application/json', await key.publicJwk);
  });
}
