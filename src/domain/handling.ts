import type { InteractionRecord } from './conversation.js';
import type { AgentRef, ConversationEvent, EventType, QueueRef } from './event.js';
import { STATE_EVENT_TYPES, inOrderOfOccurrence } from './projection.js';

/** How far an episode's start, by the events, may lie from the start of the upstream's interaction that it is: 60 s. */
export const START_TOLERANCE_MS = 60_000;

/** The events that tell how a conversation was handled. */
export const HANDLING_EVENT_TYPES = [...STATE_EVENT_TYPES, 'MESSAGE_ADDED'] as const satisfies readonly EventType[];

export interface QueueStint {
  readonly queue: QueueRef;
  /** Epoch milliseconds, as all times here: a summary is kept as JSON. */
  readonly queuedAt: number;
}

export interface AgentStint {
  readonly agent: AgentRef;
  /** Null: the agent was there before the first event that we know. */
  readonly joinedAt: number | null;
  /** Null: still there, or nobody told. */
  readonly leftAt: number | null;
}

/** One stretch of handling, as far as events tell of it. */
export interface Episode {
  /** The first event is the queueing that started it. False: we came in later, and no figure can be told. */
  readonly fromStart: boolean;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly queues: readonly QueueStint[];
  readonly handledBy: readonly AgentStint[];
  readonly transferCount: number;
  /** The first message of an agent after the first one joined. */
  readonly firstResponseAt: number | null;
}

/** A conversation's episodes, oldest first. Plain data: it can be kept, and folded on with later events. */
export type Handling = readonly Episode[];

const opened = (at: number, fromStart: boolean): Episode => ({
  fromStart,
  startedAt: at,
  endedAt: null,
  queues: [],
  handledBy: [],
  transferCount: 0,
  firstResponseAt: null,
});

/** Folds events, given in any order, onto what earlier ones came to. */
export function handlingOf(earlier: Handling, events: Iterable<ConversationEvent>): Handling {
  const episodes = [...earlier];
  for (const event of inOrderOfOccurrence(events)) apply(episodes, event);
  return episodes;
}

function apply(episodes: Episode[], event: ConversationEvent): void {
  const at = event.occurredAt.getTime();
  const last = episodes.at(-1);
  const current = last?.endedAt === null ? last : undefined;
  const put = (episode: Episode) => {
    if (current === undefined) episodes.push(episode);
    else episodes[episodes.length - 1] = episode;
  };
  const inProgress = () => current ?? opened(at, false);
  switch (event.type) {
    case 'INTERACTION_QUEUED': {
      const episode = current ?? opened(at, true);
      put({ ...episode, queues: [...episode.queues, { queue: event.data.queue, queuedAt: at }] });
      break;
    }
    case 'AGENT_JOINED': {
      const episode = inProgress();
      put({ ...episode, handledBy: [...episode.handledBy, { agent: event.data.agent, joinedAt: at, leftAt: null }] });
      break;
    }
    case 'CONVERSATION_TRANSFERRED': {
      const episode = inProgress();
      put({ ...episode, transferCount: episode.transferCount + 1 });
      break;
    }
    case 'AGENT_LEFT':
      agentLeaves(episodes, event, at);
      break;
    case 'MESSAGE_ADDED':
      if (current?.firstResponseAt === null && current.handledBy.length > 0 && event.data.message.author.type === 'AGENT')
        put({ ...current, firstResponseAt: at });
      break;
    case 'INTERACTION_ENDED':
    case 'CUSTOMER_LEFT':
      if (current) put({ ...current, endedAt: at });
      break;
    case 'CONVERSATION_UPDATED':
      if (current && event.data.upstreamState?.toLowerCase() === 'idle') put({ ...current, endedAt: at });
  }
}

/** Also after the end: an agent is freed only once the customer has left. */
function agentLeaves(episodes: Episode[], { data: { agent } }: ConversationEvent<'AGENT_LEFT'>, at: number): void {
  const episode = episodes.at(-1) ?? opened(at, false);
  const index = episode.handledBy.findLastIndex((stint) => stint.agent.agentId === agent.agentId && stint.leftAt === null);
  const stint = episode.handledBy[index];
  const handledBy =
    stint === undefined
      ? [...episode.handledBy, { agent, joinedAt: null, leftAt: at }]
      : episode.handledBy.with(index, { ...stint, leftAt: at });
  episodes[Math.max(0, episodes.length - 1)] = { ...episode, handledBy };
}

/** What can be told of how an interaction was handled; each null where the events do not tell. Durations in seconds. */
export interface HandlingFigures {
  readonly queues: readonly QueueStint[];
  readonly handledBy: readonly AgentStint[];
  readonly transferCount: number;
  /** First queued → first agent joined; null while none has. */
  readonly waitSeconds: number | null;
  /** All agents' stints together; null while one is open. */
  readonly handleSeconds: number | null;
  /** First agent joined → first message of an agent; null while there is none. */
  readonly firstResponseSeconds: number | null;
}

export function figuresOf({ queues, handledBy, transferCount, firstResponseAt }: Episode): HandlingFigures {
  const queuedAt = queues[0]?.queuedAt ?? null;
  const joinedAt = handledBy[0]?.joinedAt ?? null;
  const stints = handledBy.map((stint) => seconds(stint.joinedAt, stint.leftAt));
  return {
    queues,
    handledBy,
    transferCount,
    waitSeconds: seconds(queuedAt, joinedAt),
    handleSeconds: stints.length === 0 || stints.includes(null) ? null : stints.reduce<number>((sum, stint) => sum + (stint ?? 0), 0),
    firstResponseSeconds: seconds(joinedAt, firstResponseAt),
  };
}

const seconds = (from: number | null, to: number | null): number | null => (from === null || to === null ? null : (to - from) / 1000);

/**
 * The episode that an upstream's interaction is, if the events tell of it from its start: of the interactions and episodes that start within 60 s of each
 * other the nearest pair first, each used once.
 */
export function episodeOf(interaction: InteractionRecord, interactions: readonly InteractionRecord[], handling: Handling): Episode | null {
  const pairs = interactions.flatMap((one) =>
    one.startedAt === null
      ? []
      : handling
          .filter(({ fromStart }) => fromStart)
          .map((episode) => ({ one, episode, apart: Math.abs(episode.startedAt - (one.startedAt?.getTime() ?? 0)) }))
          .filter(({ apart }) => apart <= START_TOLERANCE_MS),
  );
  pairs.sort((a, b) => a.apart - b.apart);
  const used = new Set<Episode>();
  const matched = new Map<string, Episode>();
  for (const { one, episode } of pairs) {
    if (used.has(episode) || matched.has(one.interactionId)) continue;
    used.add(episode);
    matched.set(one.interactionId, episode);
  }
  return matched.get(interaction.interactionId) ?? null;
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
