import { PartitionScript } from '../script.js';
import { READING, STORING } from './shared-lua.js';
import type { EntryReply } from './reading.js';

/**
 * Identities as JSON; for each digest the key of the latest identity from an event, or empty; sends as alternating handles and values;
 * waiting messages, packed.
 */
export type IdentitiesReply = readonly [
  version: string,
  names: readonly string[],
  newest: readonly string[],
  sends: readonly string[],
  waiting: string | null,
];

/**
 * Reads identities: those listed without an event; with listed ids also those of the ids, and those with an event that are not listed.
 * Format 2 kept listed messages without an event under `w<digest>`. ARGV: JSON of the digests, JSON of the listed ids or empty, length of a
 * digest in packed records.
 */
export const findIdentitiesScript = new PartitionScript<IdentitiesReply>(
  READING,
  ['n', 's'],
  `
local names, newest, seen = {}, {}, {}
local waiting, isAsked = redis.call('HGET', key.n, 'waiting'), ARGV[2] ~= ''
local function add(name, json)
  if json and not seen[name] then
    seen[name] = true
    names[#names + 1] = json
  end
end
for index, digest in ipairs(cjson.decode(ARGV[1])) do
  isAsked = isAsked or (waiting and waiting:find(digest:sub(1, tonumber(ARGV[3])), 1, true) ~= nil)
  local untold = redis.call('HGET', key.n, 'w' .. digest)
  if untold then for _, name in ipairs(cjson.decode(untold)) do add(name, redis.call('HGET', key.n, 'n' .. name)) end end
  local name = redis.call('HGET', key.n, 'd' .. digest) or ''
  newest[index] = name
  while ARGV[2] ~= '' and name ~= '' do
    local json = redis.call('HGET', key.n, 'n' .. name)
    local fields = json and cjson.decode(json)
    if fields and fields[3] == cjson.null then add(name, json) end
    name = fields and fields[10] or cjson.null
    if name == cjson.null then name = '' end
  end
end
for _, listed in ipairs(ARGV[2] == '' and {} or cjson.decode(ARGV[2])) do
  local name = redis.call('HGET', key.n, 'l' .. listed)
  if name then add(name, redis.call('HGET', key.n, 'n' .. name)) end
end
return { redis.call('HGET', key.n, 'v') or '0', names, newest, redis.call('HGETALL', key.s), isAsked and waiting }
`,
);

/** Writes identities; 0 if they have changed since they were read. ARGV: as of `writeIdentities`. */
export const writeIdentitiesScript = new PartitionScript<number>(
  STORING,
  ['p', 'n', 's', 'kn'],
  `
if not writeIdentities(1) then return 0 end
recordChange()
return 1
`,
);

/** Registers a message about to be sent, once. ARGV: handle, JSON, lifetime (ms). */
export const registerSendScript = new PartitionScript<number>(
  STORING,
  ['s'],
  `
if redis.call('HEXISTS', key.s, ARGV[1]) == 1 then return 0 end
redis.call('HSET', key.s, ARGV[1], redis.call('HINCRBY', key.s, '#', 1) .. ' ' .. ARGV[2])
redis.call('PEXPIRE', key.s, ARGV[3])
return 1
`,
);

/** Cancels a registered send. ARGV: handle. */
export const cancelSendScript = new PartitionScript<number>(STORING, ['s'], `return redis.call('HDEL', key.s, ARGV[1])`);

/** An identity, and its event if stored; if there is none, the waiting messages, packed. ARGV: key. */
export const findByIdentityScript = new PartitionScript<readonly [name: string | null, event: EntryReply | null, waiting: string | null]>(
  READING,
  ['n', 'i', 'e'],
  `
local name = redis.call('HGET', key.n, 'n' .. ARGV[1])
if not name then return { false, false, redis.call('HGET', key.n, 'waiting') } end
local id = cjson.decode(name)[8]
local position = id ~= cjson.null and redis.call('HGET', key.i, id)
local entry = position and redis.call('XRANGE', key.e, position, position)[1]
return { name, entry and { position, entry[2][8], name, '' } or false, false }
`,
);

/** When a message's event was received (epoch ms), and the message's identity. */
export type ReportedMessageReply = readonly [received: string, name: string | null];

/**
 * Messages stored since then, newest first, whether any message is known, and the earliest time of one if known. ARGV: since, tolerance for entries that are out of order (both epoch µs). An event of format 1
 * only has its time of receipt.
 */
export const listMessagesScript = new PartitionScript<
  readonly [messages: readonly ReportedMessageReply[], isAnyKnown: number, from: string | null]
>(
  READING,
  ['n', 'e'],
  `
local since, tolerance, found, high = tonumber(ARGV[1]), tonumber(ARGV[2]), {}, '+'
local version, from = unpack(redis.call('HMGET', key.n, 'v', 'from'))
if not version then return { found, 0, false } end
while true do
  local chunk = redis.call('XREVRANGE', key.e, high, '-', 'COUNT', 50)
  for _, entry in ipairs(chunk) do
    local values = entry[2]
    local stored = tonumber(values[10] or values[6] * 1000)
    if stored < since - tolerance then return { found, 1, from } end
    if stored >= since and values[4] ~= '' then
      found[#found + 1] = { values[6], redis.call('HGET', key.n, 'n' .. values[4]) }
    end
    high = '(' .. entry[1]
  end
  if #chunk < 50 then return { found, 1, from } end
end
`,
);

/** Recognises how logs stored a digest's identities before they were chained: as a list of keys. */
export const isUnchained = (value: string): boolean => value.startsWith('[');

/**
 * Chains a conversation's identities where an early release kept lists of them, or a later one mistook such a list for a key. Returns
 * whether there was anything to chain.
 */
export const chainScript = new PartitionScript<number>(
  STORING,
  ['n'],
  `
local all, names, unchained = redis.call('HGETALL', key.n), {}, {}
local function note(digest, found) if type(found) == 'string' and found:sub(1, 1) == '[' then unchained[digest] = true end end
for index = 1, #all, 2 do
  local kind = all[index]:sub(1, 1)
  if kind == 'd' then note(all[index]:sub(2), all[index + 1]) end
  if kind == 'n' then
    local name = cjson.decode(all[index + 1])
    names[name[2]] = names[name[2]] or {}
    table.insert(names[name[2]], name)
    note(name[2], name[10])
  end
end
if not next(unchained) then return 0 end
for digest in pairs(unchained) do
  local alike, waiting, newest = names[digest] or {}, {}, cjson.null
  table.sort(alike, function(a, b) return a[9] < b[9] end)
  for _, name in ipairs(alike) do
    name[10] = cjson.null
    if name[3] == cjson.null then name[10], newest = newest, name[1]
    elseif name[5] == cjson.null then waiting[#waiting + 1] = name[1] end
    redis.call('HSET', key.n, 'n' .. name[1], cjson.encode(name))
  end
  if newest == cjson.null then redis.call('HDEL', key.n, 'd' .. digest) else redis.call('HSET', key.n, 'd' .. digest, newest) end
  redis.call('HSET', key.n, 'w' .. digest, #waiting > 0 and cjson.encode(waiting) or '[]')
end
redis.call('HINCRBY', key.n, 'v', 1)
return 1
`,
);
