import type { Capability } from '../../domain/capability.js';
import type { Window } from '../../domain/window.js';
import type { ChatApi, NewConversation, OutgoingMessage, ReadOptions } from '../chat-api.js';
import { UpstreamClient } from '../upstream-client.js';
import type { UpstreamClientOptions } from '../upstream-client.js';
import { channel, channels } from './channels.js';
import { conversation, conversations, createConversation } from './conversations.js';
import { interactions } from './interactions.js';
import { message, messages, sendMessage } from './messages.js';
import { customerLeaves, participants } from './participants.js';
import { signingKey } from './signing-keys.js';

export interface ChatGatewayV1Options extends Omit<UpstreamClientOptions, 'headers' | 'credentials'> {
  /** Sent as `x-api-key`. */
  readonly apiKey: string;
  /** Sent as `X-8x8-Tenant`, which customers with several tenants must send; null: not sent. */
  readonly tenant: string | null;
}

/** The contact centre's Chat Gateway API, version 1: JSON over HTTP, answers in HAL. */
export class ChatGatewayV1 implements ChatApi {
  readonly kind = 'CHAT_GATEWAY_V1';
  // It can do more: each capability comes with its operations.
  readonly capabilities: ReadonlySet<Capability> = new Set<Capability>(['MESSAGE_LOOKUP', 'ASSIGNMENT']);
  readonly #client: UpstreamClient;

  constructor({ apiKey, tenant, ...options }: ChatGatewayV1Options) {
    const headers: Record<string, string> = tenant === null ? {} : { 'x-8x8-tenant': tenant };
    this.#client = new UpstreamClient({ ...options, headers, credentials: { 'x-api-key': apiKey } });
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

  close(): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }
}
