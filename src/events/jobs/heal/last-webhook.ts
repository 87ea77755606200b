import type { EventLog } from '../../port/event-log.js';

/** So many of the newest events are searched. */
const NEWEST = 1_000;

/**
 * When the last webhook was received by that time, at any gateway of the log: nothing that has happened since then was reported until that time. If only the gateway's own
 * events are found, the time of the oldest that was looked at; null if the log holds none.
 */
export async function findLastWebhook(log: Pick<EventLog, 'read'>, by: Date): Promise<Date | null> {
  const { events } = await log.read('all', { limit: NEWEST, fromEnd: true });
  const earlier = events.map(({ event }) => event).filter(({ receivedAt }) => receivedAt <= by);
  return (earlier.findLast(({ source }) => source === 'WEBHOOK') ?? earlier[0])?.receivedAt ?? null;
}
