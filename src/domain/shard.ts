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

let lastId = '';
let lastHash = hash('');

/** An event is examined by all its subscribers one after another: the hash is computed for the first of them. */
function hashOf(id: string): number {
  if (id !== lastId) {
    lastHash = hash(id);
    lastId = id;
  }
  return lastHash;
}

/** FNV-1a over UTF-16 code units, with the final mix of MurmurHash3, since the low bits of FNV-1a alone are not evenly distributed. 32 bits, unsigned. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
