import { LRUCache } from 'lru-cache';
import type { MessageIdentity } from '../../domain/message-identity.js';

/** How many names are remembered, over all conversations; each takes some 150 bytes. */
const MAX_NAMES = 200_000;
/** Of how many conversations it is remembered that every message was listed. */
const MAX_CONVERSATIONS = 50_000;
/** A name is for good, unless its conversation is erased, by another gateway perhaps: 10 min. */
const NAMES_TTL_MS = 600_000;

/** What the log has told of names and cannot tell differently later, so that it need not be asked again. */
export class MessageIdentityCache {
  readonly #names = new LRUCache<string, Map<string, MessageIdentity>>({
    maxSize: MAX_NAMES,
    sizeCalculation: (names) => names.size + 1,
    ttl: NAMES_TTL_MS,
  });
  /** By size, each counting one: for a `max`, lru-cache takes the memory of all at once. */
  readonly #allListed = new LRUCache<string, string>({ maxSize: MAX_CONVERSATIONS, sizeCalculation: () => 1 });

  /** The names of listed messages, in their order; null unless all of them are known. */
  of(conversationId: string, listedIds: readonly string[]): readonly MessageIdentity[] | null {
    const known = this.#names.get(conversationId);
    if (known === undefined) return null;
    const names: MessageIdentity[] = [];
    for (const listedId of listedIds) {
      const name = known.get(listedId);
      if (name === undefined) return null;
      names.push(name);
    }
    return names;
  }

  /** Notes names that the log gave to listed messages. */
  remember(conversationId: string, listedIds: readonly string[], names: readonly MessageIdentity[]): void {
    const known = new Map(this.#names.get(conversationId));
    for (const [index, listedId] of listedIds.entries()) {
      const name = names[index];
      if (name !== undefined) known.set(listedId, name);
    }
    this.#names.set(conversationId, known);
  }

  /** Whether every message that events told before this cursor is known to have been listed. */
  isAllListed(conversationId: string, asOf: string): boolean {
    return this.#allListed.get(conversationId) === asOf;
  }

  /** Notes that no message told before this cursor waits for its listing: so it is until something is appended, which moves the cursor. */
  markFullyListed(conversationId: string, asOf: string): void {
    this.#allListed.set(conversationId, asOf);
  }

  forget(conversationId: string): void {
    this.#names.delete(conversationId);
    this.#allListed.delete(conversationId);
  }
}
