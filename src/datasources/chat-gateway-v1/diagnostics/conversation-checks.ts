import { asId, asRecord, asText, asTime } from '../../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../../domain/parse-unknown.js';
import { assignmentType, participantType } from '../../shared/enums.js';
import { conversationPath } from '../paths.js';
import { differs, ok, unknown } from '../../diagnostics/finding.js';
import type { CheckResult } from '../../diagnostics/finding.js';
import { checkOrder } from '../../diagnostics/list-checks.js';
import { isCheckResult } from '../../diagnostics/diagnostic-client.js';
import type { Probe, SeenPage } from '../../diagnostics/diagnostic-client.js';

const STATES = new Set(['created', 'active', 'idle']);
/** How many conversations are looked into for one that shows something. */
const LOOKED_INTO = 10;

/** The words that conversations use are known. */
export function checkConversations(sample: SeenPage | CheckResult): CheckResult {
  if (isCheckResult(sample)) return sample;
  if (sample.items.length === 0) return unknown('there is none');
  const states = sample.items.map(({ state }) => asText(state) ?? 'none').filter((state) => !STATES.has(state));
  if (states.length > 0) return differs(`states not known: ${listed(states)}`);
  const types = sample.items.flatMap(({ assignment }) => asText(asRecord(assignment)?.['type']) ?? []);
  const strange = types.filter((type) => assignmentType(type) === 'OTHER');
  if (strange.length > 0) return differs(`assignments not known: ${listed(strange)}`);
  return sample.items.some(({ user }) => asRecord(user) === null) ? differs('one has no user') : ok(`${sample.items.length} looked at`);
}

/** Messages have an id, a time and an author of a known type, and can be read by their id. */
export async function checkMessages(probe: Probe, sample: SeenPage | CheckResult): Promise<CheckResult> {
  const shown = await firstWith(probe, sample, 'messages', 1);
  if (isCheckResult(shown)) return shown;
  const { path, page } = shown;
  if (page.items.some((message) => asId(message['id']) === null || asTime(message['createdAt']) === null))
    return differs('one has no id or no time');
  const authors = page.items.map(({ author }) => asText(asRecord(author)?.['type']) ?? 'none');
  const strange = authors.filter((type) => participantType(type) === 'OTHER');
  if (strange.length > 0) return differs(`authors not known: ${listed(strange)}`);
  const id = asId(page.items[0]?.['id']) ?? '';
  const one = await probe.read(`${path}/${encodeURIComponent(id)}`);
  if (one.status === 404 || asId(asRecord(one.body)?.['id']) !== id) return differs('one that is listed cannot be read by its id');
  return ok(`${page.items.length} looked at`);
}

/** Messages can be read from either end. */
export async function checkMessageOrder(probe: Probe, sample: SeenPage | CheckResult): Promise<CheckResult> {
  const shown = await firstWith(probe, sample, 'messages', 2);
  return isCheckResult(shown)
    ? shown
    : checkOrder(probe, { path: shown.path, rel: 'messages', forward: { sort: 'createdAt:asc' } }, { sort: 'createdAt:desc' });
}

/** Interactions have an id and a start, and an end once they are over: a conversation that is idle shows all of it, so it is looked into first. */
export async function checkInteractions(probe: Probe, sample: SeenPage | CheckResult): Promise<CheckResult> {
  const shown = await firstWith(probe, isCheckResult(sample) ? sample : idleFirst(sample), 'interactions', 1);
  if (isCheckResult(shown)) return shown;
  const { conversation, page } = shown;
  if (page.items.some((one) => asId(one['id']) === null || asTime(one['startTime']) === null)) return differs('one has no id or no start');
  if (page.items.some(({ endTime }) => endTime !== undefined && endTime !== null && asTime(endTime) === null))
    return differs('an end is no time');
  if (isIdle(conversation) && page.items.some(({ endTime }) => asTime(endTime) === null))
    return differs('one has no end though its conversation is idle');
  return ok(`${page.items.length} looked at`);
}

const isIdle = ({ state }: UnknownRecord): boolean => asText(state) === 'idle';
const idleFirst = (sample: SeenPage): SeenPage => ({
  ...sample,
  items: [...sample.items].sort((one, other) => Number(isIdle(other)) - Number(isIdle(one))),
});

/** Participants are of known types. */
export async function checkParticipants(probe: Probe, sample: SeenPage | CheckResult): Promise<CheckResult> {
  const shown = await firstWith(probe, sample, 'participants', 1);
  if (isCheckResult(shown)) return shown;
  const types = shown.page.items.map(({ type }) => asText(type) ?? 'none');
  const strange = types.filter((type) => participantType(type) === 'OTHER');
  return strange.length > 0 ? differs(`types not known: ${listed(strange)}`) : ok(`${types.length} looked at`);
}

interface Shown {
  readonly conversation: UnknownRecord;
  readonly path: string;
  readonly page: SeenPage;
}

/** A part of the first conversation that has so many of it. */
async function firstWith(probe: Probe, sample: SeenPage | CheckResult, part: string, least: number): Promise<Shown | CheckResult> {
  if (isCheckResult(sample)) return sample;
  for (const conversation of sample.items.slice(0, LOOKED_INTO)) {
    const path = conversationPath(asId(conversation['id']) ?? '', part);
    const page = path === null ? null : await probe.page(path, part, {});
    if (path === null || page === null) continue;
    if (isCheckResult(page)) return page;
    if (page.items.length >= least) return { conversation, path, page };
  }
  return unknown('no conversation looked into shows it');
}

const listed = (words: readonly string[]): string => [...new Set(words)].join(', ').slice(0, 200);
