import type { AgentRef, QueueRef } from './events/event-table.js';
import type { HandlingFact } from './interaction-metrics.js';

export interface QueueStint {
  readonly queue: QueueRef;
  /** Epoch milliseconds, like all times here. */
  readonly queuedAt: number;
}

export interface AgentStint {
  readonly agent: AgentRef;
  /** Null if its event is missing. */
  readonly joinedAt: number | null;
  /** Null while the agent is present. If its event is missing: the latest possible time. */
  readonly leftAt: number | null;
}

interface OpenStint {
  readonly agent: AgentRef;
  readonly joinedAt: number | null;
  leftAt: number | null;
  /** `leftAt` comes from an event. */
  isLeavingKnown: boolean;
}

/**
 * Metrics that are unreliable, since an event is missing. `ALL`: the facts contradict each other. `FIRST_AGENT`: the first agent's joining is missing, so that it is not
 * known who joined first, and when.
 */
export type Doubt = 'ALL' | 'QUEUES' | 'AGENTS' | 'TRANSFERS' | 'FIRST_AGENT';

/** How far apart two events may be dated that report the same, or that belong together in either order: 2 s. */
const SAME_MOMENT_MS = 2_000;

/**
 * Folds the facts of one interaction, in order, and detects missing ones. A complete one is: queued; an agent joins; per transfer a transfer, a leaving and a queueing until
 * another agent joins; finally the agent or the customer leaves.
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
  /** Since the last joining. */
  #transfers = 0;
  #queueings = 0;
  #lastLeftAt = Infinity;
  /** When it was last queued. */
  #queuedAt = -Infinity;
  /** Agents who were present when another joined without a transfer. */
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

  /** Completes the fold. `endedAt`: the end that the upstream reports; null while the interaction is in progress. */
  close(endedAt: number | null): this {
    const end = endedAt ?? this.#endedAt;
    if (end === null) return this;
    // Transferred to nobody, and yet ended: an agent is missing, unless the customer left first.
    if (this.#isBetweenAgents && !this.#hasCustomerLeft) this.doubts.add('AGENTS');
    if (this.#isBetweenAgents) this.#checkHandover();
    // They shared the conversation if the leaving of each is known; else all events of a transfer may be missing.
    if (this.#joinedByOthers.some(({ isLeavingKnown }) => !isLeavingKnown)) this.doubts.add('TRANSFERS').add('QUEUES');
    for (const stint of this.stints) stint.leftAt ??= Math.max(end, stint.joinedAt ?? end);
    return this;
  }

  /** Transferred or queued again, and nobody has joined since. */
  get #isBetweenAgents(): boolean {
    return this.#transfers > 0 || (this.stints.length > 0 && this.#queueings > 0);
  }

  #transferred(): void {
    // Only an agent transfers, and only once.
    if (this.stints.length === 0) this.doubts.add('FIRST_AGENT').add('AGENTS');
    if (this.#transfers > 0) this.doubts.add('AGENTS');
    this.#transfers += 1;
    this.transferCount += 1;
  }

  /** `joinedAt`: null if its event is missing. */
  #joins(agent: AgentRef, joinedAt: number | null, at: number): void {
    const isHandover = this.#isBetweenAgents || (this.stints.length > 0 && this.#present.size === 0);
    if (isHandover) {
      this.#checkHandover();
      for (const stint of this.#present.values()) stint.leftAt = Math.max(at, stint.joinedAt ?? at);
      this.#present.clear();
    } else {
      this.#joinedByOthers.push(...this.#present.values());
    }
    if (joinedAt === null && this.stints.length === 0) this.doubts.add('FIRST_AGENT');
    // A transfer by an agent whose joining is missing is still followed by another joining.
    this.#transfers = joinedAt === null ? this.#transfers - (this.stints.length > 0 && this.#transfers > 0 ? 1 : 0) : 0;
    this.#queueings = 0;
    const stint: OpenStint = { agent, joinedAt, leftAt: null, isLeavingKnown: false };
    this.stints.push(stint);
    this.#present.set(agent.agentId, stint);
  }

  /** A handover has a transfer, a leaving and a queueing. */
  #checkHandover(): void {
    if (this.#transfers === 0) this.doubts.add('TRANSFERS');
    if (this.#queueings === 0) this.doubts.add('QUEUES');
  }

  /** Queued again after the first agent: an agent who appears now has joined again. */
  #isQueuedAgain(at: number): boolean {
    return this.stints.length > 0 && this.#queueings > 0 && at - this.#queuedAt > SAME_MOMENT_MS;
  }

  #findStint({ agentId }: AgentRef): OpenStint | undefined {
    return this.stints.findLast(({ agent }) => agent.agentId === agentId);
  }

  #leaves(agent: AgentRef, at: number): void {
    const known = this.#findStint(agent);
    const isQueuedAgain = this.#isQueuedAgain(at);
    if (known?.isLeavingKnown === true && !isQueuedAgain && at - (known.leftAt ?? at) <= SAME_MOMENT_MS) return;
    if (known === undefined || known.isLeavingKnown || isQueuedAgain) this.#joins(agent, null, at);
    const stint = this.#findStint(agent);
    if (stint === undefined) return;
    stint.leftAt = at;
    stint.isLeavingKnown = true;
    if (this.#present.get(agent.agentId) === stint) this.#present.delete(agent.agentId);
    this.#lastLeftAt = at;
  }

  #says(agent: AgentRef, at: number): void {
    const last = this.#findStint(agent);
    const isPresent = this.#present.has(agent.agentId) || (this.#present.size > 0 && !this.#isBetweenAgents);
    const isAfterLeaving = last?.leftAt != null && at - last.leftAt <= SAME_MOMENT_MS;
    if (this.#isQueuedAgain(at) || !(isPresent || isAfterLeaving)) this.#joins(agent, null, at);
    this.firstResponseAt ??= at;
  }

  #customerLeaves(at: number): void {
    this.#hasCustomerLeft = true;
    this.#endedAt ??= at;
    // If the agent had merely left, the interaction would be over before the customer left.
    const isAlone = this.stints.length > 0 && this.#present.size === 0 && !this.#isBetweenAgents;
    if (isAlone && at - this.#lastLeftAt > SAME_MOMENT_MS) this.doubts.add('TRANSFERS').add('QUEUES');
  }
}
