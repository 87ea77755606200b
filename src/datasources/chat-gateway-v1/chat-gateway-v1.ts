import type { Capability } from '../../domain/capability.js';
import type { Window } from '../../domain/window.js';
import { UnsupportedByUpstreamError } from '../../domain/errors.js';
import type { ChatApi, NewAttachment, NewConversation, OutgoingMessage, ReadOptions, ReturnToBot, Sender } from '../chat-api.js';
import { UpstreamClient } from '../upstream-client.js';
import type { UpstreamClientOptions } from '../upstream-client.js';
import { UpstreamStreams } from '../upstream-streams.js';
import { attachment, attachmentContent, attachments, uploadAttachment } from './attachments.js';
import { cardAction } from './cards.js';
import { channel, channels } from './channels.js';
import { conversation, conversations, createConversation } from './conversations.js';
import { interactions } from './interactions.js';
import { message, messages, sendMessage } from './messages.js';
import { markRead, scheduleReturnToBot, sendThinking, sendTyping } from './indications.js';
import { customerLeaves, participants } from './participants.js';
import { signingKey } from './signing-keys.js';

export interface ChatGatewayV1Options extends Omit<UpstreamClientOptions, 'headers' | 'credentials'> {
  /** Sent as `x-api-key`. */
  readonly apiKey: string;
  /** Sent as `X-8x8-Tenant`, which customers with several tenants must send; null: not sent. */
  readonly tenant: string | null;
  /** See `UpstreamStreamsOptions`. */
  readonly idleTimeoutMs?: number;
}

/** The contact centre's Chat Gateway API, version 1: JSON over HTTP, answers in HAL. */
export class ChatGatewayV1 implements ChatApi {
  readonly kind = 'CHAT_GATEWAY_V1';
  // It can do more: each capability comes with its operations.
  readonly capabilities: ReadonlySet<Capability> = new Set<Capability>([
    'MESSAGE_LOOKUP',
    'ASSIGNMENT',
    'ATTACHMENTS',
    'CARDS',
    'TYPING',
    'THINKING',
    'READ_RECEIPTS',
    'RETURN_TO_BOT',
  ]);
  readonly #client: UpstreamClient;
  readonly #streams: UpstreamStreams;
  readonly #tenant: string | null;

  constructor({ apiKey, tenant, ...options }: ChatGatewayV1Options) {
    const headers: Record<string, string> = tenant === null ? {} : { 'x-8x8-tenant': tenant };
    const credentials = { 'x-api-key': apiKey };
    this.#client = new UpstreamClient({ ...options, headers, credentials });
    this.#streams = new UpstreamStreams({ ...options, headers: { ...headers, ...credentials } });
    this.#tenant = tenant;
  }

  conversation(conversationId: string, read: ReadOptions) {
    return conversation(this.#client, conversationId, read);
  }

  conversations(window: Window, read: ReadOptions) {
    return conversations(this.#client, window, read);
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

  channel(channelId: string, read: ReadOptions) {
    return channel(this.#client, channelId, read);
  }

  channels(window: Window, read: ReadOptions) {
    return channels(this.#client, window, read);
  }

  signingKey(kid: string) {
    return signingKey(this.#client, kid);
  }

  createConversation(created: NewConversation) {
    return createConversation(this.#client, created);
  }

  sendMessage(conversationId: string, outgoing: OutgoingMessage) {
    return sendMessage(this.#client, conversationId, outgoing);
  }

  customerLeaves(conversationId: string) {
    return customerLeaves(this.#client, conversationId);
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
    this.#client.close();
    this.#streams.close();
    return Promise.resolve();
  }
}
