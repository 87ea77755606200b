import type { ConversationEvent } from './event.js';

const OWN_PREFIX = 'own-';
/** How many of the contact centre's events on each side of an own event estimate the clock offset. */
const NEAREST = 5;

/** Id of an event that this gateway appends about its own call. `unique` makes it unique. */
export const ownEventId = (unique: string): string => `${OWN_PREFIX}${unique}`;

/** Whether this gateway appended an event about its own call, so that the event carries the gateway's clock and not the contact centre's. */
export const isOwnEvent = ({ id }: Pick<ConversationEvent, 'id'>): boolean => id.startsWith(OWN_PREFIX);

/**
 * When each event happened by the contact centre's clock, in epoch milliseconds. Its own events carry that clock. Ours carry the gateway's, whose offset is estimated from the
 * events around, which carry both (`receivedAt` is ours): the smallest difference counts, as a slow delivery looks like an offset. An event of ours is never dated
 * before one that had been received when it began. Healed events were not received when they happened, and show nothing of the clocks.
 */
export function occurrenceTimes(events: readonly ConversationEvent[]): (event: ConversationEvent) => number {
  const times = ownTimes(events);
  return ({ id, occurredAt }) => times.get(id) ?? occurredAt.getTime();
}

function ownTimes(events: readonly ConversationEvent[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  const ours = events.filter(isOwnEvent);
  const theirs = ours.length === 0 ? [] : events.filter((event) => !isOwnEvent(event) && event.source !== 'HISTORY');
  if (theirs.length === 0) return times;
  const received = theirs.sort((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime());
  const latest: number[] = [];
  for (const { occurredAt } of received) latest.push(Math.max(latest.at(-1) ?? -Infinity, occurredAt.getTime()));
  for (const event of ours) {
    const began = event.occurredAt.getTime();
    const before = countUntil(received, began);
    const around = received.slice(Math.max(0, before - NEAREST), before + NEAREST);
    const ahead = Math.min(...around.map(({ occurredAt, receivedAt }) => receivedAt.getTime() - occurredAt.getTime()));
    times.set(event.id, Math.max(began - ahead, latest[before - 1] ?? -Infinity));
  }
  return times;
}

/** How many events, in order of receipt, were received until `at`. Binary search. */
function countUntil(received: readonly ConversationEvent[], at: number): number {
  let [low, high] = [0, received.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((received[middle]?.receivedAt.getTime() ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
