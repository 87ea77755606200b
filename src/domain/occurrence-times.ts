import type { ConversationEvent } from './event.js';

const OWN_PREFIX = 'own-';
/** How many of the contact centre's events are compared with our clock, on each side of one of ours. */
const NEAREST = 5;

/** Id of an event that this gateway appends about its own call, made of a part that is unique. */
export const ownEventId = (unique: string): string => `${OWN_PREFIX}${unique}`;

/** Whether this gateway appended an event about its own call, so that the event carries the gateway's clock and not the contact centre's. */
export const isOwnEvent = ({ id }: Pick<ConversationEvent, 'id'>): boolean => id.startsWith(OWN_PREFIX);

/**
 * When an event happened by the contact centre's clock, in epoch milliseconds, among the events around it. The contact centre's own events carry that clock. Ours carry
 * ours, which may be ahead or behind: by how much is seen from the events around, which carry both (`receivedAt` is ours). Of these the fastest counts, as a slow delivery
 * looks like a difference of clocks. And one of ours is later than all that had been received when it began.
 */
export function occurrenceTimes(events: readonly ConversationEvent[]): (event: ConversationEvent) => number {
  const times = ownTimes(events);
  return ({ id, occurredAt }) => times.get(id) ?? occurredAt.getTime();
}

function ownTimes(events: readonly ConversationEvent[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  const ours = events.filter(isOwnEvent);
  if (ours.length === 0 || ours.length === events.length) return times;
  const received = events.filter((event) => !isOwnEvent(event)).sort((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime());
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

/** How many, of events in order of receipt, were received by then. */
function countUntil(received: readonly ConversationEvent[], at: number): number {
  let [low, high] = [0, received.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((received[middle]?.receivedAt.getTime() ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
