import type { FastifyInstance } from 'fastify';
import type { NewId } from '../random-id.js';
import { sendForbidden, sendUnauthorized } from './problems.js';

export interface Account {
  readonly apiKey: string;
  readonly tenantId: string;
  readonly customerId: string;
}

/** Requires the API key, and the account's tenant if a tenant is named. */
export function requireApiKey(scope: FastifyInstance, account: Account, newId: NewId): void {
  scope.addHook('onRequest', async (request, reply) => {
    if (request.headers['x-api-key'] !== account.apiKey) return sendUnauthorized(reply, newId());
    const tenant = request.headers['x-8x8-tenant'];
    if (tenant !== undefined && tenant !== account.tenantId) {
      return sendForbidden(reply, `The header X-8x8-Tenant names another tenant than that of customer ${account.customerId}.`);
    }
    return undefined;
  });
}
