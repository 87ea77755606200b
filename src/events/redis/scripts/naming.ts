import { Script } from '../script.js';
import { reading, storing } from './prelude.js';
import type { EntryReply } from './reading.js';

/** Names as JSON; for each digest the key of the newest name that an event gave, or nothing; sends as handles and values in turn. */
export type KnownReply = readonly [version: string, names: readonly string[], newest: readonly string[], sends: readonly string[]];

/**
 * What is known of messages: those that history listed and no event told; where listed ids are given, also those of the ids, and those that events told and no history listed.
 * ARGV: conversation, JSON of their digests, JSON of their listed ids or nothing.
 */
export const knownScript = new Script<KnownReply>(
  reading(`
local key, names, newest, seen = base .. 'n:' .. ARGV[1], {}, {}, {}
local function add(name, json)
  if json and not seen[name] then
    seen[name] = true
    names[#names + 1] = json
  end
end
for index, digest in ipairs(cjson.decode(ARGV[2])) do
  local untold = redis.call('HGET', key, 'w' .. digest)
  if untold then for _, name in ipairs(cjson.decode(untold)) do add(name, redis.call('HGET', key, 'n' .. name)) end end
  local name = redis.call('HGET', key, 'd' .. digest) or ''
  newest[index] = name
  while ARGV[3] ~= '' and name ~= '' do
    local json = redis.call('HGET', key, 'n' .. name)
    local fields = json and cjson.decode(json)
    if fields and fields[3] == cjson.null then add(name, json) end
    name = fields and fields[10] or cjson.null
    if name == cjson.null then name = '' end
  end
end
for _, listed in ipairs(ARGV[3] == '' and {} or cjson.decode(ARGV[3])) do
  local name = redis.call('HGET', key, 'l' .. listed)
  if name then add(name, redis.call('HGET', key, 'n' .. name)) end
end
return { redis.call('HGET', key, 'v') or '0', names, newest, redis.call('HGETALL', base .. 's:' .. ARGV[1]) }
`),
);

/** Writes names; 0 if they have changed since they were read. ARGV: as \`writeNames\` takes it. */
export const nameScript = new Script<number>(storing(`return writeNames(1) and 1 or 0`));

/** Notes a message about to be sent, once. ARGV: conversation, handle, JSON, for how long to remember it (ms). */
export const expectScript = new Script<number>(
  storing(`
local key = base .. 's:' .. ARGV[1]
if redis.call('HEXISTS', key, ARGV[2]) == 1 then return 0 end
redis.call('HSET', key, ARGV[2], redis.call('HINCRBY', key, '#', 1) .. ' ' .. ARGV[3])
redis.call('PEXPIRE', key, ARGV[4])
return 1
`),
);

/** The message was not sent. ARGV: conversation, handle. */
export const refusedScript = new Script<number>(storing(`return redis.call('HDEL', base .. 's:' .. ARGV[1], ARGV[2])`));

/** A name, and its event where it is stored. ARGV: conversation, key. */
export const namedScript = new Script<readonly [name: string, event: EntryReply | null] | null>(
  reading(`
local name = redis.call('HGET', base .. 'n:' .. ARGV[1], 'n' .. ARGV[2])
if not name then return false end
local id = cjson.decode(name)[8]
local place = id ~= cjson.null and redis.call('HGET', base .. 'i:' .. ARGV[1], id)
local entry = place and redis.call('XRANGE', base .. 'e:' .. ARGV[1], place, place)[1]
return { name, entry and { place, entry[2][8], name, '' } or false }
`),
);

/** Messages received since then, newest first. ARGV: conversation, received, tolerance for entries that are out of order (ms). */
export const messagesScript = new Script<readonly EntryReply[]>(
  reading(`
local since, tolerance, found, high = tonumber(ARGV[2]), tonumber(ARGV[3]), {}, '+'
while true do
  local chunk = redis.call('XREVRANGE', base .. 'e:' .. ARGV[1], high, '-', 'COUNT', 50)
  for _, entry in ipairs(chunk) do
    local values = entry[2]
    local received = tonumber(values[6])
    if received < since - tolerance then return found end
    if received >= since and values[4] ~= '' then
      found[#found + 1] = { entry[1], values[8], redis.call('HGET', base .. 'n:' .. ARGV[1], 'n' .. values[4]), '' }
    end
    high = '(' .. entry[1]
  end
  if #chunk < 50 then return found end
end
`),
);
