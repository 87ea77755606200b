import { isInShard, MAX_SHARDS, shardOf } from '../../../src/domain/shard.js';

const ids = Array.from({ length: 6_000 }, (_, index) => `conversation-${index}`);

it.each([
  // Cursors are kept per shard by those who run bots: another hash would move conversations between them.
  ['c1', [2, 1, 5, 369]],
  ['Aka5NMHU8MtIG7lUQOxI0DTOvM4', [2, 0, 8, 336]],
  ['conversation-42', [1, 0, 4, 8]],
  ['ü😀', [0, 0, 0, 324]],
])('puts %s into the same shards in every release', (id, shards) => {
  expect([3, 4, 12, MAX_SHARDS].map((count) => shardOf(id, count))).toEqual(shards);
});

it('puts events of no conversation into shard 0', () => {
  for (const count of [1, 2, 7, MAX_SHARDS]) expect(shardOf(null, count)).toBe(0);
});

it.each([2, 3, 4, 7, 16, 60])('divides conversations evenly into %d shards', (count) => {
  const sizes = Array.from({ length: count }, () => 0);
  for (const id of ids) sizes[shardOf(id, count)] = (sizes[shardOf(id, count)] ?? 0) + 1;
  const mean = ids.length / count;
  // Six standard deviations.
  for (const size of sizes) expect(Math.abs(size - mean)).toBeLessThan(6 * Math.sqrt(mean));
});

it.each([
  [1, 4],
  [3, 12],
  [4, 12],
  [7, 700],
])('divides shards of %d further into shards of %d', (coarse, fine) => {
  for (const id of ids) expect(shardOf(id, fine) % coarse).toBe(shardOf(id, coarse));
});

it('has each conversation in exactly one shard', () => {
  for (const id of ['c1', 'c2', 'c1', '', 'c2']) {
    expect([0, 1, 2, 3, 4].filter((index) => isInShard(id, { index, count: 5 }))).toEqual([shardOf(id, 5)]);
  }
});
