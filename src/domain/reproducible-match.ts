import type { ListedMessage } from './message-identity.js';
import { CLOCK_TOLERANCE_MS } from './message-matching.js';
import type { IdentityRecord, PendingSend } from './message-matching.js';

/** Messages of one content may be taken for each other if their times differ by less: the event of one within the tolerance of the other's list entry, on either side. */
const APART_MS = 2 * CLOCK_TOLERANCE_MS;

/** A match with all that took part in it. Times are epoch milliseconds. */
export interface ObservedMatch {
  readonly changed: readonly IdentityRecord[];
  readonly messages: readonly ListedMessage[];
  readonly known: readonly IdentityRecord[];
  readonly sends: readonly PendingSend[];
  readonly now: number;
}

/**
 * Whether the same match would be found again if what is new in it were lost: each message is paired with its event, keeps the event's identity, and nothing else of its content
 * was sent, listed or reported near it, nor is likely to be. What is lost otherwise might be found in another way, and rename a message.
 */
export function isReproducible({ changed, messages, known, sends, now }: ObservedMatch): boolean {
  if (sends.length > 0) return false;
  if (changed.length === 0) return true;
  const listed = timesByDigest(messages, ({ createdAt }) => createdAt?.getTime() ?? null);
  const reported = timesByDigest(known, ({ occurredAt, listedAt }) => occurredAt ?? listedAt);
  return changed.every(
    ({ id, eventId, digest, listedAt }) =>
      eventId !== null &&
      listedAt !== null &&
      listedAt <= now - APART_MS &&
      id === `e${eventId}` &&
      isOnlyOneNear(listed.get(digest), listedAt) &&
      isOnlyOneNear(reported.get(digest), listedAt),
  );
}

function timesByDigest<T extends { readonly digest: string }>(
  items: readonly T[],
  timeOf: (item: T) => number | null,
): ReadonlyMap<string, number[]> {
  const times = new Map<string, number[]>();
  for (const item of items) {
    const alike = times.get(item.digest);
    // Without a time it may be anywhere.
    const time = timeOf(item) ?? NaN;
    if (alike === undefined) times.set(item.digest, [time]);
    else alike.push(time);
  }
  return times;
}

/** Whether one of these times is near, and no other. */
const isOnlyOneNear = (times: readonly number[] = [], at: number): boolean =>
  times.filter((time) => !(Math.abs(time - at) > APART_MS)).length === 1;
