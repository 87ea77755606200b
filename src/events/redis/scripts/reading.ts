import { Script } from '../script.js';
import type { Place } from '../places.js';
import { reading } from './prelude.js';

/** Place, JSON, the message's name, when it was stored (epoch µs). */
export type EntryReply = readonly [place: Place, json: string, name: string | null, stored: string];

/** `start`: what was removed up to; `end`: where the scope ends; `upTo`: the last place looked at. `more`: 1 if there may be more beyond that. */
export type PageReply =
  readonly ['EXPIRED'] | readonly ['PAGE', start: Place, end: Place, upTo: Place | null, more: number, entries: readonly EntryReply[]];

/**
 * Reads on in the feed (ARGV[1] = '') or in a conversation (its hash). ARGV: conversation, after, before (places or nothing), how many, '1' for from the end, types
 * (',A,B,' or '*'). Looks at a bounded number of entries.
 */
export const pageScript = new Script<PageReply>(
  reading(`
local conversation, after, before, want, fromEnd, types = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5] == '1', ARGV[6]
local all = conversation == ''
local stream = all and base .. 'f' or base .. 'e:' .. conversation
local lastOfAll = redis.call('HGET', KEYS[1], 'last') or '0-0'
local start = all and (redis.call('HGET', KEYS[1], 'removed') or '0-0') or removedFrom(conversation)
if after ~= '' then
  local number, term = tonumber(after:match('^%d+')), after:match('%d+$')
  if number < numberOf(start) then return { 'EXPIRED' } end
  if number > 0 then
    -- A place of a term beyond what that term came to: the events that led there are lost.
    local termEnd = redis.call('HGET', base .. 'g', term)
    if not termEnd then return { 'EXPIRED' } end
    if number > (termEnd == '' and numberOf(lastOfAll) or tonumber(termEnd)) then return { 'EXPIRED' } end
  end
end
local low = after == '' and '-' or '(' .. after:match('^%d+') .. '-18446744073709551615'
local high = before == '' and '+' or numberOf(before) == 0 and '0-0' or '(' .. before:match('^%d+') .. '-0'
local entries, looked, upTo, more = {}, 0, false, 1
while #entries < want and looked < 5000 do
  local count = types == '*' and want - #entries or 100
  local chunk = fromEnd and redis.call('XREVRANGE', stream, high, low, 'COUNT', count) or redis.call('XRANGE', stream, low, high, 'COUNT', count)
  for _, entry in ipairs(chunk) do
    local place, values = entry[1], entry[2]
    looked, upTo = looked + 1, place
    if types == '*' or types:find(',' .. values[all and 8 or 2] .. ',', 1, true) then
      local owner, stored = conversation, ''
      if all then
        owner, stored = values[2], values[10]
        values = redis.call('XRANGE', base .. 'e:' .. owner, place, place)[1][2]
      end
      local name = values[4] ~= '' and redis.call('HGET', base .. 'n:' .. owner, 'n' .. values[4])
      entries[#entries + 1] = { place, values[8], name, stored }
      if #entries == want then break end
    end
  end
  if #chunk < count and #entries < want then more = 0 break end
  if fromEnd then high = '(' .. (upTo or high) else low = '(' .. (upTo or low) end
end
return { 'PAGE', start, all and lastOfAll or last(conversation), upTo, more, entries }
`),
);

/** Where a conversation ends, or ended when its partition ended at a place. ARGV: conversation, that place or nothing. */
export const endScript = new Script<Place>(
  reading(`
if ARGV[2] == '' then return last(ARGV[1]) end
local entry = redis.call('XREVRANGE', base .. 'e:' .. ARGV[1], ARGV[2]:match('^%d+') .. '-18446744073709551615', '-', 'COUNT', 1)[1]
if entry then return entry[1] end
local removed = removedFrom(ARGV[1])
return numberOf(removed) <= numberOf(ARGV[2]) and removed or ARGV[2]
`),
);

/** One event of each conversation with events received since then. ARGV: received, tolerance for entries that are out of order (ms). */
export const activeScript = new Script<readonly string[]>(
  reading(`
local since, tolerance, seen, found, high = tonumber(ARGV[1]), tonumber(ARGV[2]), {}, {}, '+'
while true do
  local chunk = redis.call('XREVRANGE', base .. 'f', high, '-', 'COUNT', 500)
  for _, entry in ipairs(chunk) do
    local conversation, received = entry[2][2], tonumber(entry[2][6])
    if received < since - tolerance then return found end
    if received >= since and not seen[conversation] then
      seen[conversation] = true
      found[#found + 1] = redis.call('XRANGE', base .. 'e:' .. conversation, entry[1], entry[1])[1][2][8]
    end
    high = '(' .. entry[1]
  end
  if #chunk < 500 then return found end
end
`),
);

/** What a conversation's expired events came to, and the JSON of those that go on telling. ARGV: conversation, types (',A,B,'). */
export const handlingScript = new Script<readonly [kept: string | null, events: readonly string[]]>(
  reading(`
local found = {}
for _, entry in ipairs(redis.call('XRANGE', base .. 'e:' .. ARGV[1], '-', '+')) do
  if ARGV[2]:find(',' .. entry[2][2] .. ',', 1, true) then found[#found + 1] = entry[2][8] end
end
return { redis.call('GET', base .. 'h:' .. ARGV[1]), found }
`),
);
