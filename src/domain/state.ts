import type { Assignment, AssignmentType, ConversationRecord } from './conversation.js';

/**
 * Where a conversation stands. CREATED: nothing has happened yet. BOT: assigned to a script or a webhook. QUEUED: waits for an agent. ACTIVE: an agent has joined.
 * TRANSFERRING: between agents of one interaction. IDLE: over until a new message queues it again.
 */
export type ConversationState = 'CREATED' | 'BOT' | 'QUEUED' | 'ACTIVE' | 'TRANSFERRING' | 'IDLE' | 'UNKNOWN';

/** What the events alone tell. NONE: they tell nothing. LEFT: the agent has left, and it is not settled whether that was the end or a transfer. */
export type FoldedState = Exclude<ConversationState, 'UNKNOWN'> | 'LEFT' | 'NONE';

/**
 * The state that a client sees: the events' word, corrected by the upstream, which knows coarsely but surely whether an interaction goes on.
 * An upstream that is `ACTIVE` while the events say `IDLE` has a new interaction whose first events are still on their way.
 */
export function stateOf(folded: FoldedState, upstream: Pick<ConversationRecord, 'upstreamState' | 'assignment'> | null): ConversationState {
  switch (upstream?.upstreamState) {
    case 'IDLE':
      return 'IDLE';
    case 'CREATED':
      return folded === 'NONE' ? 'CREATED' : certain(folded);
    case 'ACTIVE':
      if (folded === 'LEFT') return isBot(upstream.assignment) ? 'BOT' : 'TRANSFERRING';
      if (folded === 'ACTIVE' || folded === 'TRANSFERRING' || folded === 'QUEUED' || folded === 'BOT') return folded;
      return BY_ASSIGNMENT[upstream.assignment?.type ?? 'OTHER'] ?? (folded === 'NONE' ? 'UNKNOWN' : 'QUEUED');
    default:
      return certain(folded);
  }
}

const certain = (folded: FoldedState): ConversationState => (folded === 'NONE' || folded === 'LEFT' ? 'UNKNOWN' : folded);

/** What an ongoing interaction's assignment tells while no event does. */
const BY_ASSIGNMENT: Readonly<Partial<Record<AssignmentType, ConversationState>>> = {
  AGENT: 'ACTIVE',
  SCRIPT: 'BOT',
  WEBHOOK: 'BOT',
  QUEUE: 'QUEUED',
};

/** Whether a bot has what is assigned so. */
export const isBot = (assignment: Assignment | null): boolean => BY_ASSIGNMENT[assignment?.type ?? 'OTHER'] === 'BOT';
