import { PartitionScript } from '../script.js';
import type { Position } from '../positions.js';
import { STORING } from './shared-lua.js';

export type AppendReply =
  | readonly ['STORED', position: Position, previous: Position, previousOfAll: Position, isSummaryDue: 0 | 1]
  | readonly ['KNOWN', position: Position, json: string | null, name: string | null, kind: 'i' | 'y']
  | readonly ['CONFLICT']
  | readonly ['OTHER'];

/** Keys of the scripts that append. */
const APPEND_KEYS = ['p', 'g', 'f', 'kn', 'kb', 'e', 'i', 'y', 'n', 's', 'r', 'z', 'b'] as const;

/** Lua: stores an event and returns an `AppendReply`. `offset`: Lua for the place of its arguments in ARGV; empty if they are the first. */
function append(offset: '' | 'at'): string {
  const index = (place: number) => (offset === '' ? String(place) : `${offset} + ${place}`);
  const argument = (place: number) => `ARGV[${index(place)}]`;
  return `
local conversation, id, type, received, json, nameKey, name = ${argument(1)}, ${argument(2)}, ${argument(3)}, ${argument(4)}, ${argument(5)}, ${argument(6)}, ${argument(7)}
local epoch, previousOfAll, by, published = unpack(redis.call('HMGET', key.p, 'epoch', 'last', 'by', 'published'))
if epoch ~= ${argument(12)} then return { 'OTHER' } end
local isStored = redis.call('HGET', key.i, id)
local known = isStored or redis.call('HGET', key.y, id)
if known then
  local entry = redis.call('XRANGE', key.e, known, known)[1]
  if not entry then return { 'KNOWN', known, false, false, 'y' } end
  local values = entry[2]
  return { 'KNOWN', known, values[8], values[4] ~= '' and redis.call('HGET', key.n, 'n' .. values[4]), isStored and 'i' or 'y' }
end
if ${argument(25)} and tonumber(redis.call('GET', key.z) or '-1') >= tonumber(${argument(25)}) then return { 'CONFLICT' } end
if nameKey ~= '' and not writeIdentities(${index(19)}) then return { 'CONFLICT' } end

-- Another process than that of the last event, another replication history, or a restored older copy: start a new term, unique in the
-- partition.
previousOfAll = previousOfAll or '0-0'
local info, time = redis.call('INFO', 'server', 'replication'), redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000000 + time[2])
local runs = info:match('run_id:(%x+)') .. ' ' .. info:match('master_replid:(%x+)')
local number, term = previousOfAll:match('^(%d+)-(%d+)$')
if by ~= runs or term == '0' or tonumber(number) < tonumber(${argument(13)}) then
  if term ~= '0' then redis.call('HSET', key.g, term, number) end
  local seed = runs .. epoch .. previousOfAll .. now
  repeat
    seed = redis.sha1hex(seed)
    term = tostring(tonumber(seed:sub(1, 7), 16))
  until term ~= '0' and redis.call('HEXISTS', key.g, term) == 0
  redis.call('HSET', key.g, term, '')
end

local position = string.format('%.0f', tonumber(number) + 1) .. '-' .. term
local previous = last(conversation)
local stored = ${argument(14)} ~= '' and ${argument(14)} or now
redis.call('XADD', key.e, position, 't', type, 'n', nameKey, 'r', received, 'j', json, 'u', stored)
redis.call('XADD', key.f, position, 'c', conversation, 'i', id, 'r', received, 't', type, 'u', stored)
redis.call('HSET', key.i, id, position)
local isSummaryDue = ${argument(15)} == '' and 0 or recordActivity(conversation, stored, ${argument(15)}, position, received, ${argument(16)}, ${argument(17)}, ${argument(18)})
if published ~= previousOfAll and previousOfAll ~= '0-0' then redis.call('HINCRBY', key.p, 'unpublished', 1) end
redis.call('HSET', key.p, 'last', position, 'published', position, 'by', runs)

local message = 'E ' .. ${argument(10)} .. ' ' .. position .. ' ' .. previous .. ' ' .. previousOfAll .. '\\n' .. name .. '\\n' .. json
if ${argument(8)} ~= '' then redis.call(${argument(11)}, ${argument(8)}, message) end
redis.call(${argument(11)}, ${argument(9)}, message)
return { 'STORED', position, previous, previousOfAll, isSummaryDue }
`;
}

/**
 * Stores an event at the next position of its partition, unless its id is known there, and publishes it. 'OTHER': the partition does not,
 * or not yet, belong to this log; nothing was stored. 'CONFLICT': identities have changed since they were read.
 * ARGV: conversation, event id (hashes), type, received, JSON, key of the identity or empty, the identity for subscribers, channels of the
 * conversation (or empty) and of all, partition, publish command, epoch, highest known number of the partition, time of storage (epoch µs,
 * or empty for Redis's own time); for an event that is activity the conversation's id (else empty), class of the message's author or empty, time of occurrence, '1' for a
 * state event or empty; then, with an identity, the arguments of `writeIdentities`; then, of an event of ours for a listed message,
 * the time (epoch ms) from which on the conversation must not have been erased ('CONFLICT' if it was).
 */
export const appendScript = new PartitionScript<AppendReply>(STORING, APPEND_KEYS, append(''));

/** Arguments of one event of `appendAllScript`. */
const ARGUMENTS = 25;

/**
 * Stores events of ours for listed messages of one conversation, as `appendScript` does, up to the first one that is not stored; the others have no reply. ARGV: all of `appendScript`'s for each
 * event; each was identified as if those before it were stored.
 */
export const appendAllScript = new PartitionScript<readonly AppendReply[]>(
  STORING,
  APPEND_KEYS,
  `
local function append(at)
${append('at')}
end
local replies = {}
for at = 0, #ARGV - ${ARGUMENTS}, ${ARGUMENTS} do
  local reply = append(at)
  replies[#replies + 1] = reply
  if reply[1] ~= 'STORED' then break end
end
return replies
`,
);

/**
 * Publishes a transient event. ARGV: JSON of who is typing or empty, its lifetime (ms), message, channels of the conversation (or empty)
 * and of all, publish command.
 */
export const publishTransientScript = new PartitionScript<null>(
  STORING,
  ['t'],
  `
if ARGV[4] ~= '' then
  if ARGV[1] == '' then redis.call('DEL', key.t)
  else redis.call('SET', key.t, ARGV[1], 'PX', ARGV[2]) end
  redis.call(ARGV[6], ARGV[4], ARGV[3])
end
redis.call(ARGV[6], ARGV[5], ARGV[3])
return false
`,
);

/** Stamps the log's epoch on a partition. ARGV: epoch. Returns whether it had it before. */
export const stampScript = new PartitionScript<number>(
  STORING,
  ['p'],
  `
local epoch, last, published = unpack(redis.call('HMGET', key.p, 'epoch', 'last', 'published'))
if epoch == ARGV[1] then return 1 end
redis.call('HSET', key.p, 'epoch', ARGV[1])
if last and not published then redis.call('HSET', key.p, 'published', last) end
return 0
`,
);

/** Makes the next event start a new term. */
export const breakTermScript = new PartitionScript<null>(STORING, ['p'], `redis.call('HDEL', key.p, 'by') return false`);
