/**
 * What lies in a partition, each under the partition's base:
 *
 * - `p`: hash. `epoch`: of the log that the partition belongs to; `last`: position of the last event; `published`: the same, as far as it was published on channels of this format; `unpublished`: how often an
 *   earlier release had stored events when this one stored its next; `removed`: the highest position removed; `by`: the Redis process and its replication history that took the last event.
 * - `g`: hash, term → number of its last event; empty for the term that goes on.
 * - `f`: stream, the feed of all events: `c` conversation, `i` event id (hashes both), `r` received (epoch ms), `t` type, `u` stored (epoch µs).
 * - `e:<conversation>`: stream of its events, under the same positions: `t` type, `n` key of the message's name or nothing, `r` received, `j` JSON, `u` stored (not with events of format 1).
 * - `i:<conversation>`: hash, event id → position. `y:<conversation>`: the same, of erased events.
 * - `n:<conversation>`: hash, what the alignment remembers: `n<key>` a name, `l<listed id>` key of its name, `w<digest>` keys of names that no event
 *   told, `d<digest>` key of the newest name that an event gave, which knows the one before it, and so on; `v` version.
 * - `s:<conversation>`: hash, messages on their way: handle → JSON; `#` how many there were.
 * - `h:<conversation>`: JSON, what its expired events came to.
 * - `t:<conversation>`: JSON, who is typing.
 * - `r:<2 characters>`: hash, the rest of a conversation's hash → the position removed last from it. Kept for good, many to a key, since small hashes take least memory.
 * - `kn`, `kh`, `ky`: sorted sets of the conversations with names, with `h`, with `y`, by the time from which on that need not be kept.
 *
 * Scripts get all keys in KEYS, never make up a name: see `Script`.
 */
const COMMON = `
local function numberOf(position)
  return tonumber(position:match('^%d+'))
end
local function removedFrom(conversation)
  return redis.call('HGET', key.r, conversation:sub(3)) or '0-0'
end
local function last(conversation)
  local entry = redis.call('XREVRANGE', key.e, '+', '-', 'COUNT', 1)[1]
  return entry and entry[1] or removedFrom(conversation)
end
`;

const MARK = `
local function markRemoved(bucket, conversation, position)
  local field = conversation:sub(3)
  if numberOf(position) > numberOf(redis.call('HGET', bucket, field) or '0-0') then redis.call('HSET', bucket, field, position) end
  if numberOf(position) > numberOf(redis.call('HGET', key.p, 'removed') or '0-0') then redis.call('HSET', key.p, 'removed', position) end
end
`;

const NAMING = `
-- Writes names, unless they have changed since they were read. ARGV from \`at\` on: version, conversation, when a new name was given or nothing, handles met, fields and values.
local function writeIdentities(at)
  local version, conversation, given, met, fields = ARGV[at], ARGV[at + 1], ARGV[at + 2], cjson.decode(ARGV[at + 3]), cjson.decode(ARGV[at + 4])
  if (redis.call('HGET', key.n, 'v') or '0') ~= version then return false end
  redis.call('HINCRBY', key.n, 'v', 1)
  for index = 1, #fields, 2 do redis.call('HSET', key.n, fields[index], fields[index + 1]) end
  for _, handle in ipairs(met) do redis.call('HDEL', key.s, handle) end
  if given ~= '' then redis.call('ZADD', key.kn, 'GT', given, conversation) end
  return true
end
`;

/** A script that only reads. It runs also while Redis is out of memory. */
export const READING = { head: '#!lua flags=no-writes', tail: COMMON };

/** A script that stores. Refused as a whole while Redis is out of memory. */
export const STORING = { head: '#!lua', tail: `${COMMON}${NAMING}` };

/** A script that makes room, and so must run also while there is none. */
export const REMOVING = { head: '#!lua flags=allow-oom', tail: `${COMMON}${MARK}` };
