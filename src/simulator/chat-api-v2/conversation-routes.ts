import type { FastifyInstance } from 'fastify';
import type { ContactCentre } from '../centre/contact-centre.js';
import type { Conversation } from '../centre/records.js';
import { sendJson } from '../http/server.js';
import { oneOf, sendPage } from './lists.js';
import type { Query } from './lists.js';
import { readNewConversation, readNewMessage } from './requests.js';
import { conversationResource, customerResource, messageResource, participantResource } from './resources.js';

interface OneConversation {
  Params: { conversationId: string };
  Querystring: Query;
}

/** The statuses of the filter; no response shows them. */
const STATUSES: Readonly<Record<string, (conversation: Conversation) => boolean>> = {
  all: () => true,
  created: ({ state }) => state === 'created',
  pending: ({ state, assignment }) => state === 'active' && assignment.type !== 'agent',
  handling: ({ state, assignment }) => state === 'active' && assignment.type === 'agent',
  deleted: ({ state }) => state === 'idle',
};

/** Conversations with their participants and messages. */
export function conversationRoutes(scope: FastifyInstance, centre: ContactCentre): void {
  scope.get<{ Querystring: Query }>('/conversations', ({ query }, reply) => {
    const found = centre.conversations().filter(createFilter(query));
    if (oneOf(query, 'order', ['asc', 'desc']) === 'desc') found.reverse();
    const isKnown = (name: string) => ['channel-id', 'status', 'order', 'userId'].includes(name) || name.startsWith('customer.');
    return sendPage(reply, query, found, conversationResource, isKnown);
  });

  scope.post('/conversations', (request, reply) => {
    const { id, createdAt } = centre.create(readNewConversation(request.body, centre.directory));
    return sendJson(reply, 202, 'application/json', { conversationId: id, timestamp: createdAt });
  });

  scope.get<OneConversation>('/conversations/:conversationId', ({ params }, reply) =>
    sendJson(reply, 200, 'application/json', conversationResource(centre.conversation(params.conversationId))),
  );

  scope.get<OneConversation>('/conversations/:conversationId/participants', ({ params }, reply) => {
    const participants = [...centre.conversation(params.conversationId).participants.values()].map(participantResource);
    return sendJson(reply, 200, 'application/json', { participants });
  });

  scope.delete<OneConversation>('/conversations/:conversationId/participants/customer', ({ params }, reply) => {
    centre.customerLeaves(params.conversationId);
    return reply.code(204).send();
  });

  scope.get<OneConversation>('/conversations/:conversationId/messages', ({ params, query }, reply) => {
    const conversation = centre.conversation(params.conversationId);
    const wanted = query['interaction-id'];
    const listed = conversation.messages
      .filter((message) => message.listed && (wanted === undefined || message.interactionId === wanted))
      .sort((one, other) => one.createdAt - other.createdAt);
    return sendJson(reply, 200, 'application/json', { messages: listed.map((message) => messageResource(message, conversation)) });
  });

  scope.post<OneConversation>('/conversations/:conversationId/messages', ({ params, body }, reply) => {
    const { id } = centre.conversation(params.conversationId);
    centre.receive(id, readNewMessage(body));
    return reply.code(202).send();
  });
}

/** @throws InvalidRequest */
function createFilter(query: Query): (conversation: Conversation) => boolean {
  const hasStatus = STATUSES[oneOf(query, 'status', Object.keys(STATUSES)) ?? 'all'] ?? (() => false);
  return (conversation) => {
    const customer = customerResource(conversation.customer);
    return (
      hasStatus(conversation) &&
      [undefined, conversation.channelId].includes(query['channel-id'] as string | undefined) &&
      [undefined, customer['customerId']].includes(query['userId'] as string | undefined) &&
      Object.entries(query).every(([name, value]) => !name.startsWith('customer.') || customer[name.slice('customer.'.length)] === value)
    );
  };
}
