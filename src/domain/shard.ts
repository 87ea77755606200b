import { createHash } from 'node:crypto';

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

/** The same from the first characters of SHA-256 over `c` and the id in base64url, by which a log may know conversations (`scopeHash`). */
export const shardOfHash = (hash: string, count: number): number => Buffer.from(hash.slice(0, 6), 'base64url').readUInt32BE() % count;

let lastId: string | null = null;
let lastHash = 0;

/** An event is examined by all its subscribers one after another: the hash is computed for the first of them. */
function hashOf(id: string): number {
  if (id !== lastId) {
    lastHash = createHash('sha256').update(`c${id}`).digest().readUInt32BE();
    lastId = id;
  }
  return lastHash;
}
