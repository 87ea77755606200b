import type { FastifyInstance } from 'fastify';
import { sendJson } from '../http/server.js';
import { sendForbidden, sendProblem, sendUnauthorized } from './problems.js';
import type { TokenIssuer } from './token-issuer.js';

export interface ChatApiAccount {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly tenantId: string;
  readonly customerId: string;
  readonly region: string;
}

/** Requires a valid token, and a path with its tenant. */
export function requireToken(scope: FastifyInstance, account: ChatApiAccount, tokens: TokenIssuer): void {
  scope.addHook<{ Params: { tenantId?: string } }>('onRequest', async (request, reply) => {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || !tokens.isValid(token)) return sendUnauthorized(reply);
    if (request.params.tenantId !== account.tenantId)
      return sendForbidden(reply, `The path names another tenant than that of customer ${account.customerId}.`);
    return undefined;
  });
}

/** Issues a token for the API key and its secret, for a scope with the prefix `/oauth/v2`. */
export function tokenRoute(scope: FastifyInstance, { apiKey, apiSecret, customerId }: ChatApiAccount, tokens: TokenIssuer): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, parsed) => {
    parsed(null, Object.fromEntries(new URLSearchParams(body as string)));
  });
  scope.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => reject(error.statusCode ?? 500, error.message)(reply));
  scope.post<{ Body: Readonly<Record<string, string>> | undefined }>('/token', (request, reply) => {
    const basic = Buffer.from([apiKey, apiSecret].map(encodeURIComponent).join(':')).toString('base64');
    if (request.headers.authorization !== `Basic ${basic}`) return reject(401, 'Client credentials are invalid')(reply);
    if (request.body?.['grant_type'] !== 'client_credentials') return reject(400, 'Unsupported grant type')(reply);
    return sendJson(reply, 200, 'application/json', {
      access_token: tokens.issue(),
      // All numbers in this response are strings.
      expires_in: String(tokens.lifetimeSeconds),
      issued_at: String(Date.now()),
      refresh_token_expires_in: '0',
      refresh_count: '0',
      token_type: 'BearerToken',
      client_id: apiKey,
      organization_name: customerId,
      api_product_list: ['vcc'],
      scope: '',
      status: 'approved',
    });
  });
}

const reject = (status: number, message: string) => (reply: Parameters<typeof sendProblem>[0]) =>
  sendProblem(reply, status, { ErrorCode: status === 400 ? 'invalid_request' : 'invalid_client', Error: message });
