import { LRUCache } from 'lru-cache';
import type { ConversationRecord } from '../domain/conversation.js';
import { entryLimit } from '../domain/entry-limit.js';
import type { KnownChannels } from './known-channels.js';

/** How many conversations are remembered: some 2 MB. */
const MAX_KNOWN = 10_000;

/**
 * Conversations that this gateway has lately read of, with their channels: what events are filtered by, since a conversation's channel never changes, and hints for what can be
 * read together with a conversation's record.
 */
export class KnownConversations {
  readonly #channelIds = new LRUCache<string, { readonly channelId: string | null }>(entryLimit(MAX_KNOWN));

  /** @param channels learns of the channels of conversations */
  constructor(private readonly channels: Pick<KnownChannels, 'remember'>) {}

  has(conversationId: string): boolean {
    return this.#channelIds.has(conversationId);
  }

  /** Null if it has none, or if the conversation is not known. */
  channelId(conversationId: string): string | null {
    return this.#channelIds.get(conversationId)?.channelId ?? null;
  }

  remember({ conversationId, channelId }: Pick<ConversationRecord, 'conversationId' | 'channelId'>): void {
    if (this.#channelIds.get(conversationId)?.channelId === channelId) return;
    this.#channelIds.set(conversationId, { channelId });
    if (channelId !== null) this.channels.remember(channelId);
  }

  /** Called once it is no longer found, or is erased. */
  forget(conversationId: string): void {
    this.#channelIds.delete(conversationId);
  }
}
