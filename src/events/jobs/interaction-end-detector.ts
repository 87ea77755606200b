import type { Clock } from '../../domain/clock.js';
import type { InteractionRecord } from '../../domain/conversation.js';
import type { ConversationEvent } from '../../domain/event.js';
import { detectEnds } from '../../domain/interaction-end.js';
import type { EventLog } from '../port/event-log.js';
import type { Appended } from '../port/stored-event.js';
import type { Projections } from '../history/projections.js';

/**
 * When to ask the upstream whether an interaction has ended, after an event that may end it: delays from one attempt to the next, in
 * milliseconds. Usually it has ended immediately, but wrap-up work of an agent or a bot may keep it open for an hour and longer, so the
 * last attempt is after about two hours.
 */
export const END_POLL_DELAYS_MS: readonly number[] = [
  ...[20, 200, 1_000, 3_000, 10_000, 30_000, 120_000],
  ...[300_000, 600_000, 1_200_000, 1_800_000, 3_600_000],
];

/** How many conversations are looked at in parallel after a start, which many may have been active before. */
const RECOVERY_LANES = 8;

/** How long after such an event the last attempt is, in milliseconds. */
export const END_POLL_HORIZON_MS = END_POLL_DELAYS_MS.reduce((sum, delay) => sum + delay, 0);

export interface InteractionEndDetectorOptions {
  readonly log: Pick<EventLog, 'append' | 'activeSince'>;
  readonly projections: Projections;
  /** Reads the upstream's interactions of a conversation, oldest first, uncached. */
  readonly interactions: (conversationId: string) => Promise<readonly InteractionRecord[]>;
  /** Returns true while ends of a conversation must not be decided. */
  readonly isPaused?: (conversationId: string) => boolean;
  readonly clock: Clock;
  readonly delaysMs?: readonly number[];
  readonly onError?: (error: unknown, conversationId: string) => void;
}

interface Task {
  attempts: number;
  timer: NodeJS.Timeout | null;
  restartRequested: boolean;
}

/**
 * Appends `INTERACTION_ENDED` once an interaction has ended: when the upstream reports its end and the log holds an event that explains
 * it. Runs after deliveries, never in front of them. Running twice, after a crash or in two gateways, appends the same event once.
 */
export class InteractionEndDetector {
  readonly #tasks = new Map<string, Task>();
  readonly #delays: readonly number[];
  #isClosed = false;

  constructor(private readonly options: InteractionEndDetectorOptions) {
    this.#delays = options.delaysMs ?? END_POLL_DELAYS_MS;
  }

  /**
   * Starts polling if a stored event may end an interaction, or shows that it goes on. Duplicates count too: whoever stored the first may
   * have died before polling.
   */
  observe({ event }: Appended): void {
    if (event.conversationId !== null && mayEndInteraction(event)) this.#startPolling(event.conversationId);
  }

  /** Resumes what a stopped process left undone: conversations with events stored since then. */
  async recover(since: Date): Promise<void> {
    const conversations = (await this.options.log.activeSince(since)).values();
    const recoverNext = async () => {
      for (const conversationId of conversations) {
        if (this.#isClosed) return;
        if (await this.#isUndecided(conversationId)) this.#startPolling(conversationId);
      }
    };
    await Promise.all(Array.from({ length: RECOVERY_LANES }, recoverNext));
  }

  /** Whether the log has an event that may have ended an interaction, and no end. */
  async #isUndecided(conversationId: string): Promise<boolean> {
    try {
      const { endCauses, partialLeavings } = await this.options.projections.of(conversationId);
      return endCauses.length + partialLeavings.length > 0;
    } catch (error) {
      this.options.onError?.(error, conversationId);
      return true;
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#tasks.values()) if (timer !== null) clearTimeout(timer);
    this.#tasks.clear();
  }

  #startPolling(conversationId: string): void {
    if (this.#isClosed) return;
    const running = this.#tasks.get(conversationId);
    if (running?.timer === null) {
      running.restartRequested = true;
      return;
    }
    if (running) clearTimeout(running.timer);
    this.#schedule(conversationId, { attempts: 0, timer: null, restartRequested: false });
  }

  #schedule(conversationId: string, task: Task): void {
    const delay = this.#delays[task.attempts];
    if (this.#isClosed || delay === undefined) {
      this.#tasks.delete(conversationId);
      return;
    }
    this.#tasks.set(conversationId, task);
    task.timer = setTimeout(() => {
      task.timer = null;
      void this.#attempt(conversationId, task);
    }, delay);
  }

  async #attempt(conversationId: string, task: Task): Promise<void> {
    const open = await this.#detect(conversationId).catch((error: unknown) => {
      this.options.onError?.(error, conversationId);
      return true;
    });
    if (task.restartRequested) this.#schedule(conversationId, { attempts: 0, timer: null, restartRequested: false });
    else if (open) this.#schedule(conversationId, { attempts: task.attempts + 1, timer: null, restartRequested: false });
    else this.#tasks.delete(conversationId);
  }

  async #detect(conversationId: string): Promise<boolean> {
    const { projections, interactions, log, clock } = this.options;
    const { endCauses, partialLeavings } = await projections.of(conversationId);
    if (endCauses.length + partialLeavings.length === 0) return false;
    const upstreamInteractions = await interactions(conversationId);
    if (this.options.isPaused?.(conversationId) === true) return true;
    const detected = detectEnds(conversationId, await projections.stateEvents(conversationId), upstreamInteractions, clock());
    for (const ended of detected.ended) await log.append({ ...ended, receivedAt: new Date(clock()) });
    return detected.open;
  }
}

const mayEndInteraction = (event: ConversationEvent): boolean =>
  event.type === 'AGENT_LEFT' ||
  event.type === 'CUSTOMER_LEFT' ||
  event.type === 'CONVERSATION_TRANSFERRED' ||
  (event.type === 'CONVERSATION_UPDATED' && event.data.upstreamState?.toLowerCase() === 'idle');
