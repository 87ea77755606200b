import { asId, asList, asRecord, asText, asTime } from '../../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../../domain/parse-unknown.js';
import { participantType } from '../../shared/enums.js';
import { differs, ok, unknown } from '../../diagnostics/finding.js';
import type { CheckResult } from '../../diagnostics/finding.js';
import { isCheckResult, probeFailed } from '../../diagnostics/diagnostic-client.js';
import type { Probe, SeenPage } from '../../diagnostics/diagnostic-client.js';
import { listed } from '../response-body.js';

/** How many conversations are looked into for one that shows something. */
const LOOKED_INTO = 10;

/** Where a part of a conversation is; null where it has no id. */
type PartOf = (conversation: UnknownRecord, part: string) => string | null;

/** Conversations have a channel, a customer and interactions, and those an id and times, from which the conversation's state is derived. */
export function checkConversations(sample: SeenPage | CheckResult): CheckResult {
  if (isCheckResult(sample)) return sample;
  if (sample.items.length === 0) return unknown('there is none');
  if (sample.items.some(({ channelId }) => asId(channelId) === null)) return differs('one names no channel');
  if (sample.items.some(({ customer }) => asRecord(customer) === null)) return differs('one has no customer');
  const interactions = sample.items.flatMap(({ interactions: list }) => asList(list).map(asRecord));
  if (interactions.some((one) => asId(one?.['id']) === null || asTime(one?.['startTime']) === null))
    return differs('an interaction has no id or no start');
  const isEnd = (end: unknown) => end === undefined || end === null || asTime(end) !== null;
  if (interactions.some((one) => !isEnd(one?.['endTime']))) return differs('the end of an interaction is no time');
  if (interactions.length === 0) return unknown('none of them has an interaction');
  return ok(`${sample.items.length} looked at, with ${interactions.length} interactions`);
}

/** Messages come as one list, each with an author of a known type, a text and its interaction. */
export async function checkMessages(probe: Probe, sample: SeenPage | CheckResult, partOf: PartOf): Promise<CheckResult> {
  const items = await firstWith(probe, sample, 'messages', partOf);
  if (isCheckResult(items)) return items;
  const strange = items
    .map((one) => asText(one['authorType'] ?? one['type']) ?? 'none')
    .filter((type) => participantType(type) === 'OTHER');
  if (strange.length > 0) return differs(`authors not known: ${words(strange)}`);
  if (items.some((one) => asText(one['originalText']) === null && asText(one['text']) === null)) return differs('one has no text');
  if (items.some(({ interactionId }) => interactionId !== undefined && interactionId !== null && asId(interactionId) === null))
    return differs('an interaction is no id');
  return ok(`${items.length} looked at`);
}

/** Participants are of known types. */
export async function checkParticipants(probe: Probe, sample: SeenPage | CheckResult, partOf: PartOf): Promise<CheckResult> {
  const items = await firstWith(probe, sample, 'participants', partOf);
  if (isCheckResult(items)) return items;
  const strange = items.map(({ type }) => asText(type) ?? 'none').filter((type) => participantType(type) === 'OTHER');
  return strange.length > 0 ? differs(`types not known: ${words(strange)}`) : ok(`${items.length} looked at`);
}

/** A part of the first conversation that has some of it. */
async function firstWith(
  probe: Probe,
  sample: SeenPage | CheckResult,
  part: string,
  partOf: PartOf,
): Promise<(readonly UnknownRecord[] & { result?: never }) | CheckResult> {
  if (isCheckResult(sample)) return sample;
  for (const conversation of sample.items.slice(0, LOOKED_INTO)) {
    const path = partOf(conversation, part);
    if (path === null) continue;
    const { status, body, error } = await probe.read(path);
    if (error !== null || status === 404) return probeFailed(status, error);
    if (asRecord(body) === null) return differs('the answer is no object');
    const items = listed(body, part).map(asRecord);
    if (items.some((item) => item === null)) return differs('something in it is no object');
    if (items.length > 0) return items.filter((item) => item !== null);
  }
  return unknown('no conversation looked into shows it');
}

const words = (list: readonly string[]): string => [...new Set(list)].join(', ').slice(0, 200);
