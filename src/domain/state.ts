import type { Assignment, AssignmentType, ConversationRecord } from './conversation.js';

/**
 * A conversation's state. CREATED: nothing has happened yet. BOT: assigned to a script or a webhook. QUEUED: waits for an agent. ACTIVE: an agent has joined.
 * TRANSFERRING: between agents of one interaction. IDLE: over, until a new message queues it again.
 */
export type ConversationState = 'CREATED' | 'BOT' | 'QUEUED' | 'ACTIVE' | 'TRANSFERRING' | 'IDLE' | 'UNKNOWN';

/** The state by events alone. NONE: no event shows it. LEFT: the agent has left, and it is not known whether that was the end or a transfer. */
export type FoldedState = Exclude<ConversationState, 'UNKNOWN'> | 'LEFT' | 'NONE';

/**
 * The state that a client sees: by the events, corrected by the upstream, whose state is coarse but reliable. If the upstream is `ACTIVE` while the events
 * yield `IDLE`, the first events of a new interaction have not arrived yet.
 */
export function deriveState(
  folded: FoldedState,
  upstream: Pick<ConversationRecord, 'upstreamState' | 'assignment'> | null,
): ConversationState {
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

/** The state of an interaction in progress by its assignment, used if no event shows it. */
const BY_ASSIGNMENT: Readonly<Partial<Record<AssignmentType, ConversationState>>> = {
  AGENT: 'ACTIVE',
  SCRIPT: 'BOT',
  WEBHOOK: 'BOT',
  QUEUE: 'QUEUED',
};

/** Whether the assignment is to a bot. */
export const isBot = (assignment: Assignment | null): boolean => BY_ASSIGNMENT[assignment?.type ?? 'OTHER'] === 'BOT';
