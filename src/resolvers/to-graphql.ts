import type { ChannelRecord, WebhookRecord } from '../domain/channel.js';
import type { InteractionRecord, ParticipantRecord } from '../domain/conversation.js';
import type { AttachmentRef, NamedMessage } from '../domain/message.js';
import { Agent } from '../schema/agent.js';
import { Attachment } from '../schema/attachment.js';
import { Channel } from '../schema/channel.js';
import { Conversation } from '../schema/conversation.js';
import { toGlobalId } from '../schema/global-id.js';
import { Interaction } from '../schema/interaction.js';
import { Message } from '../schema/message.js';
import { Participant } from '../schema/participant.js';
import { Webhook } from '../schema/webhook.js';

/** A conversation by its vendor id alone; its fields ask the upstream when they are selected. */
export const toConversation = (conversationId: string): Conversation =>
  Object.assign(new Conversation(), { id: toGlobalId('Conversation', conversationId), conversationId });

// Of these two there are many to a page: filled field by field, which costs less than copying.
export function toParticipant(conversationId: string, record: ParticipantRecord): Participant {
  const participant = new Participant();
  participant.conversationId = conversationId;
  participant.participantId = record.participantId;
  participant.type = record.type;
  participant.name = record.name;
  participant.language = record.language;
  participant.removed = record.removed;
  return participant;
}

export const toAgent = (agent: { agentId: string; name: string | null }): Agent =>
  Object.assign(new Agent(), { id: toGlobalId('Agent', agent.agentId), ...agent });

export const toInteraction = (conversationId: string, record: InteractionRecord): Interaction =>
  Object.assign(new Interaction(), { id: toGlobalId('Interaction', conversationId, record.interactionId), conversationId, ...record });

export const toChannel = (record: ChannelRecord): Channel =>
  Object.assign(new Channel(), {
    id: toGlobalId('Channel', record.channelId),
    channelId: record.channelId,
    name: record.name,
    type: record.type,
    rawType: record.rawType,
    queue: record.queueId === null ? null : { queueId: record.queueId, name: null },
    webhookId: record.webhookId,
  });

export const toWebhook = (record: WebhookRecord): Webhook =>
  Object.assign(new Webhook(), { id: toGlobalId('Webhook', record.webhookId), ...record });
/** An attachment by its id and by what its message says of it; its other fields are read from the upstream if selected. */
export const toAttachment = (conversationId: string, { attachmentId, ...declared }: AttachmentRef): Attachment =>
  Object.assign(new Attachment(), {
    id: toGlobalId('Attachment', conversationId, attachmentId),
    conversationId,
    attachmentId,
    declared,
    link: null,
  });

/** Most messages have no attachments. */
const NONE: readonly never[] = [];

export function toMessage(record: NamedMessage): Message {
  const { conversationId } = record;
  const message = new Message();
  message.conversationId = conversationId;
  message.key = record.identity.id;
  message.interactionId = record.interactionId;
  message.messageId = record.messageId;
  message.clientMessageId = record.identity.clientMessageId;
  message.author = toParticipant(conversationId, record.author);
  message.text = record.text;
  message.translatedText = record.translatedText;
  message.createdAt = record.createdAt;
  const { attachments } = record;
  message.attachments = attachments.length === 0 ? NONE : attachments.map((attachment) => toAttachment(conversationId, attachment));
  const { cards } = record;
  // `content` cannot be null: the message, and its event, would be without data.
  message.cards = cards.length === 0 ? NONE : cards.map((card) => (card.content === null ? { ...card, content: {} } : card));
  message.externalProvider = record.externalProvider ?? null;
  return message;
}
