import { foldSummary, isStateEvent, parseSummary } from '../../domain/inbox-summary.js';
import type { InboxSummary } from '../../domain/inbox-summary.js';
import { decodeEvent } from '../port/event-codec.js';
import type { Driver } from './driver.js';
import type { OperationInput, OperationResult } from './worker-protocol.js';

/** A conversation's summary as stored, and the positions of the state events that it lacks. Null if there is none, or nothing is lacking. */
export interface StoredSummary {
  readonly conversation: number;
  readonly unfolded: string | null;
  readonly shown: string | null;
  readonly folded: string | null;
}

/** A state event as stored. */
export interface StateEventRow {
  readonly seq: number;
  readonly json: string;
}

/** A summary with the state events that it lacks. `removed`: those of them that have just been removed from `events`. */
export function completeSummary(
  driver: Driver,
  { unfolded, shown, folded }: Omit<StoredSummary, 'conversation'>,
  removed: readonly StateEventRow[] = [],
): InboxSummary | null {
  const summary = shown === null || folded === null ? null : parseSummary(shown, folded);
  if (unfolded === null) return summary;
  const lacking = new Set(unfolded.split(',').map(Number));
  const stored = driver.rows(
    'SELECT seq, json FROM events WHERE seq IN (SELECT value FROM json_each(?))',
    `[${unfolded}]`,
  ) as StateEventRow[];
  const rows = [...stored, ...removed.filter(({ seq }) => lacking.has(seq))].sort((a, b) => a.seq - b.seq);
  const events = rows.map(({ json }) => decodeEvent(json)).filter(isStateEvent);
  return events.length === 0 ? summary : foldSummary(summary, events);
}

/** SQL: what `completeSummary` needs of conversations, given as a JSON array of numbers; only of those that lack something. */
const SELECT_INCOMPLETE = `
  SELECT i.conversation, i.unfolded, s.shown, s.folded FROM inbox i LEFT JOIN summaries s ON s.conversation = i.conversation
  WHERE i.conversation IN (SELECT value FROM json_each(?)) AND i.unfolded IS NOT NULL`;

/**
 * Stores the summaries of conversations with the state events that they lacked.
 * @param removed by conversation: state events that have just been removed from `events`
 * @returns how many were changed
 */
export function updateSummaries(
  driver: Driver,
  conversations: readonly number[],
  removed: ReadonlyMap<number | null, readonly StateEventRow[]> = new Map(),
): number {
  const incomplete = driver.rows(SELECT_INCOMPLETE, JSON.stringify(conversations)) as StoredSummary[];
  for (const stored of incomplete) {
    const summary = completeSummary(driver, stored, removed.get(stored.conversation));
    if (summary !== null) storeSummary(driver, stored.conversation, summary);
    driver.run('UPDATE inbox SET unfolded = NULL WHERE conversation = ?', stored.conversation);
  }
  return incomplete.length;
}

/** Stores a conversation's summary. */
export function storeSummary(driver: Driver, conversation: number, { shown, folded }: InboxSummary): void {
  driver.run(
    `INSERT INTO summaries (conversation, state, shown, folded) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (conversation) DO UPDATE SET state = ?2, shown = ?3, folded = ?4`,
    ...[conversation, shown.state, JSON.stringify(shown), JSON.stringify(folded)],
  );
}

/** Stores the summaries that a page had to complete, so that the next one need not. Nothing depends on it. */
export function keepSummaries(driver: Driver, { conversations }: OperationInput<'keepSummaries'>): OperationResult<'keepSummaries'> {
  return updateSummaries(driver, conversations) > 0;
}
