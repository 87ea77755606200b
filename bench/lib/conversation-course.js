// The usual course of a conversation, as webhooks report it, step by step.
import { messageEvent } from './message-event.js';

const event = (id, conversationId, type, data) => ({
  id,
  conversationId,
  occurredAt: new Date(),
  receivedAt: new Date(),
  source: 'WEBHOOK',
  type,
  data,
});

const customer = (id) => ({
  name: `Customer of ${id}`,
  customerId: `customer-of-${id}`,
  email: 'customer@example.com',
  phone: null,
  company: null,
  caseId: null,
  language: 'en',
  timezoneOffsetMinutes: 60,
  ipAddress: null,
  properties: [{ key: 'plan', value: 'basic' }],
});

const AGENT = { agentId: 'agent-1', name: 'Ada' };

const updated = (upstreamState) => (id, conversationId) =>
  event(id, conversationId, 'CONVERSATION_UPDATED', {
    upstreamState,
    assignment: null,
    customer: customer(conversationId),
    channelType: null,
  });

function customerMessage(id, conversationId) {
  const message = messageEvent(id, conversationId);
  const author = { participantId: 'user', type: 'CUSTOMER', name: null, language: 'en', removed: null };
  return { ...message, data: { ...message.data, message: { ...message.data.message, author } } };
}

const queued = (id, conversationId) => event(id, conversationId, 'INTERACTION_QUEUED', { queue: { queueId: 'queue-1', name: 'Support' } });
const joined = (id, conversationId) => event(id, conversationId, 'AGENT_JOINED', { agent: AGENT });
const left = (id, conversationId) => event(id, conversationId, 'AGENT_LEFT', { agent: AGENT });
const ended = (id, conversationId) => ({
  ...event(id, conversationId, 'INTERACTION_ENDED', { reason: 'AGENT_LEFT', interactionId: null }),
  source: 'GATEWAY',
});

const INTERACTION = [
  ['INTERACTION_QUEUED', queued],
  ['MESSAGE_ADDED', customerMessage],
  ['AGENT_JOINED', joined],
  ['MESSAGE_ADDED', messageEvent],
  ['MESSAGE_ADDED', customerMessage],
  ['MESSAGE_ADDED', messageEvent],
  ['AGENT_LEFT', left],
  ['INTERACTION_ENDED', ended],
];

/** Two interactions. Each step: its type, and `(id, conversationId) => event`. */
export const COURSE = [
  ['CONVERSATION_UPDATED (first)', updated('created')],
  ['CONVERSATION_UPDATED', updated('active')],
  ...INTERACTION,
  ['CONVERSATION_UPDATED', updated('active')],
  ...INTERACTION,
];
