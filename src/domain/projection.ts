import type { ConversationEvent, EventType } from './event.js';
import { EVENT_TABLE, EVENT_TYPES } from './events/event-table.js';
import type { EventTypeWith } from './events/event-table.js';
import { withoutRepeatedQueueings } from './interaction-start.js';
import type { QueueingRole } from './interaction-start.js';
import { occurrenceTimes } from './occurrence-times.js';
import { isBot } from './state.js';
import type { FoldedState } from './state.js';

type StateEventType = EventTypeWith<'projection', 'STATE'>;

/** The events that change a conversation's state; the others need not be read for it. */
export const STATE_EVENT_TYPES = EVENT_TYPES.filter((type): type is StateEventType => EVENT_TABLE[type].projection === 'STATE');

export type StateEvent = ConversationEvent<StateEventType>;

/** The result of folding one conversation's events. */
export interface Projection {
  readonly state: FoldedState;
  /** Whether each AGENT_LEFT, by event id, ended its interaction; null while not known. */
  readonly endsInteraction: ReadonlyMap<string, boolean | null>;
  /** Events that may have ended an interaction, in order: an AGENT_LEFT that is not part of a transfer, a CUSTOMER_LEFT, or an update to `idle`. */
  readonly endCauses: readonly StateEvent[];
  /** AGENT_LEFT events while another agent seemed to be present. The other's AGENT_LEFT may be missing, so that these ended an interaction after all. */
  readonly partialLeavings: readonly StateEvent[];
  /** When the conversation was created; null if no event shows it. */
  readonly createdAt: Date | null;
}

const RANK: Partial<Record<EventType, number>> = { CONVERSATION_TRANSFERRED: 0, AGENT_LEFT: 1, INTERACTION_QUEUED: 2, AGENT_JOINED: 3 };

/** Orders by occurrence, not by arrival, and drops duplicates: late, repeated and reordered events fold as if they had arrived in order. */
export function inOrderOfOccurrence<E extends ConversationEvent>(events: Iterable<E>): E[] {
  const unique = new Map<string, E>();
  for (const event of events) if (!unique.has(event.id)) unique.set(event.id, event);
  const ordered = [...unique.values()];
  const at = occurrenceTimes(ordered);
  return ordered.sort((a, b) => at(a) - at(b) || (RANK[a.type] ?? 4) - (RANK[b.type] ?? 4) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

const isIdle = (event: StateEvent): boolean =>
  event.type === 'INTERACTION_ENDED' || (event.type === 'CONVERSATION_UPDATED' && event.data.upstreamState?.toLowerCase() === 'idle');

/** What an event means to a queueing beside it. */
function queueingRole(event: StateEvent): QueueingRole {
  if (event.type === 'INTERACTION_QUEUED') return event.source === 'HISTORY' ? 'HEALED' : 'REPORTED';
  return isIdle(event) || event.type === 'AGENT_LEFT' || event.type === 'CUSTOMER_LEFT' || event.type === 'CONVERSATION_TRANSFERRED'
    ? 'BOUNDARY'
    : 'NONE';
}

/**
 * The AGENT_LEFT events that belong to a transfer: each CONVERSATION_TRANSFERRED pairs with the nearest unpaired AGENT_LEFT before the next AGENT_JOINED, whichever of the two
 * occurs first. No pair spans an interaction's end.
 */
function transferredLeavings(ordered: readonly StateEvent[]): Set<string> {
  const paired = new Set<string>();
  let transfers: StateEvent[] = [];
  let leavings: StateEvent[] = [];
  const pairUp = () => {
    const candidates = transfers
      .flatMap((transfer) =>
        leavings.map((left) => ({ transfer, left, distance: Math.abs(transfer.occurredAt.getTime() - left.occurredAt.getTime()) })),
      )
      .sort((a, b) => a.distance - b.distance);
    const used = new Set<string>();
    for (const { transfer, left } of candidates) {
      if (used.has(transfer.id) || paired.has(left.id)) continue;
      used.add(transfer.id);
      paired.add(left.id);
    }
    transfers = [];
    leavings = [];
  };
  for (const event of ordered) {
    if (event.type === 'CONVERSATION_TRANSFERRED') transfers.push(event);
    else if (event.type === 'AGENT_LEFT') leavings.push(event);
    else if (event.type === 'AGENT_JOINED' || isIdle(event)) pairUp();
  }
  pairUp();
  return paired;
}

/** Folds one conversation's events, in any order. Pure: the same set of events always yields the same projection. */
export const project = (events: Iterable<StateEvent>): Projection => projectOrdered(inOrderOfOccurrence(events));

/** Like `project`, of events that are in order of occurrence, without duplicates. */
export function projectOrdered(all: readonly StateEvent[]): Projection {
  const ordered = withoutRepeatedQueueings(all, (event) => ({ role: queueingRole(event), at: event.occurredAt.getTime() }));
  const transferred = transferredLeavings(ordered);
  const endsInteraction = new Map<string, boolean | null>();
  const endCauses: StateEvent[] = [];
  const partialLeavings: StateEvent[] = [];
  const agents = new Set<string>();
  let undecided: string[] = [];
  let leftOthers: string | null = null;
  let isWithBot = false;
  let state: FoldedState = 'NONE';
  let createdAt: Date | null = null;

  const endInteraction = () => {
    for (const id of undecided) endsInteraction.set(id, true);
    undecided = [];
    leftOthers = null;
    isWithBot = false;
    agents.clear();
    state = 'IDLE';
  };
  for (const event of ordered) {
    switch (event.type) {
      case 'INTERACTION_QUEUED':
        isWithBot = false;
        if (state !== 'TRANSFERRING') state = 'QUEUED';
        break;
      case 'AGENT_JOINED':
        agents.add(event.data.agent.agentId);
        undecided = [];
        leftOthers = null;
        isWithBot = false;
        state = 'ACTIVE';
        break;
      case 'CONVERSATION_TRANSFERRED':
        state = 'TRANSFERRING';
        break;
      case 'AGENT_LEFT': {
        agents.delete(event.data.agent.agentId);
        if (transferred.has(event.id)) {
          endsInteraction.set(event.id, false);
          if (agents.size === 0) state = 'TRANSFERRING';
        } else if (agents.size > 0) {
          endsInteraction.set(event.id, false);
          partialLeavings.push(event);
          leftOthers = event.id;
        } else {
          endCauses.push(event);
          leftOthers = null;
          const isIdleAlready = state === 'IDLE';
          endsInteraction.set(event.id, isIdleAlready ? true : null);
          if (!isIdleAlready) {
            undecided.push(event.id);
            state = isWithBot ? 'BOT' : 'LEFT';
          }
        }
        break;
      }
      case 'CUSTOMER_LEFT':
        endCauses.push(event);
        endInteraction();
        break;
      case 'INTERACTION_ENDED':
        // So no other agent was present.
        if (leftOthers !== null && event.data.reason === 'AGENT_LEFT') endsInteraction.set(leftOthers, true);
        endInteraction();
        break;
      case 'CONVERSATION_UPDATED':
        if (isIdle(event)) {
          if (state !== 'IDLE') endCauses.push(event);
          endInteraction();
        } else {
          if (event.data.upstreamState?.toLowerCase() === 'created') createdAt ??= event.occurredAt;
          if (event.data.assignment !== null) isWithBot = isBot(event.data.assignment);
          state = afterUpdate(state, event);
        }
        break;
      default:
        event satisfies never;
    }
  }
  return { state, endsInteraction, endCauses, partialLeavings, createdAt };
}

function afterUpdate(state: FoldedState, { data, source }: ConversationEvent<'CONVERSATION_UPDATED'>): FoldedState {
  const upstreamState = data.upstreamState?.toLowerCase();
  if (upstreamState === 'created' && state === 'NONE') return 'CREATED';
  if (upstreamState !== 'active') return state;
  // The joining was not reported, so the assignment alone shows it.
  if (source === 'HISTORY' && data.assignment?.type === 'AGENT') return 'ACTIVE';
  if (isBot(data.assignment)) return state === 'ACTIVE' ? state : 'BOT';
  return state === 'IDLE' || state === 'CREATED' ? 'QUEUED' : state;
}
