import { CUSTOMER_FIELDS } from '../centre/records.js';
import type { Channel, Customer, NewApiMessage, NewConversation, Webhook } from '../centre/records.js';
import type { Directory } from '../centre/directory.js';
import { LANGUAGES } from '../chat-gateway-v1/requests.js';
import { readObject } from '../http/fields.js';
import type { Fields } from '../http/fields.js';

/** Limits of the contract. */
const MAX_HISTORY = 200;
const MAX_CUSTOMER_KEYS = 30;
const MAX_NAME = 255;

/** The event format of webhooks made for the Chat API. */
export const CHAT_API_EVENTS = 'v2.0';

/** @throws InvalidRequest, as do the others */
export function readNewConversation(body: unknown, directory: Directory): NewConversation {
  return readObject(body, (fields) => {
    const channelId = fields.requiredString('channelId');
    if (channelId !== '' && !directory.channels.has(channelId))
      fields.reportError('channelId', 'unknown_value', 'is not a channel of this tenant');
    return {
      channelId,
      customer: readCustomer(fields),
      assignment: null,
      history: fields.object('history', (history) => history.objects('messages', MAX_HISTORY, readHistoryMessage)) ?? [],
    };
  });
}

export function readNewMessage(body: unknown): NewApiMessage {
  return readObject(body, (fields) => textMessage(fields, 'authorType'));
}

/** The author's field has another name than in a new message. */
function readHistoryMessage(fields: Fields): NewApiMessage {
  return textMessage(fields, 'type');
}

function textMessage(fields: Fields, author: string): NewApiMessage {
  return { authorType: fields.oneOf(author, ['user', 'bot']), text: fields.requiredString('text'), attachments: [], cards: [] };
}

/** Standard and additional keys; all values are strings. */
function readCustomer(fields: Fields): Customer {
  const given = Object.entries(fields.anyObject('customer') ?? {});
  const reportKey = (key: string, message: string): void => fields.reportError('customer', 'unknown_value', `has ${key}, which ${message}`);
  if (given.length > MAX_CUSTOMER_KEYS) fields.reportError('customer', 'too_many', `must have at most ${MAX_CUSTOMER_KEYS} keys`);
  const known: [string, string][] = [];
  const additionalProperties: { key: string; value: string }[] = [];
  for (const [key, value] of given) {
    if (typeof value !== 'string') {
      reportKey(key, 'is not a string');
      continue;
    }
    if (key === 'email' && !/^[^@\s]+@[^@\s]+$/.test(value)) reportKey(key, 'is not an e-mail address');
    if (key === 'language' && !LANGUAGES.includes(value)) reportKey(key, `is not one of ${LANGUAGES.join(', ')}`);
    if (key === 'customerId') known.push(['userId', value]);
    else if (key !== 'userId' && (CUSTOMER_FIELDS as readonly string[]).includes(key)) known.push([key, value]);
    else additionalProperties.push({ key, value });
  }
  return { fields: Object.fromEntries(known), additionalProperties };
}

/** A complete channel: every field is required. */
export function readChannel(body: unknown, directory: Directory): Pick<Channel, 'name' | 'queueId' | 'webhookId'> {
  return readObject(body, (fields) => {
    const webhookId = fields.requiredString('webHookId');
    if (webhookId !== '' && !directory.webhooks.has(webhookId))
      fields.reportError('webHookId', 'unknown_value', 'is not a web hook of this tenant');
    if (!fields.has('routingOptions')) fields.reportError('routingOptions', 'missing', 'is required');
    const queueId = fields.object('routingOptions', (routing) => {
      routing.oneOf('type', ['queue'], { required: true });
      const id = routing.requiredString('id');
      if (id !== '' && !directory.queues.has(id)) routing.reportError('id', 'unknown_value', 'is not a queue of this tenant');
      return id;
    });
    return { name: readName(fields), webhookId, queueId: queueId ?? '' };
  });
}

/** The contract requires one name for the version and defines another: clients send both, with the same value. */
export function readWebhook(body: unknown): Omit<Webhook, 'id'> {
  return readObject(body, (fields) => {
    const version = fields.oneOf('notificationVersion', [CHAT_API_EVENTS], { required: true });
    fields.oneOf('version', [CHAT_API_EVENTS]);
    return { name: readName(fields), uri: readUri(fields), version };
  });
}

export function readAddressToVerify(body: unknown): { readonly uri: string; readonly version: string } {
  return readObject(body, (fields) => ({
    uri: readUri(fields),
    version: fields.oneOf('version', [CHAT_API_EVENTS], { required: true }),
  }));
}

function readName(fields: Fields): string {
  const name = fields.requiredString('name');
  if (name.length > MAX_NAME) fields.reportError('name', 'out_of_range', `must have at most ${MAX_NAME} characters`);
  return name;
}

function readUri(fields: Fields): string {
  const uri = fields.requiredString('uri');
  if (uri !== '' && !(URL.canParse(uri) && /^https?:$/.test(new URL(uri).protocol)))
    fields.reportError('uri', 'unknown_value', 'must be an absolute http or https address');
  return uri;
}
