import type { EventType } from '../../domain/event.js';
import { HANDLING_EVENT_TYPES, foldHandling } from '../../domain/interaction-metrics.js';
import type { Handling } from '../../domain/interaction-metrics.js';
import { decodeEvent } from '../port/event-codec.js';
import type { Driver } from './driver.js';
import type { OperationInput } from './worker-protocol.js';

export interface RemovedEvent {
  readonly seq: number;
  readonly conversation: string | null;
  readonly type: EventType;
  readonly json: string;
}

const METRICS_EVENT_TYPES: ReadonlySet<EventType> = new Set(HANDLING_EVENT_TYPES);
const PLACEHOLDERS = HANDLING_EVENT_TYPES.map(() => '?').join(', ');

/** The metrics of a conversation, from its stored and its expired events. */
export function interactionMetrics(driver: Driver, { conversationId }: OperationInput<'interactionMetrics'>): Handling {
  const stored = driver.rows(
    `SELECT json FROM events WHERE conversation = ? AND type IN (${PLACEHOLDERS})`,
    conversationId,
    ...HANDLING_EVENT_TYPES,
  ) as Pick<RemovedEvent, 'json'>[];
  return foldHandling(
    storedSummary(driver, conversationId),
    stored.map(({ json }) => decodeEvent(json)),
  );
}

/** Folds events that are being removed into the stored summaries of their conversations. */
export function foldIntoSummaries(driver: Driver, removed: readonly RemovedEvent[], now: number): void {
  const byConversation = new Map<string, string[]>();
  for (const { conversation, type, json } of removed) {
    if (conversation === null || !METRICS_EVENT_TYPES.has(type)) continue;
    const events = byConversation.get(conversation);
    if (events === undefined) byConversation.set(conversation, [json]);
    else events.push(json);
  }
  for (const [conversation, events] of byConversation) {
    const kept = foldHandling(
      storedSummary(driver, conversation),
      events.map((json) => decodeEvent(json)),
    );
    driver.run('INSERT OR REPLACE INTO handlings (conversation, json, kept) VALUES (?, ?, ?)', conversation, JSON.stringify(kept), now);
  }
}

function storedSummary(driver: Driver, conversation: string): Handling {
  const [row] = driver.rows('SELECT json FROM handlings WHERE conversation = ?', conversation) as Pick<RemovedEvent, 'json'>[];
  return row === undefined ? [] : (JSON.parse(row.json) as Handling);
}
