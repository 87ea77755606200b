import { createHash } from 'node:crypto';
import type { InteractionRecord } from './conversation.js';
import type { ConversationEvent } from './event.js';
import type { InteractionEndReason } from './events/event-table.js';
import { isOwnEvent, occurrenceTimes } from './occurrence-times.js';
import { project } from './projection.js';
import type { StateEvent } from './projection.js';

/** How long after an interaction's end, by the upstream, an event may still indicate it: 60 s. */
export const END_TIME_TOLERANCE_MS = 60_000;

/** How long word of who left may be on its way after word that the conversation is idle, which alone tells of an end, but not whose doing it was: 5 s. */
export const AGENT_LEFT_DELAY_MS = 5_000;

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

/**
 * An interaction is over when the upstream gives its end and an event in it indicates it, however long before that end: an agent who has left may still have work to do
 * on it, or a bot goes on. Never by waiting alone. `now`, in epoch milliseconds: an end that only idleness indicates is left open until the event of who left must have
 * arrived; by default it must have.
 */
export function detectEnds(
  conversationId: string,
  events: readonly StateEvent[],
  interactions: readonly InteractionRecord[],
  now = Infinity,
): Settlement {
  const known = new Set(events.map(({ id }) => id));
  const timeOf = occurrenceTimes(events);
  const { endCauses, partialLeavings } = project(events);
  const open = new Map(
    [...endCauses, ...partialLeavings].map((cause) => [cause, interactionOf(timeOf(cause), isOwnEvent(cause), interactions)]),
  );
  const joinings = events.filter(({ type }) => type === 'AGENT_JOINED').map(timeOf);
  const ended: Settlement['ended'][number][] = [];
  for (const interaction of interactions) {
    const { interactionId, endedAt } = interaction;
    const causes = [...open].flatMap(([cause, of]) => (of === interaction ? [cause] : []));
    if (endedAt === null || causes.length === 0) continue;
    const latest = Math.max(endedAt.getTime(), ...causes.map(timeOf));
    const joinedAt = Math.max(...joinings.filter((at) => at <= latest));
    const reason = reasonOf(causes.filter((cause) => timeOf(cause) >= joinedAt)) ?? reasonOf(causes) ?? 'OTHER';
    const id = interactionEndedId(conversationId, interactionId);
    if (reason === 'OTHER' && !known.has(id) && causes.some(({ receivedAt }) => receivedAt.getTime() > now - AGENT_LEFT_DELAY_MS)) continue;
    for (const cause of causes) open.delete(cause);
    if (known.has(id)) continue;
    // Not before what tells of it: a fold that met the end first would take the leaving for another one.
    ended.push({ id, conversationId, type: 'INTERACTION_ENDED', occurredAt: new Date(latest), data: { reason, interactionId } });
  }
  return { ended, open: open.size > 0 };
}

/** The interaction that goes on at some time, or ended shortly before it. `isOwn`: something of ours, which we append in an interaction only, and date a little early. */
function interactionOf(at: number, isOwn: boolean, interactions: readonly InteractionRecord[]): InteractionRecord | null {
  const index = interactions.findIndex(({ endedAt }) => endedAt === null || endedAt.getTime() >= at);
  const current = interactions[index];
  if (current !== undefined && (isOwn || (current.startedAt?.getTime() ?? -Infinity) <= at)) return current;
  const previous = interactions.at(index === -1 ? -1 : index - 1);
  if (previous === undefined || index === 0) return null;
  return at <= (previous.endedAt?.getTime() ?? Infinity) + END_TIME_TOLERANCE_MS ? previous : null;
}

/** Who left ends an interaction, the customer before an agent, who is freed by that; word that it is idle says nothing of it. Null without any cause. */
function reasonOf(causes: readonly StateEvent[]): InteractionEndReason | null {
  const types = causes.map(({ type }) => type);
  if (types.includes('CUSTOMER_LEFT')) return 'CUSTOMER_LEFT';
  if (types.includes('AGENT_LEFT')) return 'AGENT_LEFT';
  return types.length === 0 ? null : 'OTHER';
}
