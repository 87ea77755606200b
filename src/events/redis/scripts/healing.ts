import { PartitionScript } from '../script.js';
import type { Position } from '../positions.js';
import type { AppendReply } from './appending.js';
import { READING, STORING } from './shared-lua.js';

export type HealingFactsReply = readonly [first: string | null, removed: Position, erasedAt: string | null];

/** The JSON of a conversation's first stored event, its low watermark, and when it was erased (epoch ms). ARGV: conversation. */
export const findHealingFactsScript = new PartitionScript<HealingFactsReply>(
  READING,
  ['e', 'r', 'z'],
  `
local entry = redis.call('XRANGE', key.e, '-', '+', 'COUNT', 1)[1]
return { entry and entry[2][8] or false, lowWatermark(ARGV[1]), redis.call('GET', key.z) }
`,
);

/**
 * Notes the id of an event as known, whose message an event of ours reports already: it refers to that event from now on. ARGV: conversation, id of the event, id of ours
 * (hashes), time (epoch ms), epoch, key of the identity; then the arguments of `writeIdentities`.
 */
export const recordLateOriginalScript = new PartitionScript<Exclude<AppendReply, readonly ['STORED', ...unknown[]]>>(
  STORING,
  ['p', 'kn', 'ky', 'e', 'i', 'y', 'n', 's', 'r'],
  `
local conversation, id, healed, now, name = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[6]
if redis.call('HGET', key.p, 'epoch') ~= ARGV[5] then return { 'OTHER' } end
local stored = redis.call('HGET', key.i, id)
local known = stored or redis.call('HGET', key.y, id)
if not known then
  if not writeIdentities(7) then return { 'CONFLICT' } end
  recordChange()
  known = redis.call('HGET', key.i, healed) or redis.call('HGET', key.y, healed) or lowWatermark(conversation)
  redis.call('HSET', key.y, id, known)
  redis.call('ZADD', key.ky, 'GT', now, conversation)
end
local entry = redis.call('XRANGE', key.e, known, known)[1]
if not entry then return { 'KNOWN', known, false, false, 'y' } end
return { 'KNOWN', known, entry[2][8], redis.call('HGET', key.n, 'n' .. name), stored and 'i' or 'y' }
`,
);
