import type { ConversationRecord, InteractionRecord } from './conversation.js';
import type { Customer } from './customer.js';
import type { ConversationEvent } from './event.js';
import type { QueueRef } from './events/event-table.js';
import { healedEventId } from './healing.js';
import { interactionEndedId } from './interaction-end.js';
import { START_TOLERANCE_MS } from './interaction-start.js';
import { inOrderOfOccurrence, project } from './projection.js';
import type { StateEvent } from './projection.js';
import { isBot } from './state.js';
import type { FoldedState } from './state.js';

/** What the upstream shows of a conversation. */
export interface UpstreamView {
  readonly record: ConversationRecord;
  /** Oldest first. */
  readonly interactions: readonly InteractionRecord[];
  /** The queue that the conversation's channel leads to; null if unknown. */
  readonly channelQueueId: string | null;
  readonly readAt: Date;
}

export interface UnheardOptions {
  /** What happened before then, and no event has reported, is overdue. */
  readonly overdueBefore: Date;
  /** What happened earlier is left alone. */
  readonly from: Date;
}

/** An event to append. */
export type UnheardEvent = ConversationEvent<'INTERACTION_QUEUED' | 'INTERACTION_ENDED' | 'CONVERSATION_UPDATED'>;

export interface UnheardChanges {
  readonly events: readonly UnheardEvent[];
  /** Something is not reported yet that is not overdue either: look again. */
  readonly pending: boolean;
}

/**
 * What the upstream shows of a conversation and no event has reported: beginnings and ends of interactions, and the state and customer as they
 * are now. Nothing is invented: an agent, a queue or a reason that the upstream does not show is left out. `events`: all events that affect
 * the state. The same situation gives the same events, with the same ids.
 */
export function findUnheardChanges(
  conversationId: string,
  events: readonly StateEvent[],
  view: UpstreamView,
  options: UnheardOptions,
): UnheardChanges {
  const ordered = inOrderOfOccurrence(events);
  const unheard = view.interactions.flatMap((interaction, index) => [
    ...beginning(conversationId, ordered, view, interaction, index),
    ...end(conversationId, ordered, view, interaction),
  ]);
  const recent = unheard.filter(({ occurredAt }) => occurredAt >= options.from);
  const overdue = recent.filter(({ occurredAt }) => occurredAt < options.overdueBefore);
  const update = stateUpdate(conversationId, [...ordered, ...overdue], view, isUnknown(ordered));
  // An event that is on its way may explain the difference.
  const isSettled = ordered.every(({ receivedAt }) => receivedAt < options.overdueBefore) && overdue.length === recent.length;
  const isPending = overdue.length < recent.length || (update.length > 0 && !isSettled);
  return { events: isSettled ? [...overdue, ...update] : overdue, pending: isPending };
}

/** The queueing that began an interaction, unless an event reported it, a bot had it, or its queue is unknown. */
function beginning(
  conversationId: string,
  ordered: readonly StateEvent[],
  view: UpstreamView,
  interaction: InteractionRecord,
  index: number,
): UnheardEvent[] {
  const { interactionId, startedAt, endedAt } = interaction;
  if (startedAt === null) return [];
  const at = startedAt.getTime();
  const previousEnd = view.interactions[index - 1]?.endedAt?.getTime() ?? -Infinity;
  const isWithin = (event: StateEvent, until: number) => {
    const time = event.occurredAt.getTime();
    return time >= Math.max(at - START_TOLERANCE_MS, previousEnd) && time <= Math.min(until, endedAt?.getTime() ?? Infinity);
  };
  const isReported = ordered.some((event) => event.type === 'INTERACTION_QUEUED' && isWithin(event, at + START_TOLERANCE_MS));
  const isBots =
    (endedAt === null && isBot(view.record.assignment)) ||
    ordered.some((event) => event.type === 'CONVERSATION_UPDATED' && isBot(event.data.assignment) && isWithin(event, Infinity));
  const queue = isReported || isBots ? null : findQueue(ordered, view, interaction, index);
  if (queue === null) return [];
  const id = healedEventId('queued', conversationId, interactionId);
  return [{ ...envelope(id, conversationId, view), type: 'INTERACTION_QUEUED', occurredAt: startedAt, data: { queue } }];
}

/**
 * The queue of an interaction's beginning: the one that the conversation waits in now; that of the interaction before, which a reopened
 * conversation returns to; or the channel's.
 */
function findQueue(
  ordered: readonly StateEvent[],
  { record, interactions, channelQueueId }: UpstreamView,
  { startedAt }: InteractionRecord,
  index: number,
): QueueRef | null {
  const queued = ordered.filter((event) => event.type === 'INTERACTION_QUEUED');
  const before = queued.findLast(({ occurredAt }) => startedAt !== null && occurredAt < startedAt);
  const isLast = index === interactions.length - 1;
  const current = isLast && record.assignment?.type === 'QUEUE' ? record.assignment.targetId : null;
  const queueId = current ?? (index > 0 ? before?.data.queue.queueId : null) ?? channelQueueId;
  if (queueId === null) return null;
  return { queueId, name: queued.find(({ data }) => data.queue.queueId === queueId)?.data.queue.name ?? null };
}

/** The end of an interaction, unless an event reported it. Its reason is not known. */
function end(
  conversationId: string,
  ordered: readonly StateEvent[],
  view: UpstreamView,
  { interactionId, endedAt }: InteractionRecord,
): UnheardEvent[] {
  const id = interactionEndedId(conversationId, interactionId);
  const isReported = (event: StateEvent) =>
    event.type === 'INTERACTION_ENDED' && (event.id === id || event.data.interactionId === interactionId);
  if (endedAt === null || ordered.some(isReported)) return [];
  const data = { reason: 'OTHER', interactionId } as const;
  return [{ ...envelope(id, conversationId, view), type: 'INTERACTION_ENDED', occurredAt: endedAt, data }];
}

/** No webhook has reported anything of it. */
const isUnknown = (events: readonly StateEvent[]): boolean => events.every(({ source }) => source === 'HISTORY');

/** The update that brings state and customer to what the upstream shows, if they differ, or if the conversation is not known. */
function stateUpdate(conversationId: string, events: readonly StateEvent[], view: UpstreamView, isUnknown: boolean): UnheardEvent[] {
  const { record, readAt } = view;
  const ordered = inOrderOfOccurrence(events);
  const last = ordered.at(-1);
  const upstreamState = differingState(project(ordered).state, record);
  const known = ordered.findLast((event) => event.type === 'CONVERSATION_UPDATED' && event.data.customer !== null);
  const knownCustomer = known?.type === 'CONVERSATION_UPDATED' ? known.data.customer : null;
  const isChanged = knownCustomer === null ? isUnknown && isKnown(record.customer) : customerDiffers(knownCustomer, record.customer);
  if (upstreamState === null && !isChanged) return [];
  const data = {
    upstreamState,
    assignment: upstreamState === null ? null : record.assignment,
    customer: isChanged ? record.customer : null,
    channelType: null,
  };
  const endedAt = view.interactions.at(-1)?.endedAt?.getTime() ?? 0;
  const occurredAt = upstreamState === 'idle' ? new Date(Math.max(endedAt, last?.occurredAt.getTime() ?? 0)) : readAt;
  const id = healedEventId('updated', conversationId, last?.id ?? '', JSON.stringify(data));
  return [{ ...envelope(id, conversationId, view), type: 'CONVERSATION_UPDATED', occurredAt, data }];
}

const envelope = (id: string, conversationId: string, { readAt }: UpstreamView) =>
  ({ id, conversationId, source: 'HISTORY', receivedAt: readAt }) as const;

/** Folded states that an event must be missing after, by what the upstream shows. */
const BEFORE_AGENT: ReadonlySet<FoldedState> = new Set(['NONE', 'CREATED', 'BOT', 'QUEUED', 'IDLE']);
const BEFORE_BOT: ReadonlySet<FoldedState> = new Set(['NONE', 'CREATED', 'QUEUED', 'IDLE']);
const BEFORE_QUEUE: ReadonlySet<FoldedState> = new Set(['CREATED', 'IDLE']);

/** The upstream's state, in the words of its events, if the events fold to another; null if they do not. */
function differingState(folded: FoldedState, { upstreamState, assignment }: ConversationRecord): string | null {
  if (upstreamState === 'IDLE') return folded === 'IDLE' || folded === 'NONE' ? null : 'idle';
  if (upstreamState !== 'ACTIVE') return null;
  const before = assignment?.type === 'AGENT' ? BEFORE_AGENT : isBot(assignment) ? BEFORE_BOT : BEFORE_QUEUE;
  return before.has(folded) ? 'active' : null;
}

/** Anything is known of the customer. */
const isKnown = ({ properties, ...fields }: Customer): boolean =>
  properties.length > 0 || Object.values(fields).some((value) => value !== null);

/** Whether a field that both know differs: an event need not carry everything that the upstream's record holds. */
function customerDiffers(known: Customer, current: Customer): boolean {
  const { properties: knownProperties, ...knownFields } = known;
  const values = new Map(current.properties.map(({ key, value }) => [key, value]));
  const isFieldChanged = Object.entries(knownFields).some(([name, value]) => {
    const now = current[name as keyof typeof knownFields];
    return value !== null && now !== null && now !== value;
  });
  return isFieldChanged || knownProperties.some(({ key, value }) => values.has(key) && values.get(key) !== value);
}
