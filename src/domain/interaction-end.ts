import { createHash } from 'node:crypto';
import type { InteractionRecord } from './conversation.js';
import type { ConversationEvent } from './event.js';
import type { InteractionEndReason } from './events/event-table.js';
import { isOwnEvent, occurrenceTimes } from './occurrence-times.js';
import { project } from './projection.js';
import type { StateEvent } from './projection.js';

/** How long after the end that the upstream reports an event may still indicate it: 60 s. */
export const END_TIME_TOLERANCE_MS = 60_000;

/** How long `AGENT_LEFT` or `CUSTOMER_LEFT` may arrive after the `idle` update, which shows an end but not who caused it: 5 s. */
export const AGENT_LEFT_DELAY_MS = 5_000;

/** The interaction ends that a conversation's events and the upstream's interactions together show. */
export interface DetectedEnds {
  /** The confirmed ends that the log does not hold yet. `receivedAt` is set by whoever appends them. */
  readonly ended: readonly Omit<ConversationEvent<'INTERACTION_ENDED'>, 'receivedAt'>[];
  /** An event indicates an end that the upstream does not confirm yet: ask again. */
  readonly open: boolean;
}

/** The event id of an interaction's end. Deterministic, so that several gateways or a restart append it once. */
export function interactionEndedId(conversationId: string, interactionId: string): string {
  return `ended-${createHash('sha256')
    .update(JSON.stringify([conversationId, interactionId]))
    .digest('base64url')
    .slice(0, 27)}`;
}

/**
 * An interaction is over when the upstream reports its end and an event in it indicates it, however long before that end: an agent who left may still do
 * wrap-up work, or a bot continues. Time alone never ends it. An end that only an `idle` update indicates stays open for `AGENT_LEFT_DELAY_MS` before `now`
 * (epoch milliseconds; by default it never does).
 */
export function detectEnds(
  conversationId: string,
  events: readonly StateEvent[],
  interactions: readonly InteractionRecord[],
  now = Infinity,
): DetectedEnds {
  const known = new Set(events.map(({ id }) => id));
  const findTime = occurrenceTimes(events);
  const { endCauses, partialLeavings } = project(events);
  const open = new Map(
    [...endCauses, ...partialLeavings].map((cause) => [cause, findInteraction(findTime(cause), isOwnEvent(cause), interactions)]),
  );
  const joinings = events.filter(({ type }) => type === 'AGENT_JOINED').map(findTime);
  const ended: DetectedEnds['ended'][number][] = [];
  for (const interaction of interactions) {
    const { interactionId, endedAt } = interaction;
    const causes = [...open].flatMap(([cause, of]) => (of === interaction ? [cause] : []));
    if (endedAt === null || causes.length === 0) continue;
    const latest = Math.max(endedAt.getTime(), ...causes.map(findTime));
    const joinedAt = Math.max(...joinings.filter((at) => at <= latest));
    const reason = findReason(causes.filter((cause) => findTime(cause) >= joinedAt)) ?? findReason(causes) ?? 'OTHER';
    const id = interactionEndedId(conversationId, interactionId);
    if (reason === 'OTHER' && !known.has(id) && causes.some(({ receivedAt }) => receivedAt.getTime() > now - AGENT_LEFT_DELAY_MS)) continue;
    for (const cause of causes) open.delete(cause);
    if (known.has(id)) continue;
    // Not before its causes: a fold that sees the end first would count the leaving as another end.
    ended.push({
      id,
      conversationId,
      source: 'GATEWAY',
      type: 'INTERACTION_ENDED',
      occurredAt: new Date(latest),
      data: { reason, interactionId },
    });
  }
  return { ended, open: open.size > 0 };
}

/** The interaction that was in progress at a time, or ended shortly before it. `isOwn`: an event of ours, which is appended only within an interaction and dated slightly early. */
function findInteraction(at: number, isOwn: boolean, interactions: readonly InteractionRecord[]): InteractionRecord | null {
  const index = interactions.findIndex(({ endedAt }) => endedAt === null || endedAt.getTime() >= at);
  const current = interactions[index];
  if (current !== undefined && (isOwn || (current.startedAt?.getTime() ?? -Infinity) <= at)) return current;
  const previous = interactions.at(index === -1 ? -1 : index - 1);
  if (previous === undefined || index === 0) return null;
  return at <= (previous.endedAt?.getTime() ?? Infinity) + END_TIME_TOLERANCE_MS ? previous : null;
}

/** `CUSTOMER_LEFT` wins over `AGENT_LEFT`, since the agent is released when the customer leaves; `idle` alone gives no reason. Null without causes. */
function findReason(causes: readonly StateEvent[]): InteractionEndReason | null {
  const types = causes.map(({ type }) => type);
  if (types.includes('CUSTOMER_LEFT')) return 'CUSTOMER_LEFT';
  if (types.includes('AGENT_LEFT')) return 'AGENT_LEFT';
  return types.length === 0 ? null : 'OTHER';
}
