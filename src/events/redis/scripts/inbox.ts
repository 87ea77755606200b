import { keyOf } from '../keys.js';
import type { Position } from '../positions.js';
import { PartitionScript, Script } from '../script.js';
import type { Commands } from '../script.js';
import { READING, REMOVING, STORING } from './shared-lua.js';
import type { EntryReply, PartitionReply } from './reading.js';

/**
 * An entry as one reader sees it: its position in the inbox, its fields as in `shared-lua.ts` (`n` to `nb` are counts of messages: of all, by the customer, by the bot), the reader's marker (position
 * and count), its last message, and, if its summary lacks state events: their positions, the part of the summary that they are folded into, and their JSON. Null for a conversation
 * that is not in the inbox.
 */
export type InboxReply =
  | readonly [
      inboxPosition: string,
      conversationId: string,
      activity: Position,
      received: string,
      shown: string | null,
      messages: string | null,
      byCustomer: string | null,
      byBot: string | null,
      marker: string | null,
      lastMessage: EntryReply | null,
      unfolded: string | null,
      folded: string | null,
      events: readonly string[],
    ]
  | null;

/** What was read of a partition's inbox, and in which version of it. */
type OfPartition<Found> = readonly [...PartitionReply, found: Found];

/** KEYS: p, kb. ARGV: lowest and highest score, '1' to read from the bottom, count. */
const readPositionsScript = new Script<OfPartition<readonly string[]>>(`#!lua flags=no-writes
local last, changed = unpack(redis.call('HMGET', KEYS[1], 'last', 'changed'))
local lowest, highest, count = ARGV[1], ARGV[2], ARGV[4]
if ARGV[3] == '1' then return { last, changed, redis.call('ZRANGE', KEYS[2], lowest, highest, 'BYSCORE', 'LIMIT', 0, count, 'WITHSCORES') } end
return { last, changed, redis.call('ZRANGE', KEYS[2], highest, lowest, 'BYSCORE', 'REV', 'LIMIT', 0, count, 'WITHSCORES') }
`);

/** The first positions between two scores: conversations (hashes) and their scores, alternating. */
export function readInboxPositions(
  commands: Commands,
  base: string,
  range: { readonly lowest: string; readonly highest: string; readonly fromEnd: boolean; readonly count: number },
): Promise<OfPartition<readonly string[]>> {
  const { lowest, highest, fromEnd, count } = range;
  return readPositionsScript.run(commands, [`${base}p`, `${base}kb`], lowest, highest, fromEnd ? '1' : '0', count);
}

/** KEYS: p, kb, then b, m, e and n of each conversation. ARGV: reader, '1' to read the last message, conversations. */
const readInboxScript = new Script<OfPartition<readonly InboxReply[]>>(`#!lua flags=no-writes
local last, changed = unpack(redis.call('HMGET', KEYS[1], 'last', 'changed'))
local found = {}
for index = 3, #ARGV do
  local at = 4 * (index - 3) + 2
  local score = redis.call('ZSCORE', KEYS[2], ARGV[index])
  local fields = redis.call('HMGET', KEYS[at + 1], 'c', 'a', 't', 's', 'n', 'nc', 'nb', 'm', 'q')
  if score and fields[1] then
    local position, message = fields[8], false
    local entry = ARGV[2] == '1' and position and redis.call('XRANGE', KEYS[at + 3], position, position)[1]
    if entry then
      local values = entry[2]
      message = { position, values[8], values[4] ~= '' and redis.call('HGET', KEYS[at + 4], 'n' .. values[4]), '' }
    end
    local unfolded, folded, events = fields[9], false, {}
    if unfolded then
      folded = redis.call('HGET', KEYS[at + 1], 'f')
      for each in unfolded:gmatch('[^,]+') do
        local event = redis.call('XRANGE', KEYS[at + 3], each, each)[1]
        if event then events[#events + 1] = event[2][8] end
      end
    end
    local c, a, t, s, n, nc, nb = unpack(fields, 1, 7)
    local marker = redis.call('HGET', KEYS[at + 2], ARGV[1])
    found[#found + 1] = { string.format('%.0f', tonumber(score)), c, a, t, s, n, nc, nb, marker, message, unfolded, folded, events }
  else
    found[#found + 1] = false
  end
end
return { last, changed, found }
`);

const KINDS = ['b', 'm', 'e', 'n'] as const;

/** Entries of conversations (hashes) of one partition, in their order. */
export function readInboxEntries(
  commands: Commands,
  base: string,
  conversations: readonly string[],
  { reader, withMessages }: { readonly reader: string; readonly withMessages: boolean },
): Promise<OfPartition<readonly InboxReply[]>> {
  const keys = conversations.flatMap((hash) => KINDS.map((kind) => keyOf(kind, { base, hash })));
  return readInboxScript.run(commands, [`${base}p`, `${base}kb`, ...keys], reader, withMessages ? '1' : '0', ...conversations);
}

/** KEYS: b of each conversation. */
const readIdsScript = new Script<readonly (string | null)[]>(`#!lua flags=no-writes
local found = {}
for index = 1, #KEYS do found[index] = redis.call('HGET', KEYS[index], 'c') end
return found
`);

/** The ids of conversations (hashes) of one partition, in their order; null for those that are not in the inbox. */
export function readConversationIds(
  commands: Commands,
  base: string,
  conversations: readonly string[],
): Promise<readonly (string | null)[]> {
  const keys = conversations.map((hash) => keyOf('b', { base, hash }));
  return readIdsScript.run(commands, keys);
}

/**
 * Stores a summary that was completed; it then lacks what was appended meanwhile. Not if somebody else has completed it, or it is gone. Runs also when there is no memory: what
 * expires is folded before. ARGV: positions of the state events that it lacked, its two parts. Returns 1 if it is stored.
 */
export const storeSummaryScript = new PartitionScript<number>(
  REMOVING,
  ['b'],
  `
local unfolded, folded = redis.call('HGET', key.b, 'q'), ARGV[1] .. ','
if not unfolded then return 0 end
unfolded = unfolded .. ','
if unfolded:sub(1, #folded) ~= folded then return 0 end
redis.call('HSET', key.b, 's', ARGV[2], 'f', ARGV[3])
if #unfolded == #folded then redis.call('HDEL', key.b, 'q') else redis.call('HSET', key.b, 'q', unfolded:sub(#folded + 1, -2)) end
return 1
`,
);

/**
 * Stores a read marker, unless it is there or beyond already, or the conversation is not in the inbox. It counts no more messages than there are: the conversation may have been erased, and have
 * begun again, since they were counted. ARGV: reader, position, count of others' messages.
 */
export const storeMarkerScript = new PartitionScript<number>(
  STORING,
  ['p', 'b', 'm'],
  `
if redis.call('EXISTS', key.b) == 0 then return 0 end
local position, seen = (redis.call('HGET', key.m, ARGV[1]) or '0-0 0'):match('^(%S+) (%d+)$')
if numberOf(position) >= numberOf(ARGV[2]) then return 0 end
local counted = math.min(tonumber(ARGV[3]), tonumber(redis.call('HGET', key.b, 'n') or '0'))
redis.call('HSET', key.m, ARGV[1], ARGV[2] .. ' ' .. string.format('%.0f', math.max(tonumber(seen), counted)))
recordChange()
return 1
`,
);

/** A conversation's last event, if it has events and is not in the inbox. */
export const findUnfilledScript = new PartitionScript<Position | null>(
  READING,
  ['e', 'b'],
  `
if redis.call('EXISTS', key.b) == 1 then return false end
local entry = redis.call('XREVRANGE', key.e, '+', '-', 'COUNT', 1)[1]
return entry and entry[1]
`,
);

/**
 * Puts a conversation into the inbox, if it is not there and its last event is still the one up to which its entry was made; 0 if not. ARGV: conversation, position of its last
 * event, time of its last activity (epoch µs), fields and values.
 */
export const fillInboxScript = new PartitionScript<number>(
  STORING,
  ['p', 'kb', 'e', 'b'],
  `
local last = redis.call('XREVRANGE', key.e, '+', '-', 'COUNT', 1)[1]
if redis.call('EXISTS', key.b) == 1 or not last or last[1] ~= ARGV[2] then return 0 end
redis.call('HSET', key.b, unpack(ARGV, 4))
local score = tonumber(ARGV[3])
while redis.call('ZCOUNT', key.kb, string.format('%.0f', score), string.format('%.0f', score)) > 0 do score = score + 1 end
redis.call('ZADD', key.kb, string.format('%.0f', score), ARGV[1])
recordChange()
return 1
`,
);
