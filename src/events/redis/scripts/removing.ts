import { PartitionScript, Script } from '../script.js';
import type { Commands } from '../script.js';
import { keyOf } from '../keys.js';
import type { KeyKind } from '../keys.js';
import type { Position } from '../positions.js';
import { READING, REMOVING } from './shared-lua.js';

/** The oldest entries of the feed, if they are expired. */
export type ExpiredReply = readonly (readonly [position: Position, conversation: string, id: string, type: string])[];

/** ARGV: stored before (epoch µs), limit. */
export const listExpiredScript = new PartitionScript<ExpiredReply>(
  READING,
  ['f'],
  `
local before, found = tonumber(ARGV[1]), {}
for _, entry in ipairs(redis.call('XRANGE', key.f, '-', '+', 'COUNT', ARGV[2])) do
  local values = entry[2]
  if tonumber(values[10]) >= before then break end
  found[#found + 1] = { entry[1], values[2], values[4], values[8] }
end
return found
`,
);

/** Events of one conversation to expire. */
export interface Expiring {
  readonly conversation: string;
  /** Position of its last event among them. */
  readonly position: Position;
  /** Ids of the events. */
  readonly ids: readonly string[];
  /** The summary including them; null if it does not change. */
  readonly handling: string | null;
}

/** The last message that an entry of the inbox shows is the one that was written last, which need not be the one stored last. */
const LAST_MESSAGE = `
-- Epoch ms of a time in JSON; 0 for one that is not between the years 0 and 9999.
local function timeOf(text)
  local year, month, day, hour, minute, second, ms = text:match('^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)%.(%d+)Z$')
  if not ms then return 0 end
  local sinceMarch = (month + 9) % 12
  local years = year - (sinceMarch >= 10 and 1 or 0)
  local days = 365 * years + math.floor(years / 4) - math.floor(years / 100) + math.floor(years / 400)
    + math.floor((153 * sinceMarch + 2) / 5) + day - 719469
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + ms
end
-- Finds the last message of an entry again among the events that are stored. Their JSON is not decoded: cjson rejects half a surrogate pair, which a text may have.
local function findLastMessage(events, entry)
  local last, newest, low = false, false, '-'
  repeat
    local chunk = redis.call('XRANGE', events, low, '+', 'COUNT', 100)
    for _, each in ipairs(chunk) do
      low = '(' .. each[1]
      if each[2][2] == 'MESSAGE_ADDED' then
        local occurred = timeOf(each[2][8]:match('"occurredAt":"([^"]*)"') or '')
        if not newest or occurred >= newest then last, newest = each[1], occurred end
      end
    end
  until #chunk < 100
  if last then redis.call('HSET', entry, 'm', last, 'o', string.format('%.0f', newest))
  else redis.call('HDEL', entry, 'm', 'o') end
end
`;

const EXPIRING_KINDS = ['e', 'i', 'h', 'r', 'b', 'm'] as const satisfies readonly KeyKind[];

/**
 * KEYS: p, f, kh, kb, then per conversation those of `EXPIRING_KINDS`. ARGV: position, count, time, JSON of the conversations as
 * [conversation, position, ids, handling].
 */
const expireScript = new Script<number>(`${REMOVING.head}
local key = { p = KEYS[1], f = KEYS[2], kh = KEYS[3], kb = KEYS[4] }
${REMOVING.tail}${LAST_MESSAGE}
if #redis.call('XRANGE', key.f, '-', ARGV[1]) ~= tonumber(ARGV[2]) then return 0 end
local beyond = string.format('%.0f', numberOf(ARGV[1]) + 1)
redis.call('XTRIM', key.f, 'MINID', '=', beyond)
for index, expiring in ipairs(cjson.decode(ARGV[4])) do
  local conversation, position, ids, handling = unpack(expiring)
  local at = ${EXPIRING_KINDS.length} * index - 1
  local events, known, kept, bucket, entry = KEYS[at], KEYS[at + 1], KEYS[at + 2], KEYS[at + 3], KEYS[at + 4]
  redis.call('XTRIM', events, 'MINID', '=', beyond)
  if redis.call('XLEN', events) == 0 then
    redis.call('DEL', events, entry, KEYS[at + 5])
    redis.call('ZREM', key.kb, conversation)
  else
    local shown = redis.call('HGET', entry, 'm')
    if shown and numberOf(shown) <= numberOf(position) then findLastMessage(events, entry) end
  end
  redis.call('HDEL', known, unpack(ids))
  advanceLowWatermark(bucket, conversation, position)
  advanceLowWatermarkOfAll(position)
  if handling ~= cjson.null then
    redis.call('SET', kept, handling)
    redis.call('ZADD', key.kh, ARGV[3], conversation)
  end
end
recordChange()
return 1
`);

/** Removes the feed's entries up to a position, if they are exactly those that were read; 0 if not. */
export function expireEntries(
  commands: Commands,
  base: string,
  {
    upTo,
    count,
    now,
    expiring,
  }: { readonly upTo: Position; readonly count: number; readonly now: number; readonly expiring: readonly Expiring[] },
): Promise<number> {
  const keys = expiring.flatMap(({ conversation: hash }) => EXPIRING_KINDS.map((kind) => keyOf(kind, { base, hash })));
  const removed = expiring.map(({ conversation, position, ids, handling }) => [conversation, position, ids, handling]);
  return expireScript.run(commands, [`${base}p`, `${base}f`, `${base}kh`, `${base}kb`, ...keys], upTo, count, now, JSON.stringify(removed));
}

/**
 * Removes metadata of conversations whose retention has ended; returns released event ids. KEYS: an index, then one key per conversation.
 * ARGV: before, '1' if the keys hold event ids, conversations.
 */
export const forgetExpiredScript = new Script<readonly string[]>(`#!lua flags=allow-oom
local ids = {}
for index = 2, #KEYS do
  local conversation = ARGV[index + 1]
  local due = redis.call('ZSCORE', KEYS[1], conversation)
  if due and tonumber(due) < tonumber(ARGV[1]) then
    if ARGV[2] == '1' then for _, id in ipairs(redis.call('HKEYS', KEYS[index])) do ids[#ids + 1] = id end end
    redis.call('UNLINK', KEYS[index])
    redis.call('ZREM', KEYS[1], conversation)
  end
end
return ids
`);

/**
 * Removes everything of a conversation except its events' ids; returns the number of events. Cursors of all conversations do not expire: who follows these has lost nothing that it may
 * have. ARGV: conversation, the time (epoch ms), for how long that is remembered (ms).
 */
export const eraseConversationScript = new PartitionScript<number>(
  REMOVING,
  ['p', 'f', 'kn', 'kh', 'ky', 'kb', 'e', 'i', 'y', 'n', 's', 'h', 't', 'r', 'z', 'b', 'm'],
  `
local conversation, count, position, stored = ARGV[1], 0, false, false
for _, entry in ipairs(redis.call('XRANGE', key.e, '-', '+')) do
  count, position = count + 1, entry[1]
  local listed = redis.call('XRANGE', key.f, position, position)[1]
  stored = listed and listed[2][10] or stored
  redis.call('XDEL', key.f, position)
end
if position then
  advanceLowWatermark(key.r, conversation, position)
  local known = redis.call('HGETALL', key.i)
  for index = 1, #known, 2 do redis.call('HSET', key.y, known[index], known[index + 1]) end
  if stored then redis.call('ZADD', key.ky, 'GT', string.format('%.0f', tonumber(stored) / 1000), conversation) end
end
redis.call('SET', key.z, ARGV[2], 'PX', ARGV[3])
for _, kind in ipairs({ 'e', 'i', 'n', 's', 'h', 't', 'b', 'm' }) do redis.call('UNLINK', key[kind]) end
for _, index in ipairs({ 'kn', 'kh', 'kb' }) do redis.call('ZREM', key[index], conversation) end
recordChange()
return count
`,
);
