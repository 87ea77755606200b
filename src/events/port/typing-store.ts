import { LRUCache } from 'lru-cache';
import type { Clock } from '../../domain/clock.js';
import type { ParticipantRecord } from '../../domain/conversation.js';
import { entryLimit } from '../../domain/entry-limit.js';
import type { ConversationEvent } from '../../domain/event.js';

/** How long a participant counts as typing without a further event: 30 s. */
export const TYPING_TTL_MS = 30_000;

/** Who is typing in a conversation. */
export interface TypingStore {
  in(conversationId: string): readonly ParticipantRecord[] | Promise<readonly ParticipantRecord[]>;
}

/** Current typing participants, in memory. Typing is not stored, so a restarted gateway knows nobody until the next event. */
export class InMemoryTypingStore implements TypingStore {
  readonly #typing = new LRUCache<string, { typing: readonly ParticipantRecord[]; until: number }>(entryLimit(10_000));

  constructor(private readonly clock: Clock) {}

  note({ conversationId, data }: ConversationEvent<'TYPING_CHANGED'>): void {
    if (conversationId === null) return;
    if (data.typing.length === 0) this.#typing.delete(conversationId);
    else this.#typing.set(conversationId, { typing: data.typing, until: this.clock() + TYPING_TTL_MS });
  }

  in(conversationId: string): readonly ParticipantRecord[] {
    const entry = this.#typing.get(conversationId);
    return entry !== undefined && entry.until > this.clock() ? entry.typing : [];
  }
}
