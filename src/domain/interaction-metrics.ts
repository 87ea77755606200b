import type { InteractionRecord } from './conversation.js';
import type { ConversationEvent } from './event.js';
import { EVENT_TABLE, EVENT_TYPES } from './events/event-table.js';
import type { AgentRef, EventTypeWith, QueueRef } from './events/event-table.js';
import { factsOfEpisodes, isEpisode } from './interaction-episodes.js';
import type { Episode } from './interaction-episodes.js';
import { START_TOLERANCE_MS, withoutRepeatedQueueings } from './interaction-start.js';
import type { QueueingRole } from './interaction-start.js';
import { occurrenceTimes } from './occurrence-times.js';
import { inOrderOfOccurrence } from './projection.js';

type HandlingEventType = EventTypeWith<'projection', 'STATE' | 'METRICS'>;

/** The events that the metrics of interactions are computed from. */
export const HANDLING_EVENT_TYPES = EVENT_TYPES.filter((type): type is HandlingEventType => EVENT_TABLE[type].projection !== null);

/** What one event contributes to the metrics. `at`: epoch milliseconds. */
export type HandlingFact =
  /** `isHealed`: worked out from the upstream's interactions; its own event may still arrive. */
  | { readonly kind: 'QUEUED'; readonly at: number; readonly queue: QueueRef; readonly isHealed?: true }
  | { readonly kind: 'TRANSFERRED' | 'CUSTOMER_LEFT'; readonly at: number }
  | { readonly kind: 'JOINED' | 'LEFT'; readonly at: number; readonly agent: AgentRef }
  /** An agent's first message since joining or since the last queueing. */
  | { readonly kind: 'SAID'; readonly at: number; readonly agent: AgentRef }
  /** The conversation is idle, or that interaction has ended. `interactionId`: null if unknown. */
  | { readonly kind: 'ENDED'; readonly at: number; readonly interactionId: string | null };

/** How a conversation was handled: facts in order of time. Plain JSON, stored by the log, to which later events are added. */
export type Handling = readonly HandlingFact[];

/** Whether the fact ends an interaction. */
export const isEnd = ({ kind }: HandlingFact): boolean => kind === 'ENDED' || kind === 'CUSTOMER_LEFT';

/** Orders facts of the same time as the projection orders events. */
const RANK: Readonly<Record<HandlingFact['kind'], number>> = {
  TRANSFERRED: 0,
  LEFT: 1,
  QUEUED: 2,
  JOINED: 3,
  SAID: 4,
  CUSTOMER_LEFT: 4,
  ENDED: 4,
};

/**
 * Adds the facts of events, in any order, to earlier ones, which may be in the form of earlier versions. The gateway's own events are converted to the contact
 * centre's clock, as far as the events added with them show its offset.
 */
export function foldHandling(earlier: Handling | readonly Episode[], events: Iterable<ConversationEvent>): Handling {
  const known = earlier.flatMap((stored): Handling => (isEpisode(stored) ? factsOfEpisodes([stored]) : [stored]));
  const ordered = inOrderOfOccurrence(events);
  const findTime = occurrenceTimes(ordered);
  const added = ordered.flatMap((event) => toFact(event, findTime(event)) ?? []);
  const facts = [...known, ...added].sort((a, b) => a.at - b.at || RANK[a.kind] - RANK[b.kind]);
  return withoutRepeats(withoutRepeatedQueueings(facts, (fact) => ({ role: queueingRole(fact), at: fact.at })));
}

function toFact(event: ConversationEvent, at: number): HandlingFact | null {
  switch (event.type) {
    case 'INTERACTION_QUEUED':
      return { kind: 'QUEUED', at, queue: event.data.queue, ...(event.source === 'HISTORY' ? { isHealed: true } : {}) };
    case 'AGENT_JOINED':
      return { kind: 'JOINED', at, agent: event.data.agent };
    case 'AGENT_LEFT':
      return { kind: 'LEFT', at, agent: event.data.agent };
    case 'CONVERSATION_TRANSFERRED':
      return { kind: 'TRANSFERRED', at };
    case 'CUSTOMER_LEFT':
      return { kind: 'CUSTOMER_LEFT', at };
    case 'INTERACTION_ENDED':
      return { kind: 'ENDED', at, interactionId: event.data.interactionId };
    case 'CONVERSATION_UPDATED':
      return event.data.upstreamState?.toLowerCase() === 'idle' ? { kind: 'ENDED', at, interactionId: null } : null;
    case 'MESSAGE_ADDED': {
      const { type, participantId, name } = event.data.message.author;
      return type === 'AGENT' ? { kind: 'SAID', at, agent: { agentId: participantId, name } } : null;
    }
    default:
      return null;
  }
}

/** What a fact means to a queueing beside it. */
function queueingRole(fact: HandlingFact): QueueingRole {
  if (fact.kind === 'QUEUED') return fact.isHealed === true ? 'HEALED' : 'REPORTED';
  return isEnd(fact) || fact.kind === 'LEFT' || fact.kind === 'TRANSFERRED' ? 'BOUNDARY' : 'NONE';
}

/** Drops an agent's further messages, which no metric uses. */
function withoutRepeats(facts: Handling): Handling {
  const spoken = new Set<string>();
  return facts.filter((fact) => {
    if (fact.kind === 'QUEUED') spoken.clear();
    if (fact.kind === 'JOINED' || fact.kind === 'LEFT') spoken.delete(fact.agent.agentId);
    if (fact.kind !== 'SAID') return true;
    const isFirst = !spoken.has(fact.agent.agentId);
    spoken.add(fact.agent.agentId);
    return isFirst;
  });
}

/** The time range of an interaction's messages: `after` exclusive, `until` inclusive or null if open. Null if the interaction's start is unknown. */
export function findMessageTimes(
  interaction: InteractionRecord,
  interactions: readonly InteractionRecord[],
): { readonly after: Date; readonly until: Date | null } | null {
  if (interaction.startedAt === null) return null;
  const previousEnd = interactions[interactions.indexOf(interaction) - 1]?.endedAt?.getTime() ?? -Infinity;
  return { after: new Date(Math.max(previousEnd, interaction.startedAt.getTime() - START_TOLERANCE_MS - 1)), until: interaction.endedAt };
}

/**
 * The interaction that a message belongs to: the one in progress at its time, or one that starts within 60 s after it (the message that opened it). Null if
 * unknown.
 */
export function interactionAt(createdAt: Date | null, interactions: readonly InteractionRecord[]): InteractionRecord | null {
  if (createdAt === null) return null;
  const at = createdAt.getTime();
  const first = interactions.find(({ endedAt }) => endedAt === null || endedAt.getTime() >= at);
  if (first?.startedAt == null) return null;
  return first.startedAt.getTime() - at <= START_TOLERANCE_MS ? first : null;
}
