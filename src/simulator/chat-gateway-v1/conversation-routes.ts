import type { FastifyInstance } from 'fastify';
import type { ContactCentre } from '../centre/contact-centre.js';
import type { Conversation } from '../centre/records.js';
import { sendAll, sendHal } from './hal.js';
import { sendListing } from './listing.js';
import type { Listing } from './listing.js';
import { rejectParameters } from './page-request.js';
import { NotFound } from './problems.js';
import { readConversationChange, readLeaving, readNewConversation, readWholeConversation } from './requests.js';
import { conversationResource, interactionResource, participantResource } from './resources.js';

interface OneConversation {
  Params: { conversationId: string };
  Querystring: Record<string, unknown>;
}

/** The contract does not name the filter fields of conversations; these are plausible ones. */
const LISTING: Listing<Conversation> = {
  name: 'conversations',
  selectors: {
    id: ({ id }) => id,
    channelId: ({ channelId }) => channelId,
    state: ({ state }) => state,
    'user.userId': ({ customer }) => customer.fields.userId,
    'user.email': ({ customer }) => customer.fields.email,
  },
  render: conversationResource,
};

/** @throws NotFound */
export function findConversation(centre: ContactCentre, conversationId: string): Conversation {
  const conversation = centre.find(conversationId);
  if (conversation === undefined) throw new NotFound('conversation', conversationId);
  return conversation;
}

/** Conversations, their participants and interactions. */
export function conversationRoutes(scope: FastifyInstance, centre: ContactCentre): void {
  scope.get<{ Querystring: Record<string, unknown> }>('/conversations', (request, reply) => {
    return sendListing(reply, request.query, centre.conversations(), LISTING);
  });

  scope.post('/conversations', (request, reply) => {
    const conversation = centre.create(readNewConversation(request.body, centre.directory));
    const createdAt = new Date(conversation.createdAt).toISOString();
    return sendHal(reply, { conversationId: conversation.id, createdAt }, 202);
  });

  scope.get<OneConversation>('/conversations/:conversationId', (request, reply) =>
    sendHal(reply, conversationResource(findConversation(centre, request.params.conversationId))),
  );

  scope.patch<OneConversation>('/conversations/:conversationId', (request, reply) => {
    const conversation = findConversation(centre, request.params.conversationId);
    centre.change(conversation.id, readConversationChange(request.body, centre.directory));
    return sendHal(reply, conversationResource(conversation), 202);
  });

  scope.put<OneConversation>('/conversations/:conversationId', (request, reply) => {
    const conversation = findConversation(centre, request.params.conversationId);
    centre.change(conversation.id, readWholeConversation(request.body, centre.directory, conversation));
    return sendHal(reply, conversationResource(conversation), 202);
  });

  scope.get<OneConversation>('/conversations/:conversationId/interactions', (request, reply) => {
    rejectParameters(request.query);
    const { interactions } = findConversation(centre, request.params.conversationId);
    return sendAll(reply, 'interactions', interactions.map(interactionResource));
  });

  scope.get<OneConversation>('/conversations/:conversationId/participants', (request, reply) => {
    rejectParameters(request.query);
    const { participants } = findConversation(centre, request.params.conversationId);
    return sendAll(reply, 'participants', [...participants.values()].map(participantResource));
  });

  scope.patch<OneConversation>('/conversations/:conversationId/participants/user', (request, reply) => {
    const conversation = findConversation(centre, request.params.conversationId);
    readLeaving(request.body);
    centre.customerLeaves(conversation.id);
    return reply.code(204).send();
  });
}
