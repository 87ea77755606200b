import { LRUCache } from 'lru-cache';
import { entryLimit } from '../../domain/entry-limit.js';
import type { MessageIdentity } from '../../domain/message-identity.js';

/** How many identities are cached, over all conversations; each takes about 150 bytes. */
const MAX_IDENTITIES = 200_000;
/** For how many conversations it is cached that every message was listed. */
const MAX_CONVERSATIONS = 50_000;
/** An identity never changes, but its conversation may be erased, perhaps by another gateway: 10 min. */
const TTL_MS = 600_000;

interface FullyListed {
  readonly asOf: string;
  readonly knownFrom: number;
}

/** Caches message identities, which never change once the log has assigned them. */
export class MessageIdentityCache {
  readonly #identities = new LRUCache<string, Map<string, MessageIdentity>>({
    maxSize: MAX_IDENTITIES,
    sizeCalculation: (identities) => identities.size + 1,
    ttl: TTL_MS,
  });
  readonly #fullyListed = new LRUCache<string, FullyListed>({ ...entryLimit(MAX_CONVERSATIONS), ttl: TTL_MS });

  /** The identities of listed messages, in order; null unless all of them are cached. */
  findAll(conversationId: string, listedIds: readonly string[]): readonly MessageIdentity[] | null {
    const known = this.#identities.get(conversationId);
    if (known === undefined) return null;
    const identities: MessageIdentity[] = [];
    for (const listedId of listedIds) {
      const identity = known.get(listedId);
      if (identity === undefined) return null;
      identities.push(identity);
    }
    return identities;
  }

  /** Caches identities that the log assigned to listed messages. */
  remember(conversationId: string, listedIds: readonly string[], identities: readonly MessageIdentity[]): void {
    const known = new Map(this.#identities.get(conversationId));
    for (const [index, listedId] of listedIds.entries()) {
      const identity = identities[index];
      if (identity !== undefined) known.set(listedId, identity);
    }
    this.#identities.set(conversationId, known);
  }

  /** The conversation's `knownFrom`, if every message from events before this cursor is known to have been listed; else null. */
  findFullyListed(conversationId: string, asOf: string): number | null {
    const found = this.#fullyListed.get(conversationId);
    return found?.asOf === asOf ? found.knownFrom : null;
  }

  /**
   * Caches that no message before this cursor waits to be listed, which holds until an append moves the cursor. `knownFrom` may change by a
   * listing, but only to the time of a recent message.
   */
  markFullyListed(conversationId: string, asOf: string, knownFrom: number): void {
    this.#fullyListed.set(conversationId, { asOf, knownFrom });
  }

  forget(conversationId: string): void {
    this.#identities.delete(conversationId);
    this.#fullyListed.delete(conversationId);
  }
}
