import type { Assignment } from './conversation.js';
import type { Customer } from './customer.js';
import type { ConversationEvent, EventSource, EventType } from './event.js';
import { EVENT_TYPES } from './events/event-table.js';
import type { QueueRef } from './events/event-table.js';
import { STATE_EVENT_TYPES, inOrderOfOccurrence, projectOrdered } from './projection.js';
import type { StateEvent } from './projection.js';
import { deriveState } from './state.js';
import type { ConversationState } from './state.js';

/** A state event as a summary holds it: without what the state does not depend on. Times are epoch milliseconds; without `source` it is from a webhook. */
type PackedEvent = readonly [
  id: string,
  type: StateEvent['type'],
  occurredAt: number,
  receivedAt: number,
  data: unknown,
  source?: EventSource,
];

/** Who or what a conversation is assigned to, with its display name; null if no event reported one. */
export interface NamedAssignment extends Assignment {
  readonly name: string | null;
}

/** What the inbox shows of a conversation besides its messages. */
export interface ShownSummary {
  /** By events alone. */
  readonly state: ConversationState;
  /** Null if no event shows one, or if no interaction is in progress. */
  readonly assignment: NamedAssignment | null;
  /** As last reported by an event; null if none did. */
  readonly customer: Customer | null;
}

/** What is known of a conversation from its events. Both parts are plain JSON, which the log stores; only the first is read with each page. */
export interface InboxSummary {
  readonly shown: ShownSummary;
  readonly folded: {
    /** The state events of the current interaction and those just before it. */
    readonly events: readonly PackedEvent[];
    /** When the event happened that reported the customer. */
    readonly customerAt: number | null;
  };
}

const STATE_TYPES: ReadonlySet<EventType> = new Set(STATE_EVENT_TYPES);

/** Whether an event changes a conversation's summary. */
export const isStateEvent = (event: ConversationEvent): event is StateEvent => STATE_TYPES.has(event.type);

/** Events that do not move a conversation up in the inbox: that somebody has read it, or is typing, is no activity. */
const NO_ACTIVITY: ReadonlySet<EventType> = new Set<EventType>(['MESSAGES_READ', 'TYPING_CHANGED']);

/** The types of events that are a conversation's activity. */
export const ACTIVITY_EVENT_TYPES: readonly EventType[] = EVENT_TYPES.filter((type) => !NO_ACTIVITY.has(type));

export const isActivity = (type: EventType): boolean => !NO_ACTIVITY.has(type);

/** What is known before the first event. */
const EMPTY: InboxSummary = {
  shown: { state: 'UNKNOWN', assignment: null, customer: null },
  folded: { events: [], customerAt: null },
};

/** How many events before the last two ends stay: they show the offset between the clocks (`occurrenceTimes`). */
const CONTEXT = 10;
/** An interaction with more state events than this is summarised from the latest. */
const MAX_EVENTS = 64;

/** Adds state events. In whatever order they arrive, the state is that of `project`, as long as none is older than what has been dropped. */
export function foldSummary(earlier: InboxSummary | null, events: readonly StateEvent[]): InboxSummary {
  const { shown, folded } = earlier ?? EMPTY;
  const ordered = withoutOld(inOrderOfOccurrence([...folded.events.map(unpack), ...events]));
  const state = deriveState(projectOrdered(ordered).state, null);
  let [customer, customerAt] = [shown.customer, folded.customerAt];
  for (const event of events) {
    const at = event.occurredAt.getTime();
    const reported = event.type === 'CONVERSATION_UPDATED' ? event.data.customer : null;
    if (reported !== null && (customerAt === null || at >= customerAt)) [customer, customerAt] = [reported, at];
  }
  return {
    shown: { state, assignment: state === 'IDLE' ? null : findAssignment(ordered), customer },
    folded: { events: ordered.map(pack), customerAt },
  };
}

const isEnd = ({ type, data }: StateEvent): boolean =>
  type === 'INTERACTION_ENDED' ||
  type === 'CUSTOMER_LEFT' ||
  (type === 'CONVERSATION_UPDATED' && (data as { upstreamState: string | null }).upstreamState?.toLowerCase() === 'idle');

/** What lies before an end changes nothing after it. */
function withoutOld(ordered: readonly StateEvent[]): readonly StateEvent[] {
  const last = ordered.findLastIndex(isEnd);
  const lastButOne = last <= 0 ? -1 : ordered.slice(0, last).findLastIndex(isEnd);
  return ordered.slice(Math.max(0, lastButOne - CONTEXT, ordered.length - MAX_EVENTS));
}

/** As `assignmentFromEvents` finds it, and failing that the one that the last update of the interaction reports. With a name. */
function findAssignment(ordered: readonly StateEvent[]): NamedAssignment | null {
  const agents = new Map<string, string | null>();
  let queue: QueueRef | null = null;
  let reported: Assignment | null = null;
  for (const event of ordered) {
    if (isEnd(event)) {
      agents.clear();
      [queue, reported] = [null, null];
    } else if (event.type === 'INTERACTION_QUEUED') queue = event.data.queue;
    else if (event.type === 'AGENT_JOINED') agents.set(event.data.agent.agentId, event.data.agent.name);
    else if (event.type === 'CONVERSATION_UPDATED') reported = event.data.assignment ?? reported;
    else if (event.type === 'AGENT_LEFT') {
      agents.delete(event.data.agent.agentId);
      if (agents.size === 0) queue = null;
    }
  }
  const [agentId, name] = [...agents].at(-1) ?? [];
  if (agentId !== undefined) return { type: 'AGENT', targetId: agentId, name: name ?? null };
  if (queue !== null) return { type: 'QUEUE', targetId: queue.queueId, name: queue.name };
  return reported === null ? null : { type: reported.type, targetId: reported.targetId, name: null };
}

function pack(event: StateEvent): PackedEvent {
  const { id, type, occurredAt, receivedAt, source } = event;
  const data = event.type === 'CONVERSATION_UPDATED' ? { ...event.data, customer: null } : event.data;
  const packed = [id, type, occurredAt.getTime(), receivedAt.getTime(), data] as const;
  return source === 'WEBHOOK' ? packed : [...packed, source];
}

const unpack = ([id, type, occurredAt, receivedAt, data, source = 'WEBHOOK']: PackedEvent): StateEvent =>
  ({
    id,
    type,
    conversationId: null,
    occurredAt: new Date(occurredAt),
    receivedAt: new Date(receivedAt),
    source,
    data,
  }) as StateEvent;

/** A summary from its stored parts. */
export const parseSummary = (shown: string, folded: string): InboxSummary => ({
  shown: JSON.parse(shown) as InboxSummary['shown'],
  folded: JSON.parse(folded) as InboxSummary['folded'],
});
