import { PartitionScript, Script } from '../script.js';
import type { Commands } from '../script.js';
import { keyOf } from '../keys.js';
import type { Position } from '../positions.js';
import { READING } from './shared-lua.js';

/** Position, JSON, the message's identity, time of storage (epoch µs). */
export type EntryReply = readonly [position: Position, json: string, name: string | null, stored: string];

/** An entry of the feed, which refers to an event. */
export type FeedReply = readonly [position: Position, conversation: string, stored: string];

/** Of a partition: its last position, and when something other than an append last changed what the inbox shows (epoch µs). Null if that never happened. */
export type PartitionReply = readonly [last: Position | null, changed: string | null];

/** Differs from every earlier one of the partition once the inbox shows anything else of it. */
export const versionOf = ([last, changed]: PartitionReply): string => `${last ?? ''} ${changed ?? ''}`;

/** `start`: low watermark; `end`: head of the scope; `upTo`: the last position examined. `more`: 1 if there may be more beyond that. */
export type PageReply<Entry> =
  | readonly ['EXPIRED']
  | readonly ['OTHER']
  | readonly ['PAGE', start: Position, end: Position, upTo: Position | null, more: number, entries: readonly Entry[]];

/**
 * Reads a page of `stream`. ARGV: conversation or empty, after, before (positions or empty), limit, '1' to read from the end, types
 * (',A,B,' or '*'), epoch, '1' if `after` is this read's own position, so that events removed since are skipped. Examines a bounded number
 * of entries.
 */
const paging = (stream: string, typeField: number, start: string, end: string, entry: string): string => `
local after, before, want, fromEnd, types, isContinuation = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5] == '1', ARGV[6], ARGV[8] == '1'
local epoch, lastOfAll, removed = unpack(redis.call('HMGET', key.p, 'epoch', 'last', 'removed'))
if epoch ~= ARGV[7] then return { 'OTHER' } end
lastOfAll = lastOfAll or '0-0'
local start = ${start}
if after ~= '' then
  local number, term = tonumber(after:match('^%d+')), after:match('%d+$')
  if not isContinuation and number < numberOf(start) then return { 'EXPIRED' } end
  if number > 0 then
    -- A position beyond the end of its term: the events up to it are lost.
    local termEnd = redis.call('HGET', key.g, term)
    if not termEnd then return { 'EXPIRED' } end
    if number > (termEnd == '' and numberOf(lastOfAll) or tonumber(termEnd)) then return { 'EXPIRED' } end
  end
end
local low = after == '' and '-' or '(' .. after:match('^%d+') .. '-18446744073709551615'
local high = before == '' and '+' or numberOf(before) == 0 and '0-0' or '(' .. before:match('^%d+') .. '-0'
local entries, looked, upTo, more = {}, 0, false, 1
while #entries < want and looked < 5000 do
  local count = types == '*' and want - #entries or 100
  local chunk = fromEnd and redis.call('XREVRANGE', ${stream}, high, low, 'COUNT', count) or redis.call('XRANGE', ${stream}, low, high, 'COUNT', count)
  for _, found in ipairs(chunk) do
    local position, values = found[1], found[2]
    looked, upTo = looked + 1, position
    if types == '*' or types:find(',' .. values[${typeField}] .. ',', 1, true) then
      entries[#entries + 1] = ${entry}
      if #entries == want then break end
    end
  end
  if #chunk < count and #entries < want then more = 0 break end
  if fromEnd then high = '(' .. (upTo or high) else low = '(' .. (upTo or low) end
end
return { 'PAGE', start, ${end}, upTo, more, entries }
`;

/** A page of one conversation. */
export const readConversationScript = new PartitionScript<PageReply<EntryReply>>(
  READING,
  ['p', 'g', 'e', 'n', 'r'],
  paging(
    'key.e',
    2,
    'lowWatermark(ARGV[1])',
    'last(ARGV[1])',
    `{ position, values[8], values[4] ~= '' and redis.call('HGET', key.n, 'n' .. values[4]), '' }`,
  ),
);

/** A page of a partition's feed. The events themselves are in their conversations' streams: see `readEntries`. */
export const readFeedScript = new PartitionScript<PageReply<FeedReply>>(
  READING,
  ['p', 'g', 'f'],
  paging('key.f', 8, `removed or '0-0'`, 'lastOfAll', '{ position, values[2], values[10] }'),
);

/** JSON and identity of an event; 'GONE' if it was removed meanwhile, 'LOST' if the feed lists it and its conversation lacks it. */
export type FoundReply = readonly [json: string, name: string | null] | 'GONE' | 'LOST';

/**
 * KEYS: the feed, then streams and identities of conversations, alternating. ARGV: for each event the index of its conversation (from 0),
 * and its position.
 */
const readEntriesScript = new Script<readonly FoundReply[]>(`#!lua flags=no-writes
local found = {}
for index = 1, #ARGV, 2 do
  local position, at = ARGV[index + 1], 2 * tonumber(ARGV[index])
  local entry = redis.call('XRANGE', KEYS[at + 2], position, position)[1]
  if entry then
    local values = entry[2]
    found[#found + 1] = { values[8], values[4] ~= '' and redis.call('HGET', KEYS[at + 3], 'n' .. values[4]) }
  else
    found[#found + 1] = redis.call('XRANGE', KEYS[1], position, position)[1] and 'LOST' or 'GONE'
  end
end
return found
`);

/** Reads events listed by a partition's feed, in order. */
export async function readEntries(
  commands: Commands,
  base: string,
  named: readonly { readonly position: Position; readonly conversation: string }[],
): Promise<readonly FoundReply[]> {
  if (named.length === 0) return [];
  const conversations = [...new Set(named.map(({ conversation }) => conversation))];
  const at = new Map(conversations.map((hash, index) => [hash, index]));
  const keys = conversations.flatMap((hash) => [keyOf('e', { base, hash }), keyOf('n', { base, hash })]);
  return readEntriesScript.run(
    commands,
    [`${base}f`, ...keys],
    ...named.flatMap(({ position, conversation }) => [at.get(conversation) ?? 0, position]),
  );
}

/** Head of a conversation, now or when its partition's head was a given position. ARGV: conversation, that position or empty. */
export const findHeadScript = new PartitionScript<Position>(
  READING,
  ['e', 'r'],
  `
if ARGV[2] == '' then return last(ARGV[1]) end
local entry = redis.call('XREVRANGE', key.e, ARGV[2]:match('^%d+') .. '-18446744073709551615', '-', 'COUNT', 1)[1]
if entry then return entry[1] end
local removed = lowWatermark(ARGV[1])
return numberOf(removed) <= numberOf(ARGV[2]) and removed or ARGV[2]
`,
);

/** KEYS: p of partitions. */
export const readPartitionsScript = new Script<readonly PartitionReply[]>(`#!lua flags=no-writes
local found = {}
for index = 1, #KEYS do found[index] = redis.call('HMGET', KEYS[index], 'last', 'changed') end
return found
`);

/**
 * The summary of a conversation's expired events, and the JSON of the stored ones that contribute to its metrics. ARGV: types (',A,B,').
 */
export const readMetricsScript = new PartitionScript<readonly [kept: string | null, events: readonly string[]]>(
  READING,
  ['e', 'h'],
  `
local found = {}
for _, entry in ipairs(redis.call('XRANGE', key.e, '-', '+')) do
  if ARGV[1]:find(',' .. entry[2][2] .. ',', 1, true) then found[#found + 1] = entry[2][8] end
end
return { redis.call('GET', key.h), found }
`,
);
