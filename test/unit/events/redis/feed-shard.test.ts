import { isInShard } from '../../../../src/domain/shard.js';
import { scopeHash } from '../../../../src/events/port/cursor.js';
import { isHashInShard } from '../../../../src/events/redis/feed-shard.js';

it('finds the shard of a conversation by its hash as by its id', () => {
  for (const conversationId of [...Array.from({ length: 200 }, (_, index) => `c${index}`), 'ü😀', '', null]) {
    const hash = scopeHash(conversationId === null ? 'all' : { conversationId });
    for (const shard of [1, 2, 3, 16, 1_024].flatMap((count) => [0, count - 1].map((index) => ({ index, count })))) {
      expect(isHashInShard(hash, shard)).toBe(isInShard(conversationId, shard));
    }
  }
});
