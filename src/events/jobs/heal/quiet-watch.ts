import type { Clock } from '../../../domain/clock.js';
import type { EventLog } from '../../port/event-log.js';
import type { Look } from './look-queue.js';
import type { OpenConversations } from './open-conversations.js';
import { RepeatedTask } from '../../../domain/repeated-task.js';
import type { HealTimings } from './timings.js';

export interface QuietWatchOptions {
  readonly log: Pick<EventLog, 'followed' | 'head'>;
  readonly conversations: Pick<OpenConversations, 'isOpen'>;
  readonly clock: Clock;
  readonly timings: Pick<HealTimings, 'tickMs' | 'quietMs' | 'maxQuietMs'>;
  readonly add: (look: Look) => void;
  readonly onError: (error: unknown) => void;
}

interface Followed {
  /** Since when somebody follows it, epoch milliseconds like all times here. */
  readonly since: number;
  dueAt: number;
  delayMs: number;
  /** The conversation's end when it was last looked whether it is quiet; null before. */
  cursor: string | null;
  /** By the upstream, it is over although no event shows it. */
  isOver: boolean;
}

/** Has open conversations looked at that somebody follows and that have been quiet for a while, at growing intervals. */
export class QuietWatch {
  readonly #followed = new Map<string, Followed>();
  readonly #task = new RepeatedTask(() => this.#run());

  constructor(private readonly options: QuietWatchOptions) {}

  start(): void {
    this.#task.start();
  }

  close(): void {
    this.#task.close();
  }

  async #run(): Promise<number> {
    await this.#tick().catch(this.options.onError);
    return this.options.timings.tickMs;
  }

  async #tick(): Promise<void> {
    const { log, clock } = this.options;
    const now = clock();
    this.#update(log.followed(), now);
    const due = [...this.#followed].filter(([, { dueAt }]) => dueAt <= now);
    if (due.length === 0) return;
    const head = await log.head();
    for (const [conversationId, followed] of due) await this.#check(conversationId, followed, await head.cursor({ conversationId }));
  }

  #update(conversationIds: readonly string[], now: number): void {
    const current = new Set(conversationIds);
    for (const conversationId of this.#followed.keys()) if (!current.has(conversationId)) this.#followed.delete(conversationId);
    const delayMs = this.options.timings.quietMs;
    for (const conversationId of current) {
      if (this.#followed.has(conversationId)) continue;
      this.#followed.set(conversationId, { since: now, dueAt: now + delayMs, delayMs, cursor: null, isOver: false });
    }
  }

  async #check(conversationId: string, followed: Followed, cursor: string): Promise<void> {
    const { conversations, clock, timings } = this.options;
    const now = clock();
    const isQuiet = followed.cursor === null || followed.cursor === cursor;
    if (!isQuiet) {
      followed.isOver = false;
      followed.delayMs = timings.quietMs;
    }
    followed.cursor = cursor;
    followed.dueAt = now + followed.delayMs;
    if (!isQuiet || followed.isOver || !(await conversations.isOpen(conversationId))) return;
    followed.delayMs = Math.min(followed.delayMs * 2, timings.maxQuietMs);
    followed.dueAt = now + followed.delayMs;
    this.options.add({
      conversationId,
      reason: 'quiet',
      since: new Date(followed.since),
      requestedAt: new Date(now - timings.quietMs / 2),
      onSettled: (healing) => {
        if (healing !== null) followed.isOver = !healing.isOpen;
      },
    });
  }
}
