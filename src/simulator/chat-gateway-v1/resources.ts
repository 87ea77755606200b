import type { Channel, Conversation, Customer, Interaction, Message, Participant, StoredFile, Webhook } from '../centre/records.js';

export const conversationResource = (conversation: Conversation): object => ({
  id: conversation.id,
  channelId: conversation.channelId,
  state: conversation.state,
  assignment: conversation.assignment,
  user: userResource(conversation.customer),
});

export const userResource = ({ fields, metadata, additionalProperties }: Customer): object => ({
  ...metadata,
  ...fields,
  additionalProperties,
});

export const participantResource = ({ id, removed, type, language }: Participant): object => ({ id, removed, type, language });

/** Attachments are ids only; interaction and translation are not exposed. */
export const messageResource = (message: Message): object => ({
  id: message.id,
  ...messageContent(message),
  createdAt: new Date(message.createdAt).toISOString(),
  author: participantResource(message.author),
  attachments: message.attachments.map(({ id }) => ({ id })),
  cards: message.cards,
});

/** The text, or the provider that stores it. */
export const messageContent = ({ text, externalProvider }: Message): object =>
  externalProvider === null ? { text } : { externalProvider };

/** The contract requires `size` and `type` too, and defines neither: `size` means `sizeInBytes`, and the type is not exposed. */
export const attachmentResource = ({ attachment, size, createdAt }: StoredFile): object => ({
  id: attachment.id,
  filename: attachment.fileName,
  sizeInBytes: size,
  createdAt: new Date(createdAt).toISOString(),
});

/** The end is absent while the interaction is open. */
export const interactionResource = ({ id, startTime, endTime }: Interaction): object => ({
  id,
  startTime: new Date(startTime).toISOString(),
  ...(endTime === null ? {} : { endTime: new Date(endTime).toISOString() }),
});

export const channelResource = ({ id, name, type, queueId, webhookId }: Channel): object => ({
  id,
  name,
  type,
  webHookId: webhookId,
  routingOptions: { type: 'queue', id: queueId },
});

/** The contract lists one name for the version as required and defines the other: here are both. It always has an address. */
export const webhookResource = ({ id, name, uri, version }: Webhook): object => ({
  id,
  name,
  uri: uri ?? 'http://nowhere.invalid/',
  version,
  notificationVersion: version,
});
