import { MAX_DEAD_LETTERS } from '../port/sink-store.js';
import type { Driver } from './driver.js';
import type { OperationInput } from './worker-protocol.js';

/** See `SinkStore.addDeadLetter`. */
export function addDeadLetter(driver: Driver, { sink, letter }: OperationInput<'addDeadLetter'>): null {
  const { eventId, conversationId, failedAt } = letter;
  driver.run('DELETE FROM sink_letters WHERE sink = ? AND event = ?', sink, eventId);
  driver.run(
    'INSERT INTO sink_letters (sink, event, conversation, failed, requested, json) VALUES (?, ?, ?, ?, 0, ?)',
    sink,
    eventId,
    conversationId,
    failedAt.getTime(),
    JSON.stringify(letter),
  );
  driver.run(
    `DELETE FROM sink_letters WHERE sink = ?1 AND id <=
     (SELECT id FROM sink_letters WHERE sink = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${MAX_DEAD_LETTERS})`,
    sink,
  );
  return null;
}

/** As JSON, the oldest first. `take`: those that are requested, whose requests are withdrawn. */
export function deadLetters(driver: Driver, { sink, limit, take }: OperationInput<'deadLetters'>): string[] {
  const condition = take ? 'AND requested = 1' : '';
  const rows = driver.rows(`SELECT id, json FROM sink_letters WHERE sink = ? ${condition} ORDER BY id LIMIT ?`, sink, limit) as {
    id: number;
    json: string;
  }[];
  if (take) for (const { id } of rows) driver.run('UPDATE sink_letters SET requested = 0 WHERE id = ?', id);
  return rows.map(({ json }) => json);
}

/** See `SinkStore.requestRetry`. */
export function requestRetry(driver: Driver, { sink, eventId }: OperationInput<'requestRetry'>): number {
  return driver.run('UPDATE sink_letters SET requested = 1 WHERE sink = ?1 AND (?2 IS NULL OR event = ?2)', sink, eventId).changes;
}

/** One event's, or with null those that failed before a time. */
export function removeDeadLetters(driver: Driver, { sink, eventId, failedBefore }: OperationInput<'removeDeadLetters'>): number {
  if (eventId !== null) return driver.run('DELETE FROM sink_letters WHERE sink = ? AND event = ?', sink, eventId).changes;
  return driver.run('DELETE FROM sink_letters WHERE sink = ? AND failed < ?', sink, failedBefore).changes;
}

/** Erases what is kept of a conversation's events, in all sinks. */
export function eraseDeadLetters(driver: Driver, conversationId: string): void {
  driver.run('DELETE FROM sink_letters WHERE conversation = ?', conversationId);
}
