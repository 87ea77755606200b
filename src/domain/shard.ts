import { hash } from 'node:crypto';

/** One of `count` shards, which share all conversations between them. */
export interface Shard {
  /** From 0 to `count - 1`. */
  readonly index: number;
  /** 1 to `MAX_SHARDS`. */
  readonly count: number;
}

/** The most shards that the events of all conversations can be divided into. */
export const MAX_SHARDS = 1_024;

/**
 * The shard of a conversation, from 0 to `count - 1`; 0 for events of no conversation. The same at any time, in any process and on any event log. It is a hash of the id modulo
 * `count`, so that shard `i` of `n` holds exactly the shards `j` of `m × n` with `j mod n = i`: a cursor of a shard is valid for each shard within it.
 */
export function shardOf(conversationId: string | null, count: number): number {
  return conversationId === null ? 0 : hashOf(conversationId) % count;
}

/** Whether a conversation is in a shard. */
export const isInShard = (conversationId: string | null, { index, count }: Shard): boolean => shardOf(conversationId, count) === index;

/** A conversation's hash, whose remainder by `count` is its shard: the first 32 bits of SHA-256 over `c` and the id. */
export const hashOf = (conversationId: string): number => parseInt(hash('sha256', `c${conversationId}`).slice(0, 8), 16);

/** The shard of a conversation by the first characters of the same hash in base64url, by which a log may know conversations (`scopeHash`). */
export const shardOfHash = (hashed: string, count: number): number => Buffer.from(hashed.slice(0, 6), 'base64url').readUInt32BE() % count;
