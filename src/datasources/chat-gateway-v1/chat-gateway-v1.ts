import type { Capability } from '../../domain/capability.js';
import { ALL_CONVERSATIONS } from '../../domain/conversation-filter.js';
import type { InteractionRecord } from '../../domain/conversation.js';
import { findMessageTimes } from '../../domain/interaction-metrics.js';
import type { Window } from '../../domain/window.js';
import type {
  ChannelDraft,
  ChatApi,
  ConversationChange,
  NewAttachment,
  NewConversation,
  OutgoingMessage,
  ReadOptions,
  ReturnToBot,
  Sender,
  WebhookDraft,
} from '../chat-api.js';
import { UnsupportedByUpstreamError } from '../../domain/errors.js';
import { fetchSigningKey } from '../shared/fetch-signing-key.js';
import type { Span } from '../../observability/tracing.js';
import type { UpstreamCalls } from '../upstream/upstream-call.js';
import type { StreamedCalls } from '../upstream/upstream-streams.js';
import { attachment, attachmentContent, attachments, uploadAttachment } from './attachments.js';
import { cardAction } from './cards.js';
import { channel, channels, createChannel, deleteChannel, updateChannel } from './channels.js';
import { chatGatewayConnection } from './client.js';
import type { ChatGatewayV1Connection, ChatGatewayV1Options } from './client.js';
import { conversation, conversations, createConversation, updateConversation } from './conversations.js';
import { interactions } from './interactions.js';
import { locateInteraction, message, messages, sendMessage } from './messages.js';
import { markRead, scheduleReturnToBot, sendThinking, sendTyping } from './indications.js';
import { leaveAsCustomer, participants } from './participants.js';
import { publicKeyPath } from './paths.js';
import { createWebhook, deleteWebhook, updateWebhook, verifyWebhook, webhook, webhooks } from './webhooks.js';

const CAPABILITIES: ReadonlySet<Capability> = new Set<Capability>([
  'MESSAGE_LOOKUP',
  'ASSIGNMENT',
  'UPDATE_CONVERSATION',
  'FILTER_BY_STATE',
  'ATTACHMENTS',
  'CARDS',
  'TYPING',
  'THINKING',
  'READ_RECEIPTS',
  'RETURN_TO_BOT',
  'MESSAGE_TIMES',
  'CUSTOMER_PRESENCE',
  'CHANNEL_TYPES',
  'HEALING',
]);

/** The contact centre's Chat Gateway API, version 1: JSON over HTTP, answers in HAL. */
export class ChatGatewayV1 implements ChatApi {
  readonly kind = 'CHAT_GATEWAY_V1';
  readonly echoesApiWrites = true;
  readonly capabilities = CAPABILITIES;
  readonly #options: ChatGatewayV1Options;
  readonly #connection: ChatGatewayV1Connection;
  readonly #client: UpstreamCalls;
  readonly #streams: StreamedCalls;
  readonly #tenant: string | null;

  /** `span`: what all calls are steps of; null if nothing is traced. */
  constructor(options: ChatGatewayV1Options, connection = chatGatewayConnection(options), span: Span | null = null) {
    const { client, streams } = connection;
    this.#options = options;
    this.#connection = connection;
    this.#client = span === null ? client : client.tracedBy(span);
    this.#streams = span === null ? streams : streams.tracedBy(span);
    this.#tenant = options.tenant;
  }

  tracedBy(span: Span): ChatApi {
    return new ChatGatewayV1(this.#options, this.#connection, span);
  }

  conversation(conversationId: string, read: ReadOptions) {
    return conversation(this.#client, conversationId, read);
  }

  conversations(window: Window, read: ReadOptions, selection = ALL_CONVERSATIONS) {
    return conversations(this.#client, window, read, selection);
  }

  participants(conversationId: string, read: ReadOptions) {
    return participants(this.#client, conversationId, read);
  }

  messages(conversationId: string, window: Window, read: ReadOptions) {
    return messages(this.#client, conversationId, window, read);
  }

  message(conversationId: string, messageId: string, read: ReadOptions) {
    return message(this.#client, conversationId, messageId, read);
  }

  interactions(conversationId: string, read: ReadOptions) {
    return interactions(this.#client, conversationId, read);
  }

  locateInteraction(conversationId: string, interaction: InteractionRecord, all: readonly InteractionRecord[], read: ReadOptions) {
    return locateInteraction(this.#client, conversationId, findMessageTimes(interaction, all), read);
  }

  /** No message names its interaction. */
  interactionMessages() {
    return Promise.resolve(null);
  }

  channel(channelId: string, read: ReadOptions) {
    return channel(this.#client, channelId, read);
  }

  channels(window: Window, read: ReadOptions) {
    return channels(this.#client, window, read);
  }

  webhook(webhookId: string, read: ReadOptions) {
    return webhook(this.#client, webhookId, read);
  }

  webhooks(window: Window, read: ReadOptions) {
    return webhooks(this.#client, window, read);
  }

  signingKey(kid: string) {
    return fetchSigningKey(this.#client, publicKeyPath(kid));
  }

  createConversation(created: NewConversation) {
    return createConversation(this.#client, created);
  }

  sendMessage(conversationId: string, outgoing: OutgoingMessage) {
    return sendMessage(this.#client, conversationId, outgoing);
  }

  leaveAsCustomer(conversationId: string) {
    return leaveAsCustomer(this.#client, conversationId);
  }

  updateConversation(conversationId: string, change: ConversationChange) {
    return updateConversation(this.#client, conversationId, change);
  }

  createChannel(draft: ChannelDraft) {
    return createChannel(this.#client, draft);
  }

  updateChannel(channelId: string, change: Partial<ChannelDraft>) {
    return updateChannel(this.#client, channelId, change);
  }

  deleteChannel(channelId: string) {
    return deleteChannel(this.#client, channelId);
  }

  createWebhook(draft: WebhookDraft) {
    return createWebhook(this.#client, draft);
  }

  updateWebhook(webhookId: string, change: Partial<WebhookDraft>) {
    return updateWebhook(this.#client, webhookId, change);
  }

  deleteWebhook(webhookId: string) {
    return deleteWebhook(this.#client, webhookId);
  }

  verifyWebhook(url: string) {
    return verifyWebhook(this.#client, url);
  }

  attachments(conversationId: string, read: ReadOptions) {
    return attachments(this.#client, conversationId, read);
  }

  attachment(conversationId: string, attachmentId: string, read: ReadOptions) {
    return attachment(this.#client, conversationId, attachmentId, read);
  }

  attachmentContent(conversationId: string, attachmentId: string) {
    return attachmentContent(this.#streams, conversationId, attachmentId);
  }

  uploadAttachment(conversationId: string, uploaded: NewAttachment) {
    return uploadAttachment(this.#streams, conversationId, uploaded);
  }

  sendTyping(conversationId: string, sender: Sender) {
    return sendTyping(this.#client, conversationId, sender);
  }

  sendThinking(conversationId: string, maxSeconds: number) {
    return sendThinking(this.#client, conversationId, maxSeconds);
  }

  markRead(conversationId: string, reader: Sender, readAt: Date) {
    return markRead(this.#client, conversationId, reader, readAt);
  }

  scheduleReturnToBot(conversationId: string, plan: ReturnToBot) {
    return scheduleReturnToBot(this.#client, conversationId, plan);
  }

  async submitCard(conversationId: string, cardId: string, name: string | null) {
    await cardAction(this.#client, this.#knownTenant(), conversationId, cardId, { action: 'action-submit', name });
  }

  async executeCard(conversationId: string, cardId: string, name: string | null) {
    await cardAction(this.#client, this.#knownTenant(), conversationId, cardId, { action: 'action-execute', name });
  }

  #knownTenant(): string {
    if (this.#tenant === null) throw new UnsupportedByUpstreamError('Cards can be used only where the tenant is known to the gateway.');
    return this.#tenant;
  }

  close(): Promise<void> {
    this.#connection.client.close();
    this.#connection.streams.close();
    return Promise.resolve();
  }
}
