import type { Assignment } from '../../domain/conversation.js';
import type { Customer, Property } from '../../domain/customer.js';
import { BadUserInputError } from '../../domain/errors.js';
import { asList, asRecord, asText } from '../../domain/parse-unknown.js';
import type { ChannelDraft, NewConversation, OutgoingMessage, Sender, WebhookDraft } from '../chat-api.js';
import { EVENT_VERSION } from './event-version.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** What the contract calls those as whom we write. */
export const AUTHOR_TYPES: Readonly<Record<Sender, string>> = { CUSTOMER: 'user', BOT: 'bot' };

/** Body of a message to send. What is null or empty is left out. */
export function messageBody({ sender, text, attachmentIds, cards }: OutgoingMessage): JsonObject {
  return withoutEmpty({
    authorType: AUTHOR_TYPES[sender],
    text,
    attachments: attachmentIds.map((id) => ({ id })),
    cards: cards.map(({ contentType, content }) => ({ contentType, content })),
  });
}

/** Body of a conversation to create. Throws `BadUserInputError` if its assignment is not allowed at creation by the contract. */
export function conversationBody({ channelId, customer, assignment, history }: NewConversation): JsonObject {
  return withoutEmpty({
    channelId,
    user: userBody(customer),
    assignment: assignment === null ? null : assignmentBody(assignment),
    history: history.length === 0 ? null : { messages: history.map(messageBody) },
  });
}

/**
 * Body of a change of a conversation. `user` is what the upstream says of the customer now; what is given is laid over it, and all else goes back as it came, fields
 * that are not known here included: so nothing is lost, whether the upstream takes a user for the whole of it or for a part. Throws `BadUserInputError` as
 * `conversationBody` does.
 */
export function changeBody(user: unknown, customer: Partial<Customer> | null, assignment: Assignment | null): JsonObject {
  const body: JsonObject = assignment === null ? {} : { assignment: assignmentBody(assignment) };
  if (customer === null) return body;
  const known = asRecord(user) ?? {};
  return { user: { ...withoutBlanks(known), ...userBody(customer), ...propertiesBody(known['additionalProperties'], customer) }, ...body };
}

/** The contract's texts have no empty ones: one that is empty is not sent back. */
function withoutBlanks(user: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(user).filter(([name, value]) => !(USER_TEXTS.has(name) && isEmpty(value))));
}

const USER_TEXTS: ReadonlySet<string> = new Set(['name', 'userId', 'email', 'phone', 'company', 'caseId', 'language']);

/** The properties given, which replace all that were there; one that stays keeps whatever else it has beside its value, such as an id. */
function propertiesBody(known: unknown, { properties }: Partial<Customer>): JsonObject {
  if (properties === undefined) return {};
  const before = new Map(asList(known).map((raw) => [asText(asRecord(raw)?.['key']), asRecord(raw)]));
  return { additionalProperties: propertyBodies(properties).map((property) => ({ ...before.get(property.key), ...property })) };
}

/** Body of a channel, which is always sent whole. Only channels of the Chat API can be made; others keep the type that they have. */
export function channelBody({ name, webhookId, queueId }: Partial<ChannelDraft>, type = 'ChatAPI', target: unknown = null): JsonObject {
  return withoutEmpty({
    name,
    type,
    webHookId: webhookId,
    routingOptions: queueId === undefined ? target : { type: 'queue', id: queueId },
  });
}

/** Body of a webhook, which is always sent whole. The contract requires one name for the version of events and defines another: both are sent. */
export function webhookBody({ name, url }: Partial<WebhookDraft>): JsonObject {
  return withoutEmpty({ name, uri: url, version: EVENT_VERSION, notificationVersion: EVENT_VERSION });
}

function userBody(customer: Partial<Customer>): JsonObject {
  const { name, customerId, email, phone, company, caseId, language, properties = [] } = customer;
  return withoutEmpty({
    name,
    userId: customerId,
    email,
    phone,
    company,
    caseId,
    language,
    additionalProperties: propertyBodies(properties),
  });
}

const propertyBodies = (properties: readonly Property[]) =>
  properties.flatMap(({ key, value }) => (value === null ? [] : [{ key, value }]));

function assignmentBody({ type, targetId }: Assignment): JsonObject {
  if (type === 'QUEUE') return { type: 'queue', id: targetId };
  if (type === 'SCRIPT') return { type: 'script', id: targetId };
  throw new BadUserInputError('A conversation can be assigned to a queue or to a script only.');
}

function withoutEmpty(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}
