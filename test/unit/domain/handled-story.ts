import type { InteractionRecord } from '../../../src/domain/conversation.js';
import type { ConversationEvent } from '../../../src/domain/event.js';

type Random = () => number;

/** The ground truth of one interaction, whichever of its events arrive. Times are epoch milliseconds. */
export interface SimulatedInteraction {
  readonly record: InteractionRecord;
  readonly queues: readonly number[];
  readonly stints: readonly { readonly agentId: string; readonly joinedAt: number; readonly leftAt: number }[];
  readonly transferCount: number;
  readonly events: readonly ConversationEvent[];
}

const START = 1_767_225_600_000;

/**
 * Simulates one to five interactions: each is queued, an agent joins and writes, it is transferred up to twice, and ends by the agent or the customer, in a queue
 * or with an agent, with or without an event, immediately or after wrap-up. The next one follows immediately or later.
 */
export class HandledConversation {
  readonly interactions: SimulatedInteraction[] = [];
  #now = START;
  #events: ConversationEvent[] = [];
  #count = 0;

  constructor(private readonly random: Random) {
    for (let count = 1 + this.#upTo(4); count > 0; count -= 1) this.#play();
  }

  get records(): readonly InteractionRecord[] {
    return this.interactions.map(({ record }) => record);
  }

  #play(): void {
    this.#events = [];
    const startedAt = this.#now;
    const queues: number[] = [];
    const stints: { agentId: string; joinedAt: number; leftAt: number }[] = [];
    let transferCount = 0;
    const queue = () => {
      this.#pass(6_000);
      this.#append('INTERACTION_QUEUED', { queue: { queueId: `q${queues.length}`, name: null } });
      queues.push(this.#now);
    };
    const leave = (stint: (typeof stints)[number]) => {
      this.#append('AGENT_LEFT', { agent: { agentId: stint.agentId, name: null } });
      stint.leftAt = this.#now;
    };
    queue();
    const transfers = this.#isChance(0.4) ? 1 + this.#upTo(1) : 0;
    for (let part = 0; part <= transfers; part += 1) {
      if (part > 0) {
        const stint = stints.at(-1);
        if (stint === undefined) break;
        transferCount += 1;
        const isTransferFirst = this.#isChance(0.5);
        if (!isTransferFirst) leave(stint);
        this.#pass(500);
        this.#append('CONVERSATION_TRANSFERRED', {});
        if (isTransferFirst) leave(stint);
        queue();
      }
      if (this.#isChance(0.08)) break;
      stints.push(this.#agentHandles());
    }
    const last = stints.at(-1);
    this.#end(transferCount >= stints.length ? null : () => last && leave(last));
    const endedAt = this.#now + (this.#isChance(0.15) ? 60_000 + this.#upTo(240_000) : 0);
    const interactionId = `i${this.interactions.length}`;
    if (this.#isChance(0.5)) {
      this.#now = endedAt;
      this.#append('INTERACTION_ENDED', { reason: 'AGENT_LEFT', interactionId });
    }
    this.interactions.push({
      record: { interactionId, startedAt: new Date(startedAt), endedAt: new Date(endedAt) },
      ...{ queues, stints, transferCount, events: this.#events },
    });
    this.#now = endedAt + (this.#isChance(0.3) ? 1 : this.#upTo(300_000));
  }

  #agentHandles(): { agentId: string; joinedAt: number; leftAt: number } {
    this.#pass(60_000);
    const agentId = `agent ${this.#upTo(2)}`;
    this.#append('AGENT_JOINED', { agent: { agentId, name: null } });
    const joinedAt = this.#now;
    for (let messages = this.#upTo(3); messages > 0; messages -= 1) {
      this.#pass(20_000);
      this.#append('MESSAGE_ADDED', {
        message: {
          author: { participantId: agentId, type: 'AGENT', name: null, language: null, removed: null },
          ...{ text: 'Hello', attachments: [], cards: [] },
        },
        isEcho: false,
      });
    }
    this.#pass(60_000);
    return { agentId, joinedAt, leftAt: this.#now };
  }

  /** `agentLeaves`: null if none is present: then the customer leaves, or it ends without an event. */
  #end(agentLeaves: (() => void) | null): void {
    this.#pass(10_000);
    if (this.#isChance(agentLeaves === null ? 0.7 : 0.4)) {
      this.#append('CUSTOMER_LEFT', {});
      this.#pass(2_000);
    }
    agentLeaves?.();
    if (this.#isChance(0.5))
      this.#append('CONVERSATION_UPDATED', { upstreamState: 'idle', assignment: null, customer: null, channelType: null });
  }

  #append<T extends ConversationEvent['type']>(type: T, data: ConversationEvent<T>['data']): void {
    const at = new Date(this.#now);
    this.#count += 1;
    const base = { id: `e${this.#count}`, conversationId: 'c1', occurredAt: at, receivedAt: at };
    this.#events.push({ ...base, type, data } as ConversationEvent);
  }

  #pass(maxMs: number): void {
    this.#now += 1 + this.#upTo(maxMs);
  }

  #isChance(chance: number): boolean {
    return this.random() < chance;
  }

  /** From 0 to `max`. */
  #upTo(max: number): number {
    return Math.floor(this.random() * (max + 1));
  }
}
