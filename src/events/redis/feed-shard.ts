import { shardOfHash } from '../../domain/shard.js';
import type { Shard } from '../../domain/shard.js';
import { scopeHash } from '../port/cursor.js';

/** What feeds call events of no conversation by. */
const NO_CONVERSATION = scopeHash('all');

/** Whether an entry of a feed, which names its conversation by a hash, is in a shard: as `isInShard`, without the event itself. */
export const isHashInShard = (hash: string, { index, count }: Shard): boolean =>
  (hash === NO_CONVERSATION ? 0 : shardOfHash(hash, count)) === index;
