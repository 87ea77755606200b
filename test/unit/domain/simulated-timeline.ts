import type { InteractionRecord } from '../../../src/domain/conversation.js';
import type { ConversationEvent } from '../../../src/domain/event.js';
import type { StateEvent } from '../../../src/domain/projection.js';
import type { FoldedState } from '../../../src/domain/state.js';

type Random = () => number;

/** A conversation's events as the contact centre would send them, with the true state after each. */
export interface Timeline {
  /** In order of occurrence. */
  readonly events: readonly StateEvent[];
  /** The folded state after each event. */
  readonly states: readonly FoldedState[];
  /** Whether each AGENT_LEFT ended its interaction, by event id. */
  readonly endsInteraction: ReadonlyMap<string, boolean>;
  readonly interactions: readonly InteractionRecord[];
}

const START = 1_767_225_600_000;

/** Simulates one to three interactions, each with up to two transfers in either order of their events, ended by the agent or by the customer. */
export class TimelineSimulator {
  readonly #events: StateEvent[] = [];
  readonly #states: FoldedState[] = [];
  readonly #endsInteraction = new Map<string, boolean>();
  readonly #interactions: InteractionRecord[] = [];
  #now = START;

  constructor(
    private readonly random: Random,
    private readonly conversationId = 'c1',
  ) {}

  play(): Timeline {
    this.#append('CONVERSATION_UPDATED', this.#update('created'), 'CREATED');
    const count = 1 + this.#upTo(2);
    for (let number = 1; number <= count; number += 1) this.#playInteraction(number);
    return {
      events: this.#events,
      states: this.#states,
      endsInteraction: this.#endsInteraction,
      interactions: this.#interactions,
    };
  }

  #playInteraction(number: number): void {
    const startedAt = new Date(this.#now);
    this.#append('CONVERSATION_UPDATED', this.#update('active'), 'QUEUED');
    this.#append('INTERACTION_QUEUED', { queue: { queueId: 'q1', name: null } }, 'QUEUED');
    let agentId = `agent-${number}-0`;
    this.#append('AGENT_JOINED', { agent: { agentId, name: null } }, 'ACTIVE');
    for (let transfer = this.#upTo(2); transfer > 0; transfer -= 1) {
      this.#transfer(agentId);
      this.#append('INTERACTION_QUEUED', { queue: { queueId: 'q2', name: null } }, 'TRANSFERRING');
      // Sometimes the same agent gets it again.
      agentId = this.random() < 0.3 ? agentId : `agent-${number}-${transfer}`;
      this.#append('AGENT_JOINED', { agent: { agentId, name: null } }, 'ACTIVE');
    }
    this.#end(agentId);
    this.#interactions.push({ interactionId: `i${number}`, startedAt, endedAt: new Date(this.#now) });
    this.#now += 120_000;
  }

  #transfer(agentId: string): void {
    const agent = { agent: { agentId, name: null } };
    if (this.random() < 0.5) {
      this.#append('CONVERSATION_TRANSFERRED', {}, 'TRANSFERRING');
      this.#endsInteraction.set(this.#append('AGENT_LEFT', agent, 'TRANSFERRING'), false);
    } else {
      this.#endsInteraction.set(this.#append('AGENT_LEFT', agent, 'LEFT'), false);
      this.#append('CONVERSATION_TRANSFERRED', {}, 'TRANSFERRING');
    }
  }

  #end(agentId: string): void {
    const byCustomer = this.random() < 0.5;
    if (byCustomer) this.#append('CUSTOMER_LEFT', {}, 'IDLE');
    this.#endsInteraction.set(this.#append('AGENT_LEFT', { agent: { agentId, name: null } }, byCustomer ? 'IDLE' : 'LEFT'), true);
    this.#append('CONVERSATION_UPDATED', this.#update('idle'), 'IDLE');
  }

  /** Appends an event some time after the one before. Returns its id, whose order is random. */
  #append<T extends StateEvent['type']>(type: T, data: ConversationEvent<T>['data'], state: FoldedState): string {
    this.#now += 1 + this.#upTo(3_000);
    const id = `${this.#upTo(1e9)}-${this.#events.length}`;
    const at = new Date(this.#now);
    this.#events.push({ id, conversationId: this.conversationId, occurredAt: at, receivedAt: at, type, data } as StateEvent);
    this.#states.push(state);
    return id;
  }

  #update(upstreamState: string): ConversationEvent<'CONVERSATION_UPDATED'>['data'] {
    return { upstreamState, assignment: { type: 'QUEUE', targetId: 'q1' }, customer: null, channelType: null };
  }

  /** From 0 to `max`. */
  #upTo(max: number): number {
    return Math.floor(this.random() * (max + 1));
  }
}

/** In random order, a third of them twice. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const doubled = [...items, ...items.filter(() => random() < 0.33)];
  for (let index = doubled.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [doubled[index], doubled[other]] = [doubled[other] as T, doubled[index] as T];
  }
  return doubled;
}
