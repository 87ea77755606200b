import { Script } from '../script.js';
import type { Place } from '../places.js';
import { storing } from './prelude.js';

export type AppendReply =
  | readonly ['STORED', place: Place, previous: Place, previousOfAll: Place]
  | readonly ['KNOWN', place: Place, json: string | null, name: string | null]
  | readonly ['CONFLICT'];

/**
 * Stores an event under the next place of its partition, unless its id is known there, and publishes it.
 * ARGV: conversation, event id (hashes), type, received, JSON, key of the name or nothing, the name for those who listen, channels of the conversation (or nothing) and
 * of all, partition; then, with a name, what `writeNames` takes.
 */
export const appendScript = new Script<AppendReply>(
  storing(`
local conversation, id, type, received, json, nameKey, name = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local events = base .. 'e:' .. conversation
local known = redis.call('HGET', base .. 'i:' .. conversation, id) or redis.call('HGET', base .. 'y:' .. conversation, id)
if known then
  local entry = redis.call('XRANGE', events, known, known)[1]
  if not entry then return { 'KNOWN', known, false, false } end
  local values = entry[2]
  return { 'KNOWN', known, values[8], values[4] ~= '' and redis.call('HGET', base .. 'n:' .. conversation, 'n' .. values[4]) }
end
if nameKey ~= '' and not writeNames(11) then return { 'CONFLICT' } end

-- Another process than the one that took the last event: another term.
local run = redis.call('INFO', 'server'):match('run_id:(%x+)')
local previousOfAll = redis.call('HGET', KEYS[1], 'last') or '0-0'
local number, term = previousOfAll:match('^(%d+)-(%d+)$')
if redis.call('HGET', KEYS[1], 'run') ~= run then
  if term ~= '0' then redis.call('HSET', base .. 'g', term, number) end
  term = tostring(tonumber(redis.sha1hex(run .. previousOfAll):sub(1, 7), 16))
  redis.call('HSET', base .. 'g', term, '')
  redis.call('HSET', KEYS[1], 'run', run)
end

local place = string.format('%.0f', tonumber(number) + 1) .. '-' .. term
local previous = last(conversation)
local now = redis.call('TIME')
redis.call('XADD', events, place, 't', type, 'n', nameKey, 'r', received, 'j', json)
redis.call('XADD', base .. 'f', place, 'c', conversation, 'i', id, 'r', received, 't', type, 'u', string.format('%.0f', now[1] * 1000000 + now[2]))
redis.call('HSET', base .. 'i:' .. conversation, id, place)
redis.call('HSET', KEYS[1], 'last', place)

local message = 'E ' .. ARGV[10] .. ' ' .. place .. ' ' .. previous .. ' ' .. previousOfAll .. '\\n' .. name .. '\\n' .. json
if ARGV[8] ~= '' then redis.call('PUBLISH', ARGV[8], message) end
redis.call('PUBLISH', ARGV[9], message)
return { 'STORED', place, previous, previousOfAll }
`),
);

/** Hands on an event that is not stored. ARGV: conversation or nothing, JSON of who is typing or nothing, for how long that holds (ms), message, channels of the conversation (or nothing) and of all. */
export const passScript = new Script<null>(
  storing(`
if ARGV[1] ~= '' then
  if ARGV[2] == '' then redis.call('DEL', base .. 't:' .. ARGV[1])
  else redis.call('SET', base .. 't:' .. ARGV[1], ARGV[2], 'PX', ARGV[3]) end
end
if ARGV[5] ~= '' then redis.call('PUBLISH', ARGV[5], ARGV[4]) end
redis.call('PUBLISH', ARGV[6], ARGV[4])
return false
`),
);
