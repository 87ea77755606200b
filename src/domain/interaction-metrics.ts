import type { InteractionRecord } from './conversation.js';
import type { ConversationEvent } from './event.js';
import { EVENT_TABLE, EVENT_TYPES } from './events/event-table.js';
import type { AgentRef, EventTypeWith, QueueRef } from './events/event-table.js';
import { factsOfEpisodes, isEpisode } from './interaction-episodes.js';
import type { Episode } from './interaction-episodes.js';
import { occurrenceTimes } from './occurrence-times.js';
import { inOrderOfOccurrence } from './projection.js';

/** How far an interaction's first queueing, by the events, may lie from the start of the upstream's interaction: 60 s. */
export const START_TOLERANCE_MS = 60_000;

type HandlingEventType = EventTypeWith<'projection', 'STATE' | 'METRICS'>;

/** The events that the metrics of interactions are computed from. */
export const HANDLING_EVENT_TYPES = EVENT_TYPES.filter((type): type is HandlingEventType => EVENT_TABLE[type].projection !== null);

/** What one event says about how a conversation was handled. `at`: epoch milliseconds. */
export type HandlingFact =
  | { readonly kind: 'QUEUED'; readonly at: number; readonly queue: QueueRef }
  | { readonly kind: 'TRANSFERRED' | 'CUSTOMER_LEFT'; readonly at: number }
  | { readonly kind: 'JOINED' | 'LEFT'; readonly at: number; readonly agent: AgentRef }
  /** An agent's message: his first one, or his first one since he joined. */
  | { readonly kind: 'SAID'; readonly at: number; readonly agent: AgentRef }
  /** The conversation is idle, or that interaction has ended. */
  | { readonly kind: 'ENDED'; readonly at: number; readonly interactionId: string | null };

/** How a conversation was handled: the facts, in order of time. Plain data: it can be kept, and later events added. */
export type Handling = readonly HandlingFact[];

/** Whether the fact ends what went on in the conversation. */
export const isEnd = ({ kind }: HandlingFact): boolean => kind === 'ENDED' || kind === 'CUSTOMER_LEFT';

/** Facts of one moment are in the order in which they can have happened, as events are. */
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
 * Adds the facts of events, given in any order, to those of earlier ones. Handlings kept by earlier versions, as episodes, are read too. Our own events are dated by the contact
 * centre's clock, as far as the events that are added with them show by how much it differs from ours.
 */
export function handlingOf(earlier: Handling | readonly Episode[], events: Iterable<ConversationEvent>): Handling {
  const known = earlier.flatMap((kept): Handling => (isEpisode(kept) ? factsOfEpisodes([kept]) : [kept]));
  const ordered = inOrderOfOccurrence(events);
  const timeOf = occurrenceTimes(ordered);
  const added = ordered.flatMap((event) => factOf(event, timeOf(event)) ?? []);
  return withoutRepeats([...known, ...added].sort((a, b) => a.at - b.at || RANK[a.kind] - RANK[b.kind]));
}

function factOf(event: ConversationEvent, at: number): HandlingFact | null {
  switch (event.type) {
    case 'INTERACTION_QUEUED':
      return { kind: 'QUEUED', at, queue: event.data.queue };
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

/** An agent's further messages make no figure. */
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

/** The times of an interaction's messages: after one moment, and not after another; null is open. Null where its start is not known. */
export function messageTimesOf(
  interaction: InteractionRecord,
  interactions: readonly InteractionRecord[],
): { readonly after: Date; readonly until: Date | null } | null {
  if (interaction.startedAt === null) return null;
  const previousEnd = interactions[interactions.indexOf(interaction) - 1]?.endedAt?.getTime() ?? -Infinity;
  return { after: new Date(Math.max(previousEnd, interaction.startedAt.getTime() - START_TOLERANCE_MS - 1)), until: interaction.endedAt };
}

/**
 * The interaction that a message belongs to: the one that goes on at its time, or that starts within 60 s after it (the message that opened it). Null where
 * that cannot be told.
 */
export function interactionAt(createdAt: Date | null, interactions: readonly InteractionRecord[]): InteractionRecord | null {
  if (createdAt === null) return null;
  const at = createdAt.getTime();
  const first = interactions.find(({ endedAt }) => endedAt === null || endedAt.getTime() >= at);
  if (first?.startedAt == null) return null;
  return first.startedAt.getTime() - at <= START_TOLERANCE_MS ? first : null;
}
