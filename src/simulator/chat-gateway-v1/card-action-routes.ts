import type { FastifyInstance } from 'fastify';
import type { ContactCentre } from '../centre/contact-centre.js';
import type { CardAction } from '../centre/centre-event.js';
import { readObject } from '../http/fields.js';
import type { NewId } from '../random-id.js';
import { requireApiKey } from './access.js';
import type { Account } from './access.js';
import { findConversation } from './conversation-routes.js';
import { answerErrors, NotFound, sendForbidden } from './problems.js';

const ACTIONS: readonly (readonly [string, CardAction])[] = [
  ['action-submit', 'Action.Submit'],
  ['action-execute', 'Action.Execute'],
];

export interface CardActionOptions {
  readonly centre: ContactCentre;
  readonly account: Account;
  readonly newId: NewId;
}

/** Card actions, for a scope with the prefix `/api/v1/tenant`: the only calls of this generation with the tenant in their path. */
export function cardActionRoutes(scope: FastifyInstance, { centre, account, newId }: CardActionOptions): void {
  answerErrors(scope, newId);
  requireApiKey(scope, account, newId);
  for (const [name, action] of ACTIONS) {
    scope.put<{ Params: { tenantId: string; conversationId: string; cardId: string } }>(
      `/:tenantId/conversations/:conversationId/cards/:cardId/${name}`,
      (request, reply) => {
        const { tenantId, conversationId, cardId } = request.params;
        if (tenantId !== account.tenantId)
          return sendForbidden(reply, `The path names another tenant than that of customer ${account.customerId}.`);
        const conversation = findConversation(centre, conversationId);
        const data = readObject(request.body, (fields) => {
          const who = fields.string('name');
          return who === undefined ? {} : { name: who };
        });
        if (!centre.useCard(conversation.id, cardId, action, data)) throw new NotFound('card', cardId);
        return reply.code(204).send();
      },
    );
  }
}
