/**
 * The keys of a partition, each under the partition's prefix:
 *
 * - `p`: hash. `epoch`: of the log that the partition belongs to; `last`: position of the last event; `published`: position of the last
 *   event published on channels of this format; `unpublished`: how often an earlier release had stored events when this one stored its
 *   next; `removed`: low watermark, up to which events have expired; `by`: the Redis process and replication history that accepted the last event;
 *   `changed`: when something other than an append last changed what the inbox shows (epoch µs).
 * - `g`: hash, term → number of its last event; empty for the current term.
 * - `f`: stream, the feed of all events: `c` conversation, `i` event id (hashes both), `r` received (epoch ms), `t` type, `u` stored
 *   (epoch µs).
 * - `e:<conversation>`: stream of its events, under the same positions: `t` type, `n` key of the message's identity or empty, `r`
 *   received, `j` JSON, `u` stored (not with events of format 1).
 * - `i:<conversation>`: hash, event id → position. `y:<conversation>`: the same, of erased events, and of late ones whose message an event of
 *   ours reports, at that event's position.
 * - `n:<conversation>`: hash, message identities: `n<key>` an identity that an event has, `l<listed id>` its key, `d<digest>` key of the
 *   latest identity from an event, which links to the one before it, and so on; `waiting` listed messages whose own event has not arrived, packed (format 2:
 *   `n<key>`, `l<listed id>`, and their keys by `w<digest>`); `from` the earliest time of any, unless begun by format 2; `v` version.
 * - `s:<conversation>`: hash, messages being sent: handle → JSON; `#` their count so far.
 * - `h:<conversation>`: JSON, the summary of its expired events.
 * - `t:<conversation>`: JSON, who is typing.
 * - `z:<conversation>`: when it was last erased (epoch ms). Expires.
 * - `b:<conversation>`: hash, its entry in the inbox: `c` the conversation's id, `a` position and `t` time of receipt (epoch ms) of its last activity, `m` position and `o`
 *   time (epoch ms) of its last message, `n` count of its messages, `nc` of those by the customer, `nb` of those by the bot; `s` and `f` the two parts of its summary (JSON), `q` positions of the state
 *   events that the summary lacks, with commas in between.
 * - `m:<conversation>`: hash, its read markers: reader (hash) → position and count of others' messages up to it.
 * - `hl:<conversation>`: hash, the search for events of it that never arrived: `by` the gateway that is looking, or `nobody` while a look is to be
 *   repeated later, `until` when that claim lapses or the look is due, `at` when the last complete look began (epoch ms). Expires.
 * - `r:<2 characters>`: hash, the rest of a conversation's hash → its low watermark. Retained permanently; many to a key, since small
 *   hashes use least memory.
 * - `kb`: sorted set of the conversations with `b`, by their last activity (epoch µs; no two of a partition are equal).
 * - `kn`, `kh`, `ky`: sorted sets of the conversations with `n`, with `h`, with `y`, by the time until which that is retained.
 *
 * Scripts get all keys in KEYS and never build a name: see `Script`.
 */
const COMMON = `
local function numberOf(position)
  return tonumber(position:match('^%d+'))
end
local function lowWatermark(conversation)
  return redis.call('HGET', key.r, conversation:sub(3)) or '0-0'
end
local function recordChange()
  local time = redis.call('TIME')
  redis.call('HSET', key.p, 'changed', string.format('%.0f', time[1] * 1000000 + time[2]))
end
local function last(conversation)
  local entry = redis.call('XREVRANGE', key.e, '+', '-', 'COUNT', 1)[1]
  return entry and entry[1] or lowWatermark(conversation)
end
`;

const LOW_WATERMARK = `
local function advanceLowWatermark(bucket, conversation, position)
  local field = conversation:sub(3)
  if numberOf(position) > numberOf(redis.call('HGET', bucket, field) or '0-0') then redis.call('HSET', bucket, field, position) end
end
local function advanceLowWatermarkOfAll(position)
  if numberOf(position) > numberOf(redis.call('HGET', key.p, 'removed') or '0-0') then redis.call('HSET', key.p, 'removed', position) end
end
`;

const IDENTITIES = `
-- Writes identities, unless they have changed since they were read. ARGV from \`at\` on: version, conversation, time of assignment of a new
-- identity or empty, handles of matched sends, fields and values (an empty value removes the field), earliest time or empty.
local function writeIdentities(at)
  local version, conversation, given, met, fields = ARGV[at], ARGV[at + 1], ARGV[at + 2], cjson.decode(ARGV[at + 3]), cjson.decode(ARGV[at + 4])
  local known, from = unpack(redis.call('HMGET', key.n, 'v', 'from'))
  if (known or '0') ~= version then return false end
  redis.call('HINCRBY', key.n, 'v', 1)
  local isEarlier = from and tonumber(ARGV[at + 5]) and tonumber(ARGV[at + 5]) < tonumber(from)
  if ARGV[at + 5] ~= '' and (isEarlier or not known) then redis.call('HSET', key.n, 'from', ARGV[at + 5]) end
  for index = 1, #fields, 2 do
    if fields[index + 1] == '' then redis.call('HDEL', key.n, fields[index]) else redis.call('HSET', key.n, fields[index], fields[index + 1]) end
  end
  for _, handle in ipairs(met) do redis.call('HDEL', key.s, handle) end
  if given ~= '' then redis.call('ZADD', key.kn, 'GT', given, conversation) end
  return true
end
`;

/** From this length on, in characters, the list of what a summary lacks is folded immediately: some 60 events. */
const LONG_LIST = 800;

const INBOX = `
-- Moves a conversation to the top of its partition's inbox. \`now\`: epoch µs. Two never have the same place, also if the clock steps back.
local function moveUp(conversation, now)
  local top = redis.call('ZRANGE', key.kb, 0, 0, 'REV', 'WITHSCORES')
  local place = tonumber(now)
  if top[2] and tonumber(top[2]) >= place then place = tonumber(top[2]) + 1 end
  redis.call('ZADD', key.kb, string.format('%.0f', place), conversation)
end
-- Brings the conversation's entry up to date with an event. \`author\`: class of the message's author, or empty; \`isStateChange\`: '1' or empty. Its summary is left to who reads it.
-- Returns 1 if so much is left that it should be completed now, else 0.
local function recordActivity(conversation, now, id, position, received, author, occurred, isStateChange)
  local fields, isLong = { 'c', id, 'a', position, 't', received }, 0
  local function set(field, value) fields[#fields + 1], fields[#fields + 2] = field, value end
  if author ~= '' then
    local own = author == 'CUSTOMER' and 'nc' or author == 'BOT' and 'nb'
    local newest, messages, ofOwn = unpack(redis.call('HMGET', key.b, 'o', 'n', own or 'n'))
    if not newest or tonumber(occurred) >= tonumber(newest) then set('m', position) set('o', occurred) end
    set('n', string.format('%.0f', (messages or 0) + 1))
    if own then set(own, string.format('%.0f', (ofOwn or 0) + 1)) end
  end
  if isStateChange ~= '' then
    local unfolded = redis.call('HGET', key.b, 'q')
    unfolded = unfolded and unfolded .. ',' .. position or position
    set('q', unfolded)
    if #unfolded > ${LONG_LIST} then isLong = 1 end
  end
  redis.call('HSET', key.b, unpack(fields))
  moveUp(conversation, now)
  return isLong
end
`;

/** Flags and functions of a script that only reads. It runs even while Redis is out of memory. */
export const READING = { head: '#!lua flags=no-writes', tail: COMMON };

/** Flags and functions of a script that stores. Rejected as a whole while Redis is out of memory. */
export const STORING = { head: '#!lua', tail: `${COMMON}${IDENTITIES}${INBOX}` };

/** Flags and functions of a script that frees memory, and so must run even when there is none. */
export const REMOVING = { head: '#!lua flags=allow-oom', tail: `${COMMON}${LOW_WATERMARK}` };
