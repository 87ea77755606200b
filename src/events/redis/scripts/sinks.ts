import { MAX_DEAD_LETTERS } from '../../port/sink-store.js';
import { Script } from '../script.js';

/*
 * The keys of a sink, which share a hash tag:
 *
 * - `state`: hash. `start`: the cursor where the sink began; `at`, `reason`: when (epoch ms) and why it was disabled; `accepted`: when its
 *   receiver last accepted an event, `failed`, `failure`: when and why an attempt last failed (epoch ms); `channels`: JSON list of the
 *   channels that it is limited to and that do not exist; `m:<gateway>`: until when
 *   a gateway counts (epoch ms, by Redis's clock, as below); of each shard `c<shard>`: cursor, `o<shard>`: owner, `u<shard>`: until when,
 *   `t<shard>`: token.
 * - `letters`: hash of dead letters as JSON, by field: hash of the conversation, `:`, hash of the event's id.
 * - `order`: sorted set of the same fields, by the time of their failure (epoch ms).
 * - `requested`: set of those fields that are to be sent again.
 */

const NOW = `
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
`;

export type LeaseReply = readonly [
  share: number,
  nextFreeMs: number | null,
  disabledAt: string | null,
  reason: string | null,
  letters: number,
  requested: number,
  shards: readonly (readonly [shard: number, token: string, cursor: string])[],
];

/** KEYS: state, order, requested. ARGV: owner, number of shards, lifetime (ms), cursor to begin after. */
export const leaseScript = new Script<LeaseReply>(`#!lua
${NOW}
local state, owner, count, until_ = KEYS[1], ARGV[1], tonumber(ARGV[2]), string.format('%.0f', now + tonumber(ARGV[3]))
redis.call('HSETNX', state, 'start', ARGV[4])
redis.call('HSET', state, 'm:' .. owner, until_)
local known, all = {}, redis.call('HGETALL', state)
for index = 1, #all, 2 do known[all[index]] = all[index + 1] end
local owners, next = 0, nil
for field, value in pairs(known) do
  if field:sub(1, 2) == 'm:' then
    local left = tonumber(value) - now
    if left > 0 then owners = owners + 1 else redis.call('HDEL', state, field) end
    if left > 0 and field ~= 'm:' .. owner and (not next or left < next) then next = left end
  end
end
local share, held = math.ceil(count / owners), 0
local free = {}
for shard = 0, count - 1 do
  if known['o' .. shard] == owner then
    held = held + 1
    redis.call('HSET', state, 'u' .. shard, until_)
  elseif not known['o' .. shard] or tonumber(known['u' .. shard] or '0') <= now then
    free[#free + 1] = shard
  end
end
for _, shard in ipairs(free) do
  if held >= share then break end
  held = held + 1
  known['o' .. shard] = owner
  known['t' .. shard] = tostring(redis.call('HINCRBY', state, 't' .. shard, 1))
  redis.call('HSET', state, 'o' .. shard, owner, 'u' .. shard, until_)
end
local leased = {}
for shard = 0, count - 1 do
  if known['o' .. shard] == owner then leased[#leased + 1] = { shard, known['t' .. shard], known['c' .. shard] or known['start'] } end
end
return { share, next or false, known['at'] or false, known['reason'] or false, redis.call('ZCARD', KEYS[2]), redis.call('SCARD', KEYS[3]), leased }
`);

/** KEYS: state. ARGV: owner, '1' to end the leases, then shard, token and cursor of each. Returns the shards that it no longer has. */
export const advanceScript = new Script<readonly number[]>(`#!lua
local lost = {}
for index = 3, #ARGV, 3 do
  local shard = ARGV[index]
  local owner, token = unpack(redis.call('HMGET', KEYS[1], 'o' .. shard, 't' .. shard))
  if owner == ARGV[1] and token == ARGV[index + 1] then
    redis.call('HSET', KEYS[1], 'c' .. shard, ARGV[index + 2])
    if ARGV[2] == '1' then redis.call('HDEL', KEYS[1], 'o' .. shard, 'u' .. shard) end
  else
    lost[#lost + 1] = tonumber(shard)
  end
end
return lost
`);

/** KEYS: state. ARGV: when an event was accepted, when an attempt failed (0: never), why. */
export const reportScript = new Script<number>(`#!lua
local accepted, failed = unpack(redis.call('HMGET', KEYS[1], 'accepted', 'failed'))
if tonumber(ARGV[1]) > tonumber(accepted or '0') then redis.call('HSET', KEYS[1], 'accepted', ARGV[1]) end
if tonumber(ARGV[2]) > tonumber(failed or '0') then redis.call('HSET', KEYS[1], 'failed', ARGV[2], 'failure', ARGV[3]) end
return 1
`);

/** KEYS: state. ARGV: owner. */
export const leaveScript = new Script<number>(`#!lua
local all = redis.call('HGETALL', KEYS[1])
for index = 1, #all, 2 do
  local shard = all[index]:match('^o(%d+)$')
  if shard and all[index + 1] == ARGV[1] then redis.call('HDEL', KEYS[1], 'o' .. shard, 'u' .. shard) end
end
return redis.call('HDEL', KEYS[1], 'm:' .. ARGV[1])
`);

/** KEYS: state. ARGV: time, reason. Only if it is not disabled yet. */
export const disableScript = new Script<number>(`#!lua
if redis.call('HSETNX', KEYS[1], 'at', ARGV[1]) == 0 then return 0 end
return redis.call('HSET', KEYS[1], 'reason', ARGV[2])
`);

/** Lua: removes a dead letter; 1 if it was there. KEYS: letters, order, requested. */
const REMOVE_LETTER = `
local function removeLetter(field)
  redis.call('ZREM', KEYS[2], field)
  redis.call('SREM', KEYS[3], field)
  return redis.call('HDEL', KEYS[1], field)
end
`;

/** KEYS: letters, order, requested. ARGV: field, time, JSON. */
export const addLetterScript = new Script<number>(`#!lua
${REMOVE_LETTER}
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
redis.call('SREM', KEYS[3], ARGV[1])
local excess = redis.call('ZRANGE', KEYS[2], 0, -${MAX_DEAD_LETTERS + 1})
for _, field in ipairs(excess) do removeLetter(field) end
return #excess
`);

/** KEYS: letters, order. ARGV: limit. The oldest first. */
export const listLettersScript = new Script<readonly string[]>(`#!lua flags=no-writes
local fields = redis.call('ZRANGE', KEYS[2], 0, tonumber(ARGV[1]) - 1)
local found = {}
for _, field in ipairs(fields) do found[#found + 1] = redis.call('HGET', KEYS[1], field) end
return found
`);

/** KEYS: letters, requested. ARGV: hash of an event id, or empty for all. */
export const requestScript = new Script<number>(`#!lua
local count = 0
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if ARGV[1] == '' or field:sub(-#ARGV[1]) == ARGV[1] then
    redis.call('SADD', KEYS[2], field)
    count = count + 1
  end
end
return count
`);

/** KEYS: letters, order, requested. ARGV: limit. The oldest first. */
export const takeRequestedScript = new Script<readonly string[]>(`#!lua
local due = {}
for _, field in ipairs(redis.call('SMEMBERS', KEYS[3])) do
  due[#due + 1] = { tonumber(redis.call('ZSCORE', KEYS[2], field) or '0'), field }
end
table.sort(due, function(a, b) return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]) end)
local found = {}
for index = 1, math.min(#due, tonumber(ARGV[1])) do
  redis.call('SREM', KEYS[3], due[index][2])
  found[#found + 1] = redis.call('HGET', KEYS[1], due[index][2]) or nil
end
return found
`);

/** KEYS: letters, order, requested. ARGV: fields. */
export const removeLettersScript = new Script<number>(`#!lua flags=allow-oom
${REMOVE_LETTER}
local count = 0
for _, field in ipairs(ARGV) do count = count + removeLetter(field) end
return count
`);

/** KEYS: letters, order, requested. ARGV: failed before (epoch ms). */
export const expireLettersScript = new Script<number>(`#!lua flags=allow-oom
${REMOVE_LETTER}
local fields = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[1])
for _, field in ipairs(fields) do removeLetter(field) end
return #fields
`);

/** KEYS: presence of a conversation. ARGV: gateway, lifetime (ms). */
export const enterScript = new Script<number>(`#!lua
${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), ARGV[1])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

/** KEYS: presence of a conversation. How many gateways have a subscription of its customer. */
export const presenceScript = new Script<number>(`#!lua flags=no-writes
${NOW}
return redis.call('ZCOUNT', KEYS[1], string.format('(%.0f', now), '+inf')
`);
