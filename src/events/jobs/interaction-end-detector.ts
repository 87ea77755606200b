import type { Clock } from '../../domain/clock.js';
import type { InteractionRecord } from '../../domain/conversation.js';
import type { ConversationEvent } from '../../domain/event.js';
import { detectEnds } from '../../domain/interaction-end.js';
import type { Appended, EventLog } from '../port/event-log.js';
import type { Projections } from '../history/projections.js';

/**
 * When to ask the upstream whether an interaction is over, after an event that looks like its end, in milliseconds from one try to the next. Mostly it is at once; but an
 * agent who has left may have work to do on it, and a bot may go on with it, for an hour and longer: the last try is after some two hours.
 */
export const END_POLL_DELAYS_MS: readonly number[] = [
  ...[20, 200, 1_000, 3_000, 10_000, 30_000, 120_000],
  ...[300_000, 600_000, 1_200_000, 1_800_000, 3_600_000],
];

/** How long after such an event the last try is. */
export const END_POLL_HORIZON_MS = END_POLL_DELAYS_MS.reduce((sum, delay) => sum + delay, 0);

export interface InteractionEndDetectorOptions {
  readonly log: Pick<EventLog, 'append' | 'activeSince'>;
  readonly projections: Projections;
  /** The upstream's interactions of a conversation, oldest first, asked afresh. */
  readonly interactions: (conversationId: string) => Promise<readonly InteractionRecord[]>;
  /** It is not the time to settle a conversation's ends. */
  readonly isHeld?: (conversationId: string) => boolean;
  readonly clock: Clock;
  readonly delaysMs?: readonly number[];
  readonly onFault?: (error: unknown, conversationId: string) => void;
}

interface Task {
  tries: number;
  timer: NodeJS.Timeout | null;
  again: boolean;
}

/**
 * Appends `INTERACTION_ENDED` once it is settled that an interaction is over: when the upstream gives its end and the log holds an event that tells of it.
 * Works behind the deliveries, never in front of them. Running twice, after a crash or in two gateways, appends the same event once.
 */
export class InteractionEndDetector {
  readonly #tasks = new Map<string, Task>();
  readonly #delays: readonly number[];
  #closed = false;

  constructor(private readonly options: InteractionEndDetectorOptions) {
    this.#delays = options.delaysMs ?? END_POLL_DELAYS_MS;
  }

  /**
   * Looks at an event just stored; one that may end an interaction, or show that it goes on, starts the asking. So does a repeat: whoever stored it first may not have
   * lived to ask.
   */
  note({ event }: Appended): void {
    if (event.conversationId !== null && mayEnd(event)) this.#start(event.conversationId);
  }

  /** Takes up what a stopped process left undone: conversations with events received since then. */
  async recover(since: Date): Promise<void> {
    for (const conversationId of await this.options.log.activeSince(since)) this.#start(conversationId);
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#tasks.values()) if (timer !== null) clearTimeout(timer);
    this.#tasks.clear();
  }

  #start(conversationId: string): void {
    if (this.#closed) return;
    const running = this.#tasks.get(conversationId);
    if (running?.timer === null) {
      running.again = true;
      return;
    }
    if (running) clearTimeout(running.timer);
    this.#schedule(conversationId, { tries: 0, timer: null, again: false });
  }

  #schedule(conversationId: string, task: Task): void {
    const delay = this.#delays[task.tries];
    if (this.#closed || delay === undefined) {
      this.#tasks.delete(conversationId);
      return;
    }
    this.#tasks.set(conversationId, task);
    task.timer = setTimeout(() => {
      task.timer = null;
      void this.#try(conversationId, task);
    }, delay);
  }

  async #try(conversationId: string, task: Task): Promise<void> {
    const open = await this.#settle(conversationId).catch((error: unknown) => {
      this.options.onFault?.(error, conversationId);
      return true;
    });
    if (task.again) this.#schedule(conversationId, { tries: 0, timer: null, again: false });
    else if (open) this.#schedule(conversationId, { tries: task.tries + 1, timer: null, again: false });
    else this.#tasks.delete(conversationId);
  }

  async #settle(conversationId: string): Promise<boolean> {
    const { projections, interactions, log, clock } = this.options;
    const { endCauses, partialLeavings } = await projections.of(conversationId);
    if (endCauses.length + partialLeavings.length === 0) return false;
    const told = await interactions(conversationId);
    if (this.options.isHeld?.(conversationId) === true) return true;
    const settlement = detectEnds(conversationId, await projections.stateEvents(conversationId), told, clock());
    for (const ended of settlement.ended) await log.append({ ...ended, receivedAt: new Date(clock()) });
    return settlement.open;
  }
}

const mayEnd = (event: ConversationEvent): boolean =>
  event.type === 'AGENT_LEFT' ||
  event.type === 'CUSTOMER_LEFT' ||
  event.type === 'CONVERSATION_TRANSFERRED' ||
  (event.type === 'CONVERSATION_UPDATED' && event.data.upstreamState?.toLowerCase() === 'idle');
