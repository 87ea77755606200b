import type { FastifyInstance } from 'fastify';
import type { ContactCentre } from '../centre/contact-centre.js';
import type { Conversation } from '../centre/records.js';
import { readConversationFilter } from './conversation-filter.js';
import { sendAll, sendHal, sendPage } from './hal.js';
import { readPageRequest, refuseParameters } from './page-request.js';
import { NotFound } from './problems.js';
import { readConversationChange, readLeaving, readNewConversation } from './requests.js';
import { conversationResource, interactionResource, participantResource } from './resources.js';

interface OneConversation {
  Params: { conversationId: string };
  Querystring: Record<string, unknown>;
}

/** @throws NotFound */
export function conversationOf(centre: ContactCentre, conversationId: string): Conversation {
  const conversation = centre.find(conversationId);
  if (conversation === undefined) throw new NotFound('conversation', conversationId);
  return conversation;
}

/** Conversations, their participants and interactions. */
export function conversationRoutes(scope: FastifyInstance, centre: ContactCentre): void {
  scope.get<{ Querystring: Record<string, unknown> }>('/conversations', (request, reply) => {
    const { filter, ...paging } = request.query;
    const page = readPageRequest(paging, { field: 'id', descending: false });
    const conversations = centre.conversations().filter(readConversationFilter(filter));
    conversations.sort((one, other) => (one.id < other.id ? -1 : 1));
    return sendPage(reply, 'conversations', conversations, conversationResource, page);
  });

  scope.post('/conversations', (request, reply) => {
    const conversation = centre.create(readNewConversation(request.body, centre.directory));
    const createdAt = new Date(conversation.createdAt).toISOString();
    return sendHal(reply, { conversationId: conversation.id, createdAt }, 202);
  });

  scope.get<OneConversation>('/conversations/:conversationId', (request, reply) =>
    sendHal(reply, conversationResource(conversationOf(centre, request.params.conversationId))),
  );

  scope.patch<OneConversation>('/conversations/:conversationId', (request, reply) => {
    const conversation = conversationOf(centre, request.params.conversationId);
    centre.change(conversation.id, readConversationChange(request.body, centre.directory));
    return sendHal(reply, conversationResource(conversation), 202);
  });

  scope.get<OneConversation>('/conversations/:conversationId/interactions', (request, reply) => {
    refuseParameters(request.query);
    const { interactions } = conversationOf(centre, request.params.conversationId);
    return sendAll(reply, 'interactions', interactions.map(interactionResource));
  });

  scope.get<OneConversation>('/conversations/:conversationId/participants', (request, reply) => {
    refuseParameters(request.query);
    const { participants } = conversationOf(centre, request.params.conversationId);
    return sendAll(reply, 'participants', [...participants.values()].map(participantResource));
  });

  scope.patch<OneConversation>('/conversations/:conversationId/participants/user', (request, reply) => {
    const conversation = conversationOf(centre, request.params.conversationId);
    readLeaving(request.body);
    centre.customerLeaves(conversation.id);
    return reply.code(204).send();
  });
}
