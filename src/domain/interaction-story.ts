import type { AgentRef, QueueRef } from './events/event-table.js';
import type { HandlingFact } from './interaction-metrics.js';

export interface QueueStint {
  readonly queue: QueueRef;
  /** Epoch milliseconds, as all times here. */
  readonly queuedAt: number;
}

export interface AgentStint {
  readonly agent: AgentRef;
  /** Null if no event says when. */
  readonly joinedAt: number | null;
  /** Null while the agent is there. If no event says when he left: the latest possible time. */
  readonly leftAt: number | null;
}

interface OpenStint {
  readonly agent: AgentRef;
  readonly joinedAt: number | null;
  leftAt: number | null;
  /** An event says when the agent left. */
  isLeavingKnown: boolean;
}

/**
 * What must not be relied on, as the facts do not make a whole story: an event was lost. ALL: the facts contradict each other. FIRST_AGENT: an agent was there whose
 * joining is missing, so that it is not known who came first, and when.
 */
export type Doubt = 'ALL' | 'QUEUES' | 'AGENTS' | 'TRANSFERS' | 'FIRST_AGENT';

/** How far apart two events may be dated that say the same, or that happen together in either order: 2 s. */
const SAME_MOMENT_MS = 2_000;

/**
 * Reads the facts of one interaction, in order, and notices what is missing: queued, an agent joins, perhaps a transfer, a leaving and a queueing until another joins, and
 * in the end the agent or the customer leaves.
 */
export class InteractionStory {
  readonly queues: QueueStint[] = [];
  readonly stints: OpenStint[] = [];
  readonly doubts = new Set<Doubt>();
  readonly #present = new Map<string, OpenStint>();
  transferCount = 0;
  firstResponseAt: number | null = null;
  #endedAt: number | null = null;
  #hasCustomerLeft = false;
  /** Since an agent joined last. */
  #transfers = 0;
  #queueings = 0;
  #lastLeftAt = Infinity;
  /** When it was queued last. */
  #queuedAt = -Infinity;
  /** Agents beside whom another joined, without a transfer. */
  readonly #joinedByOthers: OpenStint[] = [];

  add(fact: HandlingFact): void {
    if (this.#endedAt !== null && (fact.kind === 'QUEUED' || fact.kind === 'JOINED' || fact.kind === 'TRANSFERRED')) this.doubts.add('ALL');
    switch (fact.kind) {
      case 'QUEUED':
        this.queues.push({ queue: fact.queue, queuedAt: fact.at });
        this.#queueings += 1;
        this.#queuedAt = fact.at;
        break;
      case 'TRANSFERRED':
        this.#transferred();
        break;
      case 'JOINED':
        if (!this.#present.has(fact.agent.agentId) || this.#isBetweenAgents) this.#joins(fact.agent, fact.at, fact.at);
        break;
      case 'LEFT':
        this.#leaves(fact.agent, fact.at);
        break;
      case 'SAID':
        this.#says(fact.agent, fact.at);
        break;
      case 'CUSTOMER_LEFT':
        this.#customerLeaves(fact.at);
        break;
      case 'ENDED':
        this.#endedAt ??= fact.at;
    }
  }

  /** No further facts will come; `endedAt`: when it ended by the upstream, null while it goes on. */
  close(endedAt: number | null): this {
    const end = endedAt ?? this.#endedAt;
    if (end === null) return this;
    // Handed on to nobody, and yet it ended: an agent is missing, unless the customer did not wait.
    if (this.#isBetweenAgents && !this.#hasCustomerLeft) this.doubts.add('AGENTS');
    if (this.#isBetweenAgents) this.#checkHandOver();
    // They shared the conversation if each of them is known to leave; else every event of a transfer may be lost.
    if (this.#joinedByOthers.some(({ isLeavingKnown }) => !isLeavingKnown)) this.doubts.add('TRANSFERS').add('QUEUES');
    for (const stint of this.stints) stint.leftAt ??= Math.max(end, stint.joinedAt ?? end);
    return this;
  }

  /** Handed on, and nobody has joined since. */
  get #isBetweenAgents(): boolean {
    return this.#transfers > 0 || (this.stints.length > 0 && this.#queueings > 0);
  }

  #transferred(): void {
    // Only an agent transfers, and each once.
    if (this.stints.length === 0) this.doubts.add('FIRST_AGENT').add('AGENTS');
    if (this.#transfers > 0) this.doubts.add('AGENTS');
    this.#transfers += 1;
    this.transferCount += 1;
  }

  /** `joinedAt`: null if its event is missing. */
  #joins(agent: AgentRef, joinedAt: number | null, at: number): void {
    const isHandedOn = this.#isBetweenAgents || (this.stints.length > 0 && this.#present.size === 0);
    if (isHandedOn) {
      this.#checkHandOver();
      for (const stint of this.#present.values()) stint.leftAt = Math.max(at, stint.joinedAt ?? at);
      this.#present.clear();
    } else {
      this.#joinedByOthers.push(...this.#present.values());
    }
    if (joinedAt === null && this.stints.length === 0) this.doubts.add('FIRST_AGENT');
    // A transfer by one whose joining is lost is still to be followed by another's.
    this.#transfers = joinedAt === null ? this.#transfers - (this.stints.length > 0 && this.#transfers > 0 ? 1 : 0) : 0;
    this.#queueings = 0;
    const stint: OpenStint = { agent, joinedAt, leftAt: null, isLeavingKnown: false };
    this.stints.push(stint);
    this.#present.set(agent.agentId, stint);
  }

  /** A transfer, a leaving and a queueing belong together. */
  #checkHandOver(): void {
    if (this.#transfers === 0) this.doubts.add('TRANSFERS');
    if (this.#queueings === 0) this.doubts.add('QUEUES');
  }

  /** Handed on and queued again by now: who is heard of then has come in anew. */
  #isQueuedAgain(at: number): boolean {
    return this.stints.length > 0 && this.#queueings > 0 && at - this.#queuedAt > SAME_MOMENT_MS;
  }

  #stintOf({ agentId }: AgentRef): OpenStint | undefined {
    return this.stints.findLast(({ agent }) => agent.agentId === agentId);
  }

  #leaves(agent: AgentRef, at: number): void {
    const known = this.#stintOf(agent);
    const isQueuedAgain = this.#isQueuedAgain(at);
    if (known?.isLeavingKnown === true && !isQueuedAgain && at - (known.leftAt ?? at) <= SAME_MOMENT_MS) return;
    if (known === undefined || known.isLeavingKnown || isQueuedAgain) this.#joins(agent, null, at);
    const stint = this.#stintOf(agent);
    if (stint === undefined) return;
    stint.leftAt = at;
    stint.isLeavingKnown = true;
    if (this.#present.get(agent.agentId) === stint) this.#present.delete(agent.agentId);
    this.#lastLeftAt = at;
  }

  #says(agent: AgentRef, at: number): void {
    const last = this.#stintOf(agent);
    const isPresent = this.#present.has(agent.agentId) || (this.#present.size > 0 && !this.#isBetweenAgents);
    const areLastWords = last?.leftAt != null && at - last.leftAt <= SAME_MOMENT_MS;
    if (this.#isQueuedAgain(at) || !(isPresent || areLastWords)) this.#joins(agent, null, at);
    this.firstResponseAt ??= at;
  }

  #customerLeaves(at: number): void {
    this.#hasCustomerLeft = true;
    this.#endedAt ??= at;
    // An agent who just leaves ends it: then there would be no customer to leave.
    const isAlone = this.stints.length > 0 && this.#present.size === 0 && !this.#isBetweenAgents;
    if (isAlone && at - this.#lastLeftAt > SAME_MOMENT_MS) this.doubts.add('TRANSFERS').add('QUEUES');
  }
}
