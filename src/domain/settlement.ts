import { createHash } from 'node:crypto';
import type { InteractionRecord } from './conversation.js';
import type { ConversationEvent, InteractionEndReason } from './event.js';
import { project } from './projection.js';
import type { StateEvent } from './projection.js';

/** How far an interaction's end, by the upstream, may lie from the event that tells of it: 60 s. */
export const END_TOLERANCE_MS = 60_000;

/** How long word of who left may be on its way after word that the conversation is idle, which alone tells of an end, but not whose doing it was: 5 s. */
export const LEAVING_LATE_MS = 5_000;

/** What can be said of a conversation's ends by its events and the upstream's interactions together. */
export interface Settlement {
  /** The ends that are settled and that the log does not hold yet. Times of receipt are left to the one who appends. */
  readonly ended: readonly Omit<ConversationEvent<'INTERACTION_ENDED'>, 'receivedAt'>[];
  /** Something looks like an end, and the upstream does not say so yet: ask again. */
  readonly open: boolean;
}

/** The same for one interaction wherever and however often it is worked out, so that it is appended once. */
export function interactionEndedId(conversationId: string, interactionId: string): string {
  return `ended-${createHash('sha256')
    .update(JSON.stringify([conversationId, interactionId]))
    .digest('base64url')
    .slice(0, 27)}`;
}

const WEIGHT: Partial<Record<StateEvent['type'], number>> = { CUSTOMER_LEFT: 0, AGENT_LEFT: 1 };

/**
 * An interaction is over when the upstream gives its end and an event near that end tells of it; never by waiting alone. `now`, in epoch milliseconds: where
 * nothing but idleness tells of an end, it is left open until who left must have been told; by default it must have been.
 */
export function settle(
  conversationId: string,
  events: readonly StateEvent[],
  interactions: readonly InteractionRecord[],
  now = Infinity,
): Settlement {
  const known = new Set(events.map(({ id }) => id));
  const causes = [...project(events).endCauses];
  const settled = new Set<StateEvent>();
  const ended: Settlement['ended'][number][] = [];
  for (const [index, { interactionId, startedAt, endedAt }] of interactions.entries()) {
    if (endedAt === null) continue;
    const from = Math.max(endedAt.getTime() - END_TOLERANCE_MS, startedAt?.getTime() ?? -Infinity);
    const next = interactions[index + 1]?.startedAt?.getTime() ?? Infinity;
    const near = causes.filter((cause) => {
      const at = cause.occurredAt.getTime();
      return !settled.has(cause) && at >= from && at <= endedAt.getTime() + END_TOLERANCE_MS && at < next;
    });
    const cause = near.reduce<StateEvent | null>(
      (best, next) => (best === null || (WEIGHT[next.type] ?? 2) < (WEIGHT[best.type] ?? 2) ? next : best),
      null,
    );
    if (cause === null || (reasonOf(cause) === 'OTHER' && cause.receivedAt.getTime() > now - LEAVING_LATE_MS)) continue;
    for (const told of near) settled.add(told);
    const id = interactionEndedId(conversationId, interactionId);
    if (known.has(id)) continue;
    // Not before what tells of it: a fold that met the end first would take the leaving for another one.
    const occurredAt = new Date(Math.max(endedAt.getTime(), ...near.map((told) => told.occurredAt.getTime())));
    ended.push({ id, conversationId, type: 'INTERACTION_ENDED', occurredAt, data: { reason: reasonOf(cause), interactionId } });
  }
  return { ended, open: causes.some((cause) => !settled.has(cause)) };
}

function reasonOf(cause: StateEvent): InteractionEndReason {
  if (cause.type === 'CUSTOMER_LEFT') return 'CUSTOMER_LEFT';
  return cause.type === 'AGENT_LEFT' ? 'AGENT_LEFT' : 'OTHER';
}
