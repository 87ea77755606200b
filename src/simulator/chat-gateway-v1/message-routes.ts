import type { FastifyInstance } from 'fastify';
import type { ContactCentre } from '../centre/contact-centre.js';
import { findConversation } from './conversation-routes.js';
import { sendHal, sendPage } from './hal.js';
import { readPageRequest } from './page-request.js';
import { NotFound } from './problems.js';
import { readNewMessage } from './requests.js';
import { messageResource } from './resources.js';

interface ConversationMessages {
  Params: { conversationId: string };
  Querystring: Record<string, unknown>;
}

/** The messages of a conversation. While lists lag, lookups by id miss the same messages. */
export function messageRoutes(scope: FastifyInstance, centre: ContactCentre): void {
  scope.get<ConversationMessages>('/conversations/:conversationId/messages', (request, reply) => {
    const page = readPageRequest(request.query, { field: 'createdAt', descending: true });
    const { messages } = findConversation(centre, request.params.conversationId);
    const listed = messages.filter((message) => message.listed).sort((one, other) => one.createdAt - other.createdAt);
    return sendPage(reply, 'messages', listed, messageResource, page);
  });

  scope.get<{ Params: { conversationId: string; messageId: string } }>(
    '/conversations/:conversationId/messages/:messageId',
    (request, reply) => {
      const { conversationId, messageId } = request.params;
      const message = findConversation(centre, conversationId).messages.find(({ id, listed }) => listed && id === messageId);
      if (message === undefined) throw new NotFound('message', messageId);
      return sendHal(reply, messageResource(message));
    },
  );

  scope.get<{ Params: { conversationId: string; messageId: string }; Querystring: Record<string, unknown> }>(
    '/conversations/:conversationId/messages/:messageId/cards',
    (request, reply) => {
      const { conversationId, messageId } = request.params;
      const page = readPageRequest(request.query, { field: 'createdAt', descending: true });
      const message = findConversation(centre, conversationId).messages.find(({ id, listed }) => listed && id === messageId);
      if (message === undefined) throw new NotFound('message', messageId);
      return sendPage(reply, 'cards', message.cards, (card) => card, page);
    },
  );

  scope.post<ConversationMessages>('/conversations/:conversationId/messages', (request, reply) => {
    const conversation = findConversation(centre, request.params.conversationId);
    centre.receive(conversation.id, readNewMessage(request.body, conversation.files));
    return reply.code(202).send();
  });
}
