import { derivedId } from './message-identity.js';
import { CLOCK_TOLERANCE_MS } from './message-matching.js';
import type { IdentityRecord } from './message-matching.js';

/** Within this time of a message its webhook is expected, whatever the contact centre's retries: 24 h. */
export const DEFAULT_RETRY_HORIZON_MS = 86_400_000;

/**
 * The part of the horizon that lies between the age at which an event counts as late and the age at which a message counts as old. It covers the difference of clocks, the time
 * that an append takes, and further attempts of the contact centre while its list cannot be read.
 */
const MARGIN = 1 / 24;

/** Whether a message that history lists with this time (epoch ms) gets no event by itself any more. Never without a time. */
export const isOld = (listedAt: number | null, now: number, horizonMs: number): boolean => listedAt !== null && listedAt <= now - horizonMs;

/** Whether an event may belong to a message that counted as old before, so that nothing was recorded of it: the list must be read. Times are epoch ms. */
export const isLate = (occurredAt: number, receivedAt: number, horizonMs: number): boolean =>
  occurredAt <= receivedAt - horizonMs * (1 - MARGIN);

/**
 * Whether a message's identity follows from its listed id, so that its record may be dropped once it is old, or once its event has expired. Not while an event with the same
 * content at that time is unlisted: the next listing would match the two; and not while the message's own event may follow that of ours. `unlisted`: identities that only events
 * have shown.
 */
export function isDerivable(record: IdentityRecord, unlisted: readonly IdentityRecord[]): boolean {
  const { id, listedId, clientMessageId, digest, isHealed = false } = record;
  if (isHealed || listedId === null || id !== derivedId(listedId) || clientMessageId !== null) return false;
  return !unlisted.some((other) => other.digest === digest && isWithinTolerance(record, other));
}

function isWithinTolerance({ listedAt, occurredAt }: IdentityRecord, unlisted: IdentityRecord): boolean {
  const at = listedAt ?? occurredAt;
  return at === null || unlisted.occurredAt === null || Math.abs(at - unlisted.occurredAt) <= CLOCK_TOLERANCE_MS;
}

/** The present (epoch ms), and for how long after a message its webhook is expected. */
export interface RetryHorizon {
  readonly now: number;
  readonly retryHorizonMs: number;
}

/** Whether nothing has to be recorded of a message: it has no event, none will come by itself, and its identity follows from its listed id. `unlisted`: as for `isDerivable`. */
export const isForgettable = (record: IdentityRecord, unlisted: readonly IdentityRecord[], horizon: RetryHorizon): boolean =>
  hasNoEventAnyMore(record, horizon) && isDerivable(record, unlisted);

const hasNoEventAnyMore = ({ eventId, listedAt }: IdentityRecord, { now, retryHorizonMs }: RetryHorizon): boolean =>
  eventId === null && isOld(listedAt, now, retryHorizonMs);

/** What has to be recorded of a match. `known`: the identities that were matched. */
export function withoutForgettable(
  changed: readonly IdentityRecord[],
  known: readonly IdentityRecord[],
  horizon: RetryHorizon,
): readonly IdentityRecord[] {
  if (!changed.some((record) => hasNoEventAnyMore(record, horizon))) return changed;
  const changedIds = new Set(changed.map(({ id }) => id));
  const unlisted = known.filter(({ id, listedId }) => listedId === null && !changedIds.has(id));
  return changed.filter((record) => !isForgettable(record, unlisted, horizon));
}
