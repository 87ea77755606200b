import { CUSTOMER_FIELDS } from '../centre/records.js';
import type {
  Card,
  Conversation,
  ConversationChange,
  Customer,
  NewApiMessage,
  NewConversation,
  WholeConversation,
} from '../centre/records.js';
import type { Directory } from '../centre/directory.js';
import { readObject } from '../http/fields.js';
import type { Fields } from '../http/fields.js';

/** Limits of the contract. */
const MAX_HISTORY = 200;
const MAX_PROPERTIES = 30;
/** The customer languages of the contract. */
export const LANGUAGES = 'en ru de ja es fr pt it pl hr nl ar da ko no sv vi cy th zh-CN zh-TW'.split(' ');
/** The contract names no limits. */
const MAX_CARDS = 20;
const MAX_ATTACHMENTS = 20;

const CARD_TYPES = [
  'application/vnd.microsoft.card.adaptive',
  'application/8x8.quick.replies',
  'Interactive',
  'Location',
  'Template',
  'Suggestions',
  'Buttons',
  'Carousel',
] as const;

const CUSTOMER_TEXTS = CUSTOMER_FIELDS.filter((name) => name !== 'timezoneOffset');

/** @throws InvalidRequest, as do the others */
export function readNewConversation(body: unknown, directory: Directory): NewConversation {
  return readObject(body, (fields) => {
    const channelId = fields.requiredString('channelId');
    if (channelId !== '' && !directory.channels.has(channelId))
      fields.reportError('channelId', 'unknown_value', 'is not a channel of this customer');
    if (!fields.has('user')) fields.reportError('user', 'missing', 'is required');
    return {
      channelId,
      customer: fields.object('user', readCustomer) ?? EMPTY_CUSTOMER,
      assignment: fields.object('assignment', (assignment) => readAssignment(assignment, directory)) ?? null,
      history: fields.object('history', readHistory) ?? [],
    };
  });
}

/** A change of a conversation: of its customer, of its assignment, or of both. */
export function readConversationChange(body: unknown, directory: Directory): ConversationChange {
  return readObject(body, (fields) => {
    const user = fields.object('user', (fields) => ({ ...readCustomer(fields), hasProperties: fields.has('additionalProperties') }));
    const assignment = fields.object('assignment', (fields) => readAssignment(fields, directory)) ?? null;
    if (!fields.has('user') && !fields.has('assignment')) fields.reportError('user', 'missing', 'or assignment is required');
    return {
      fields: user?.fields ?? null,
      metadata: user?.metadata ?? null,
      additionalProperties: user?.hasProperties === true ? user.additionalProperties : null,
      assignment,
    };
  });
}

/** A replacement: a user replaces the whole customer. The channel cannot change. */
export function readWholeConversation(body: unknown, directory: Directory, { channelId }: Conversation): WholeConversation {
  return readObject(body, (fields) => {
    fields.oneOf('channelId', [channelId]);
    return {
      customer: fields.object('user', readCustomer) ?? null,
      assignment: fields.object('assignment', (fields) => readAssignment(fields, directory)) ?? null,
    };
  });
}

const EMPTY_CUSTOMER: Customer = { fields: {}, metadata: {}, additionalProperties: [] };

export function readNewMessage(body: unknown, files: Conversation['files']): NewApiMessage {
  return readObject(body, (fields) => readMessage(fields, files));
}

/** The only supported change of a participant: removing the customer. */
export function readLeaving(body: unknown): void {
  readObject(body, (fields) => {
    const removed = fields.boolean('removed');
    // Sent by public bots; not shown here.
    fields.string('displayMessage');
    if (!fields.has('removed')) fields.reportError('removed', 'missing', 'is required');
    else if (removed === false) fields.reportError('removed', 'unknown_value', 'can only be set to true');
  });
}

/** Unknown fields are kept unchanged. */
function readCustomer(fields: Fields): Customer {
  const known: [string, string][] = [];
  for (const name of CUSTOMER_TEXTS) {
    const value = fields.string(name);
    if (value !== undefined) known.push([name, value]);
    if (name === 'email' && value !== undefined && !/^[^@\s]+@[^@\s]+$/.test(value)) {
      fields.reportError(name, 'unknown_value', 'must be an e-mail address');
    }
    if (name === 'language' && value !== undefined && !LANGUAGES.includes(value)) {
      fields.reportError(name, 'unknown_value', `must be one of ${LANGUAGES.join(', ')}`);
    }
  }
  const additionalProperties = fields.objects('additionalProperties', MAX_PROPERTIES, (property) => {
    if (!property.has('value')) property.reportError('value', 'missing', 'is required');
    const id = property.string('id');
    return { ...(id === undefined ? {} : { id }), key: property.requiredString('key'), value: property.string('value') ?? '' };
  });
  return { fields: Object.fromEntries(known), metadata: fields.others(), additionalProperties };
}

function readAssignment(fields: Fields, directory: Directory): NewConversation['assignment'] {
  const type = fields.oneOf('type', ['queue', 'script']);
  const id = fields.requiredString('id');
  if (type === 'queue' && id !== '' && !directory.queues.has(id))
    fields.reportError('id', 'unknown_value', 'is not a queue of this tenant');
  return { type, id };
}

/** A conversation has none before its creation. */
const NO_FILES: Conversation['files'] = new Map();

function readHistory(fields: Fields): readonly NewApiMessage[] {
  if (!fields.has('messages')) fields.reportError('messages', 'missing', 'is required');
  return fields.objects('messages', MAX_HISTORY, (message) => readMessage(message, NO_FILES));
}

function readMessage(fields: Fields, files: Conversation['files']): NewApiMessage {
  const authorType = fields.oneOf('authorType', ['user', 'bot'], { required: true });
  const text = fields.string('text') ?? '';
  const cards = fields.objects('cards', MAX_CARDS, readCard);
  const references = fields.objects('attachments', MAX_ATTACHMENTS, (reference) => {
    const id = reference.requiredString('id');
    const file = files.get(id);
    if (id !== '' && file === undefined) reference.reportError('id', 'unknown_value', 'is not an attachment of this conversation');
    return { file };
  });
  const externalProvider = fields.object('externalProvider', (provider) => ({
    name: provider.oneOf('name', ['X'], { required: true }),
    externalMessageId: provider.requiredString('externalMessageId'),
  }));
  if (externalProvider !== undefined && text !== '')
    fields.reportError('externalProvider', 'unknown_value', 'cannot be combined with text');
  if (text === '' && cards.length === 0 && references.length === 0 && externalProvider === undefined) {
    fields.reportError('text', 'missing', 'is required if there are no cards or attachments');
  }
  return {
    authorType,
    text,
    cards,
    attachments: references.flatMap(({ file }) => file?.attachment ?? []),
    ...(externalProvider === undefined ? {} : { externalProvider }),
  };
}

function readCard(fields: Fields): Pick<Card, 'contentType' | 'content'> {
  if (!fields.has('content')) fields.reportError('content', 'missing', 'is required');
  return { contentType: fields.oneOf('contentType', CARD_TYPES), content: fields.anyObject('content') ?? {} };
}
