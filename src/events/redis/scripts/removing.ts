import { Script } from '../script.js';
import type { Place } from '../places.js';
import { reading, removing } from './prelude.js';

/** The oldest entries of the feed, as far as they are too old: place, conversation, event id, JSON where it tells of the handling; then what is kept of each conversation. */
export type OldReply = readonly [
  entries: readonly (readonly [place: Place, conversation: string, id: string, json: string | null])[],
  kept: readonly string[],
];

/** ARGV: received before, how many, types that tell of the handling (',A,B,'). */
export const oldScript = new Script<OldReply>(
  reading(`
local before, found, kept, seen = tonumber(ARGV[1]), {}, {}, {}
for _, entry in ipairs(redis.call('XRANGE', base .. 'f', '-', '+', 'COUNT', ARGV[2])) do
  local values = entry[2]
  if tonumber(values[6]) >= before then break end
  local json = false
  if ARGV[3]:find(',' .. values[8] .. ',', 1, true) then
    json = redis.call('XRANGE', base .. 'e:' .. values[2], entry[1], entry[1])[1][2][8]
    if not seen[values[2]] then
      seen[values[2]] = true
      local handling = redis.call('GET', base .. 'h:' .. values[2])
      if handling then kept[#kept + 1] = values[2] kept[#kept + 1] = handling end
    end
  end
  found[#found + 1] = { entry[1], values[2], values[4], json }
end
return { found, kept }
`),
);

/**
 * Removes the feed's entries up to a place, which are exactly those that were read; 0 if they are not. ARGV: place, how many, JSON of conversation → [place, event ids],
 * time, JSON of conversation → handling.
 */
export const expireScript = new Script<number>(
  removing(`
if #redis.call('XRANGE', base .. 'f', '-', ARGV[1]) ~= tonumber(ARGV[2]) then return 0 end
local beyond = string.format('%.0f', numberOf(ARGV[1]) + 1)
redis.call('XTRIM', base .. 'f', 'MINID', '=', beyond)
for conversation, removed in pairs(cjson.decode(ARGV[3])) do
  local events = base .. 'e:' .. conversation
  redis.call('XTRIM', events, 'MINID', '=', beyond)
  if redis.call('XLEN', events) == 0 then redis.call('DEL', events) end
  redis.call('HDEL', base .. 'i:' .. conversation, unpack(removed[2]))
  markRemoved(conversation, removed[1])
end
for conversation, handling in pairs(cjson.decode(ARGV[5])) do
  redis.call('SET', base .. 'h:' .. conversation, handling)
  redis.call('ZADD', base .. 'kh', ARGV[4], conversation)
end
return 1
`),
);

/** Forgets what need not be kept any more, of a number of conversations: ARGV: 'n', 'h' or 'y', time, how many. Gives how many, then event ids that are not refused any more. */
export const forgetScript = new Script<readonly [count: number, ids: readonly string[]]>(
  removing(`
local index, ids = base .. 'k' .. ARGV[1], {}
local due = redis.call('ZRANGE', index, '-inf', '(' .. ARGV[2], 'BYSCORE', 'LIMIT', 0, ARGV[3])
for _, conversation in ipairs(due) do
  local key = base .. ARGV[1] .. ':' .. conversation
  if ARGV[1] == 'y' then for _, id in ipairs(redis.call('HKEYS', key)) do ids[#ids + 1] = id end end
  redis.call('UNLINK', key)
  redis.call('ZREM', index, conversation)
end
return { #due, ids }
`),
);

/** Removes all of a conversation but its events' ids; gives how many events. ARGV: conversation. */
export const eraseScript = new Script<number>(
  removing(`
local conversation = ARGV[1]
local events, ids, spent = base .. 'e:' .. conversation, base .. 'i:' .. conversation, base .. 'y:' .. conversation
local count, received, place = 0, 0, false
for _, entry in ipairs(redis.call('XRANGE', events, '-', '+')) do
  count, place, received = count + 1, entry[1], math.max(received, tonumber(entry[2][6]))
  redis.call('XDEL', base .. 'f', place)
end
if place then
  markRemoved(conversation, place)
  local known = redis.call('HGETALL', ids)
  for index = 1, #known, 2 do redis.call('HSET', spent, known[index], known[index + 1]) end
  redis.call('ZADD', base .. 'ky', 'GT', string.format('%.0f', received), conversation)
end
for _, kind in ipairs({ 'e', 'i', 'n', 's', 'h', 't' }) do redis.call('UNLINK', base .. kind .. ':' .. conversation) end
for _, index in ipairs({ 'kn', 'kh' }) do redis.call('ZREM', base .. index, conversation) end
return count
`),
);
