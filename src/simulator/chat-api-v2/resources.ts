import type { Channel, Conversation, Customer, Interaction, Message, Participant, Webhook } from '../centre/records.js';

/** Without the state and the assignment, which this API does not expose. */
export const conversationResource = ({ id, channelId, customer, createdAt, interactions }: Conversation): object => ({
  id,
  channelId,
  customer: customerResource(customer),
  startTime: new Date(createdAt).toISOString(),
  interactions: interactions.map(interactionResource),
});

/** A flat object. Chat Gateway's `userId` is `customerId` here. */
export function customerResource({ fields, additionalProperties }: Customer): Readonly<Record<string, string>> {
  const { userId, ...others } = fields;
  return {
    ...others,
    ...(userId === undefined ? {} : { customerId: userId }),
    ...Object.fromEntries(additionalProperties.map(({ key, value }) => [key, value])),
  };
}

/** The end is absent while the interaction is open. */
const interactionResource = ({ id, startTime, endTime }: Interaction): object => ({
  id,
  startTime: new Date(startTime).toISOString(),
  ...(endTime === null ? {} : { endTime: new Date(endTime).toISOString() }),
});

export const participantResource = ({ id, type, language }: Participant): object => ({ id, type, language });

/** Without an id and a time; messages before the first interaction are part of it. */
export const messageResource = ({ interactionId, text, author }: Message, conversation: Conversation): object => ({
  interactionId: interactionId ?? conversation.interactions[0]?.id ?? '',
  originalText: text,
  translatedText: translated(text, author, conversation.customer.fields.language ?? 'en'),
  authorType: author.type,
  participantId: author.id,
});

/** Agents read and write English. A translated text is only marked with its language. */
function translated(text: string, { type }: Participant, customerLanguage: string): string {
  if (customerLanguage === 'en' || text === '') return text;
  return `${text} [${type === 'agent' ? customerLanguage : 'en'}]`;
}

export const channelResource = ({ id, name, queueId, webhookId }: Channel): object => ({
  id,
  name,
  webHookId: webhookId,
  routingOptions: { type: 'queue', id: queueId },
});

/** The address is required in this API. */
export const webhookResource = ({ id, name, uri, version }: Webhook): object => ({
  id,
  name,
  uri: uri ?? 'http://nowhere.invalid/',
  version,
});
