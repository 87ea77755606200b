import type { Clock } from '../../../domain/clock.js';
import { withTimeout } from '../../../domain/with-timeout.js';
import type { HealingMarks, LogGap } from '../../port/healing-marks.js';
import type { EventLog } from '../../port/event-log.js';
import type { FindListed } from './conversation-search.js';
import { findLastWebhook } from './last-webhook.js';
import type { Look } from './look-queue.js';
import type { OpenConversations } from './open-conversations.js';
import { RepeatedTask } from '../../../domain/repeated-task.js';
import type { HealTimings } from './timings.js';

/** A final heartbeat must not hold up a shutdown. */
const LAST_BEAT_MS = 500;

export interface GapWatchOptions {
  readonly log: Pick<EventLog, 'read'>;
  readonly marks: Pick<HealingMarks, 'beat' | 'settle'>;
  readonly conversations: Pick<OpenConversations, 'candidates'>;
  readonly findListed: FindListed;
  readonly clock: Clock;
  readonly timings: Pick<HealTimings, 'beatMs' | 'retryMs'>;
  /** How long an event may be on its way, in milliseconds. */
  readonly afterMs: number;
  /** Nothing older is healed, in milliseconds. */
  readonly reachMs: number;
  readonly add: (look: Look) => void;
  readonly onGap: (gap: LogGap, conversations: number) => void;
  /** Everything that a gap called for has been looked at. */
  readonly onSettled: (gap: LogGap) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Writes heartbeats of this gateway, and has the conversations looked at that were open or active when no gateway wrote any, and those that may have begun then: after a start,
 * and after the log could not be reached. What a stopped gateway left undone is resumed by the next heartbeat. Each gateway reads the list itself, and none settles a gap
 * before all that it knows of has been looked at, so that nothing depends on one of them.
 */
export class GapWatch {
  readonly #task = new RepeatedTask(() => this.#run());
  #isFirst = true;
  /** The end of the gap that is being looked into, epoch milliseconds. */
  #lookingInto: number | null = null;

  constructor(private readonly options: GapWatchOptions) {}

  start(): void {
    this.#task.start();
  }

  /** Writes a last heartbeat: what follows is a gap. */
  async close(): Promise<void> {
    this.#task.close();
    await withTimeout(LAST_BEAT_MS, this.#beat(), () => new Error('too late')).catch(() => undefined);
  }

  #run(): Promise<number> {
    const { beatMs, retryMs } = this.options.timings;
    return this.#beatAndLook().then(
      () => beatMs,
      (error: unknown) => {
        this.options.onError(error);
        return retryMs;
      },
    );
  }

  async #beatAndLook(): Promise<void> {
    const gap = await this.#beat();
    if (gap === null || gap.to.getTime() === this.#lookingInto || this.#task.isClosed) return;
    this.#lookingInto = gap.to.getTime();
    await this.#lookInto(gap).catch((error: unknown) => {
      this.#lookingInto = null;
      throw error;
    });
  }

  async #beat(): Promise<LogGap | null> {
    const { log, marks, clock, timings, afterMs } = this.options;
    const newest = this.#isFirst ? await log.read('all', { limit: 1, fromEnd: true }) : null;
    const lastEventAt = newest?.events[0]?.event.receivedAt ?? null;
    const gap = await marks.beat({ now: new Date(clock()), lastEventAt, gapMs: timings.beatMs + afterMs });
    this.#isFirst = false;
    return gap;
  }

  async #lookInto(gap: LogGap): Promise<void> {
    const { log, clock, conversations, reachMs, add, onGap } = this.options;
    // Heartbeats go on while webhooks are lost.
    const lastWebhookAt = (await findLastWebhook(log, gap.from)) ?? gap.from;
    const since = new Date(Math.max(Math.min(gap.from.getTime(), lastWebhookAt.getTime()), clock() - reachMs));
    const found = await conversations.candidates(new Date(clock() - reachMs));
    onGap(gap, found.length);
    const began = countdown(() => {
      this.#settle(gap).catch(this.options.onError);
    });
    const look = { since, requestedAt: gap.to };
    for (const conversationId of found) add({ ...look, conversationId, reason: 'gap', onSettled: began.another() });
    // Heartbeats must not wait for the upstream.
    this.#lookAtListed(look, began.another).then(began.done, (error: unknown) => {
      if (this.#task.isClosed) return;
      this.options.onError(error);
      if (this.#lookingInto === gap.to.getTime()) this.#lookingInto = null;
    });
  }

  async #lookAtListed(look: Pick<Look, 'since' | 'requestedAt'>, another: () => () => void): Promise<void> {
    for await (const listed of this.options.findListed({ since: look.since, withEnded: true })) {
      this.options.add({ ...look, ...listed, reason: 'listed', onSettled: another() });
    }
  }

  async #settle(gap: LogGap): Promise<void> {
    await this.options.marks.settle(gap);
    this.options.onSettled(gap);
    if (this.#lookingInto === gap.to.getTime()) this.#lookingInto = null;
  }
}

/** Calls `onDone` once everything that has begun is done: itself, by `done`, and each other, by what `another` returned. */
function countdown(onDone: () => void) {
  let open = 1;
  const done = () => {
    open -= 1;
    if (open === 0) onDone();
  };
  const another = () => {
    open += 1;
    return done;
  };
  return { done, another };
}
