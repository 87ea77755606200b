import { hash } from 'node:crypto';
import { matchInOrder } from './match-in-order.js';
import { CLOCK_TOLERANCE_MS } from './message-matching.js';
import type { IdentityRecord } from './message-matching.js';

const HEALED_PREFIX = 'heal-';

/**
 * Id of the event that a gateway appends for a message that history lists and no event reported: the same in every gateway and after a
 * restart. `listedId`: the message's id in the upstream's list.
 */
export const healedMessageId = (conversationId: string, listedId: string): string => healedEventId('message', conversationId, listedId);

/** Id of the event that a gateway appends for something that the upstream's lists show and no event reported. `parts` name it, and nothing else. */
export const healedEventId = (...parts: readonly string[]): string =>
  `${HEALED_PREFIX}${hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 22)}`;

/**
 * The part of a horizon that is left to the difference of clocks and the time that an append takes: a message is healed only while its event, had there been one, would
 * still be stored.
 */
const MARGIN = 1 / 24;

/** Up to which age messages are healed, in milliseconds: within the horizon in which an event may arrive, and within the retention of events. */
export const healingReachMs = (retryHorizonMs: number, retentionMs: number): number => Math.min(retryHorizonMs, retentionMs) * (1 - MARGIN);

/**
 * For how long after the first event of a conversation a message may belong to the history that it was created with, for which no events exist: 2 s. It covers the
 * difference between the clocks of lists and of events.
 */
export const IMPORT_MARGIN_MS = 2_000;
/** How far an event that no listed message was matched with may lie from a message of the same content to be possibly its own: 10 min. */
export const UNCERTAIN_MS = 600_000;

/**
 * Why a message gets no event of ours. `SETTLED`: it has an event, or is erased or unknown; this never changes. `UNEXPECTED`: it may be older than anything that the log knows
 * of its conversation. `UNCERTAIN`: an event with the same content is not matched with any listed message yet, and may be its own.
 */
export type HealingRejection = 'SETTLED' | 'UNEXPECTED' | 'UNCERTAIN';

/** What is to be done about a listed message: it gets an event of ours, or why not. */
export type HealingDecision = 'OVERDUE' | HealingRejection;

/** What an engine knows when it decides about a message. Times are epoch milliseconds. */
export interface HealingFacts {
  /** All identities of the conversation with the message's digest and within `UNCERTAIN_MS` of it; more do no harm. */
  readonly records: readonly IdentityRecord[];
  /** When the conversation's first event happened that is stored; null if none is. */
  readonly firstEventAt: number | null;
  /** Whether events of the conversation were stored that have been removed since. */
  readonly hadEvents: boolean;
  readonly erasedAt: number | null;
  /** From when on messages are expected to have events by other knowledge; null if there is none. */
  readonly since: number | null;
}

/**
 * Decides about several messages of a conversation, in their order: for each the record that an event of ours has to report, or why none has to. Each is decided as if the
 * events of those before it were stored.
 */
export function decideHealings(listedIds: readonly string[], facts: HealingFacts): readonly (IdentityRecord | HealingRejection)[] {
  const waiting = new Map(facts.records.filter(isUnreported).map((record) => [record.listedId, record]));
  const unlisted = facts.records.filter(isUnlisted);
  let { firstEventAt } = facts;
  let expectedFrom = findExpectedFrom(facts, firstEventAt);
  return listedIds.map((listedId) => {
    const record = waiting.get(listedId);
    if (record === undefined || record.listedAt === null) return 'SETTLED';
    if (facts.erasedAt !== null && record.listedAt <= facts.erasedAt + CLOCK_TOLERANCE_MS) return 'SETTLED';
    // A message that was sent through a gateway certainly has an event.
    if (record.occurredAt === null && record.listedAt < expectedFrom) return 'UNEXPECTED';
    if (isPossiblyReported(record, waiting.values(), unlisted)) return 'UNCERTAIN';
    waiting.delete(listedId);
    firstEventAt ??= record.listedAt;
    expectedFrom = findExpectedFrom(facts, firstEventAt);
    return record;
  });
}

/** What `decideHealings` returned, without the records. */
export const toHealingDecision = (decision: IdentityRecord | HealingRejection): HealingDecision =>
  typeof decision === 'string' ? decision : 'OVERDUE';

/** Listed, and neither an event nor a gateway has reported it. */
const isUnreported = ({ listedId, eventId, isHealed }: IdentityRecord): boolean =>
  listedId !== null && eventId === null && isHealed !== true;

/** An event's, with which no listed message was matched. */
const isUnlisted = ({ listedId, eventId }: IdentityRecord): boolean => listedId === null && eventId !== null;

function findExpectedFrom({ hadEvents, since }: HealingFacts, firstEventAt: number | null): number {
  if (hadEvents) return -Infinity;
  return Math.min(firstEventAt === null ? Infinity : firstEventAt + IMPORT_MARGIN_MS, since ?? Infinity);
}

/**
 * Whether an unlisted event may be the message's own, though their times are too far apart to match them, or the list lags. There are as many messages to heal as are left
 * over by such events.
 */
function isPossiblyReported(record: IdentityRecord, waiting: Iterable<IdentityRecord>, unlisted: readonly IdentityRecord[]): boolean {
  const at = record.listedAt ?? 0;
  const isAlike = ({ digest, listedAt, occurredAt }: IdentityRecord) =>
    digest === record.digest && Math.abs((listedAt ?? occurredAt ?? 0) - at) <= UNCERTAIN_MS;
  const reported = unlisted.filter(isAlike).sort((a, b) => (a.occurredAt ?? 0) - (b.occurredAt ?? 0));
  if (reported.length === 0) return false;
  const unreported = [...waiting].filter(isAlike).sort((a, b) => (a.listedAt ?? 0) - (b.listedAt ?? 0));
  const pairs = matchInOrder(unreported, reported, ({ listedAt }, { occurredAt }) => {
    const distance = Math.abs((listedAt ?? 0) - (occurredAt ?? 0));
    return distance <= UNCERTAIN_MS ? distance : null;
  });
  return pairs.has(record);
}
