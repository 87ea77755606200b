import type { Capability } from '../../domain/capability.js';
import { ALL_CONVERSATIONS } from '../../domain/conversation-filter.js';
import type { InteractionRecord } from '../../domain/conversation.js';
import { UnsupportedByUpstreamError } from '../../domain/errors.js';
import type { Window } from '../../domain/window.js';
import type { Span } from '../../observability/tracing.js';
import type { ChannelDraft, ChatApi, NewConversation, OutgoingMessage, ReadOptions, WebhookDraft } from '../chat-api.js';
import { channel, channels, createChannel, deleteChannel, updateChannel } from './channels.js';
import { chatApiV2Client } from './client.js';
import type { ChatApiV2Client, ChatApiV2Options } from './client.js';
import { conversation, conversations, createConversation, interactions } from './conversations.js';
import { interactionMessages, locateInteraction, message, messages, sendMessage } from './messages.js';
import { leaveAsCustomer, participants } from './participants.js';
import { Paths } from './paths.js';
import type { Upstream } from './paths.js';
import { fetchSigningKey } from '../shared/fetch-signing-key.js';
import { createWebhook, deleteWebhook, updateWebhook, verifyWebhook, webhook, webhooks } from './webhooks.js';

const CAPABILITIES: ReadonlySet<Capability> = new Set<Capability>([
  'MESSAGE_TRANSLATION',
  'FILTER_BY_STATE',
  'FILTER_BY_PROPERTY',
  'ORDER_BY_CREATION',
  'AGENT_NAMES',
]);

/** The contact centre's Chat API, version 2, which its vendor has retired: JSON over HTTP, with OAuth tokens. */
export class ChatApiV2 implements ChatApi {
  readonly kind = 'CHAT_API_V2';
  readonly echoesApiWrites = false;
  readonly capabilities = CAPABILITIES;
  readonly #options: ChatApiV2Options;
  readonly #connection: ChatApiV2Client;
  readonly #upstream: Upstream;

  /** `span`: what all calls are steps of; null if nothing is traced. */
  constructor(options: ChatApiV2Options, connection = chatApiV2Client(options), span: Span | null = null) {
    const { client } = connection;
    this.#options = options;
    this.#connection = connection;
    this.#upstream = { client: span === null ? client : client.tracedBy(span), paths: new Paths(options.region, options.tenant) };
  }

  tracedBy(span: Span): ChatApi {
    return new ChatApiV2(this.#options, this.#connection, span);
  }

  conversation(conversationId: string, read: ReadOptions) {
    return conversation(this.#upstream, conversationId, read);
  }

  conversations(window: Window, read: ReadOptions, selection = ALL_CONVERSATIONS) {
    return conversations(this.#upstream, window, read, selection);
  }

  participants(conversationId: string, read: ReadOptions) {
    return participants(this.#upstream, conversationId, read);
  }

  messages(conversationId: string, window: Window, read: ReadOptions) {
    return messages(this.#upstream, conversationId, window, read);
  }

  message(conversationId: string, listedId: string, read: ReadOptions) {
    return message(this.#upstream, conversationId, listedId, read);
  }

  interactions(conversationId: string, read: ReadOptions) {
    return interactions(this.#upstream, conversationId, read);
  }

  locateInteraction(
    conversationId: string,
    { interactionId, endedAt }: InteractionRecord,
    _all: readonly InteractionRecord[],
    read: ReadOptions,
  ) {
    return locateInteraction(this.#upstream, conversationId, { interactionId, isOpen: endedAt === null }, read);
  }

  interactionMessages(conversationId: string, { interactionId }: InteractionRecord, window: Window, read: ReadOptions) {
    return interactionMessages(this.#upstream, conversationId, interactionId, window, read);
  }

  channel(channelId: string, read: ReadOptions) {
    return channel(this.#upstream, channelId, read);
  }

  channels(window: Window, read: ReadOptions) {
    return channels(this.#upstream, window, read);
  }

  webhook(webhookId: string, read: ReadOptions) {
    return webhook(this.#upstream, webhookId, read);
  }

  webhooks(window: Window, read: ReadOptions) {
    return webhooks(this.#upstream, window, read);
  }

  signingKey(kid: string) {
    return fetchSigningKey(this.#upstream.client, this.#upstream.paths.publicKey(kid));
  }

  createConversation(created: NewConversation) {
    return createConversation(this.#upstream, created);
  }

  sendMessage(conversationId: string, outgoing: OutgoingMessage) {
    return sendMessage(this.#upstream, conversationId, outgoing);
  }

  leaveAsCustomer(conversationId: string) {
    return leaveAsCustomer(this.#upstream, conversationId);
  }

  createChannel(draft: ChannelDraft) {
    return createChannel(this.#upstream, draft);
  }

  updateChannel(channelId: string, change: Partial<ChannelDraft>) {
    return updateChannel(this.#upstream, channelId, change);
  }

  deleteChannel(channelId: string) {
    return deleteChannel(this.#upstream, channelId);
  }

  createWebhook(draft: WebhookDraft) {
    return createWebhook(this.#upstream, draft);
  }

  updateWebhook(webhookId: string, change: Partial<WebhookDraft>) {
    return updateWebhook(this.#upstream, webhookId, change);
  }

  deleteWebhook(webhookId: string) {
    return deleteWebhook(this.#upstream, webhookId);
  }

  verifyWebhook(url: string) {
    return verifyWebhook(this.#upstream, url);
  }

  /** No message has any. */
  attachments() {
    return Promise.resolve([]);
  }

  attachment() {
    return Promise.resolve(null);
  }

  attachmentContent() {
    return Promise.resolve(null);
  }

  uploadAttachment() {
    return unsupported('attachments');
  }

  sendTyping() {
    return unsupported('typing');
  }

  sendThinking() {
    return unsupported('thinking');
  }

  markRead() {
    return unsupported('read receipts');
  }

  scheduleReturnToBot() {
    return unsupported('a return to the bot');
  }

  submitCard() {
    return unsupported('cards');
  }

  executeCard() {
    return unsupported('cards');
  }

  updateConversation() {
    return unsupported('changes of a conversation');
  }

  close(): Promise<void> {
    this.#connection.closeAll();
    return Promise.resolve();
  }
}

function unsupported(what: string): Promise<never> {
  return Promise.reject(new UnsupportedByUpstreamError(`The contact centre's API has no ${what}.`));
}
