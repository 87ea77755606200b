import type { Assignment } from '../../domain/conversation.js';
import type { Customer } from '../../domain/customer.js';
import { BadUserInputError } from '../../domain/errors.js';
import type { NewConversation, OutgoingMessage, Sender } from '../chat-api.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** What the contract calls those as whom we write. */
export const AUTHOR_TYPES: Readonly<Record<Sender, string>> = { CUSTOMER: 'user', BOT: 'bot' };

/** Body of a message to send. What is null or empty is left out. */
export function messageBody({ sender, text, attachmentIds, cards }: OutgoingMessage): JsonObject {
  return told({
    authorType: AUTHOR_TYPES[sender],
    text,
    attachments: attachmentIds.map((id) => ({ id })),
    cards: cards.map(({ contentType, content }) => ({ contentType, content })),
  });
}

/** Body of a conversation to create. Throws `BadUserInputError` where it is assigned to what the contract does not take at creation. */
export function conversationBody({ channelId, customer, assignment, history }: NewConversation): JsonObject {
  return told({
    channelId,
    user: userBody(customer),
    assignment: assignment === null ? null : assignmentBody(assignment),
    history: history.length === 0 ? null : { messages: history.map(messageBody) },
  });
}

function userBody(customer: Partial<Customer>): JsonObject {
  const { name, customerId, email, phone, company, caseId, language, properties = [] } = customer;
  const additionalProperties = properties.flatMap(({ key, value }) => (value === null ? [] : [{ key, value }]));
  return told({ name, userId: customerId, email, phone, company, caseId, language, additionalProperties });
}

function assignmentBody({ type, targetId }: Assignment): JsonObject {
  if (type === 'QUEUE') return { type: 'queue', id: targetId };
  if (type === 'SCRIPT') return { type: 'script', id: targetId };
  throw new BadUserInputError('A conversation can be assigned to a queue or to a script only.');
}

function told(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}
