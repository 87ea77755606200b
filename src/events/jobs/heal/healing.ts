import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../../domain/clock.js';
import type { EventType } from '../../../domain/event.js';
import type { Projections } from '../../history/projections.js';
import type { EventLog } from '../../port/event-log.js';
import type { LogGap } from '../../port/healing-marks.js';
import { ConversationSearch } from './conversation-search.js';
import type { ListReads, SearchRequest } from './conversation-search.js';
import { GapWatch } from './gap-watch.js';
import type { HealConversation, HealRequest } from './heal-conversation.js';
import { LookQueue } from './look-queue.js';
import type { Look, LookReason } from './look-queue.js';
import { OpenConversations } from './open-conversations.js';
import { QuietWatch } from './quiet-watch.js';
import { SilenceWatch } from './silence-watch.js';
import type { Silence } from './silence-watch.js';
import type { HealTimings } from './timings.js';

/** A log that does not answer must not hold up a shutdown. */
const RELEASE_MS = 500;

export interface HealingOptions {
  readonly log: EventLog;
  readonly projections: Projections;
  readonly heal: HealConversation;
  readonly list: ListReads;
  readonly clock: Clock;
  readonly timings: HealTimings;
  /** How long an event may be on its way before it counts as missing, in milliseconds. */
  readonly afterMs: number;
  /** Nothing older is healed, in milliseconds. */
  readonly reachMs: number;
  /** How many conversations are looked at in parallel; 0: none, but by `run`. */
  readonly workers: number;
  /** When this gateway accepted its last webhook; null if it has not yet. */
  readonly lastWebhookAt: () => Date | null;
  readonly report: HealingReport;
}

/** What healing reports as it goes. */
export interface HealingReport {
  looked(reason: LookReason, healed: Readonly<Partial<Record<EventType, number>>>): void;
  gap(gap: LogGap, conversations: number): void;
  /** The same gap, once everything has been looked at. */
  gapSettled(gap: LogGap): void;
  /** Called with null when it is over. */
  silence(silence: Silence | null): void;
  failed(error: unknown, conversationId: string | null): void;
}

/** One conversation of a run by command. */
export interface RunResult {
  readonly conversationId: string;
  readonly healed: Readonly<Partial<Record<EventType, number>>>;
  readonly isPending: boolean;
  /** The look failed. */
  readonly error: unknown;
}

/** Finds conversations with events that never arrived, and has them healed, within the budget of upstream calls. */
export class Healing {
  readonly #conversations: OpenConversations;
  readonly #search: ConversationSearch;
  readonly #queue: LookQueue;
  readonly #gaps: GapWatch;
  readonly #quiet: QuietWatch;
  readonly #silence: SilenceWatch;

  constructor(private readonly options: HealingOptions) {
    const { log, clock, timings, afterMs, reachMs, report, workers } = options;
    const conversations = new OpenConversations(options);
    const queue = new LookQueue({
      ...options,
      marks: log.healing,
      workers,
      pendingMs: afterMs,
      retryMs: timings.retryMs,
      isWorthwhile: (look) => this.#isWorthwhile(look),
      onLook: ({ reason }, { healed }) => report.looked(reason, healed),
      onError: (error, { conversationId }) => report.failed(error, conversationId),
    });
    const onError = (error: unknown) => report.failed(error, null);
    const search = new ConversationSearch({ ...options, upstream: options.list, retryMs: timings.retryMs, onError });
    const shared = {
      log,
      clock,
      timings,
      afterMs,
      reachMs,
      conversations,
      marks: log.healing,
      add: (look: Look) => {
        if (workers > 0) queue.add(look);
        else look.onSettled?.(null);
      },
      findListed: (request: SearchRequest) => (workers > 0 ? search.find(request) : nothingListed()),
      onError,
    };
    this.#conversations = conversations;
    this.#search = search;
    this.#queue = queue;
    this.#gaps = new GapWatch({ ...shared, onGap: (gap, count) => report.gap(gap, count), onSettled: (gap) => report.gapSettled(gap) });
    this.#quiet = new QuietWatch(shared);
    this.#silence = new SilenceWatch({
      ...shared,
      lastWebhookAt: options.lastWebhookAt,
      onSilence: (silence) => report.silence(silence),
    });
  }

  /** No webhook arrives though conversations are open; null while that is not so. */
  get silence(): Silence | null {
    return this.#silence.current;
  }

  /** How long no webhook has arrived. */
  get silenceSeconds(): number {
    return this.#silence.seconds;
  }

  /** How many conversations are still to be looked at. */
  get queued(): number {
    return this.#queue.size;
  }

  start(): void {
    this.#gaps.start();
    this.#silence.start();
    if (this.options.workers > 0) this.#quiet.start();
  }

  /** Writes a last heartbeat, so that the gap until the next start is known. `waitMs`: how long looks in progress have to end. */
  async close(waitMs: number): Promise<void> {
    this.#quiet.close();
    this.#silence.close();
    this.#search.close();
    await Promise.race([Promise.all([this.#queue.close(), this.#gaps.close()]), pause(waitMs, undefined, { ref: false })]);
    await Promise.race([this.#queue.releaseClaims(), pause(RELEASE_MS, undefined, { ref: false })]);
  }

  /**
   * Looks at every conversation that is open or was active since then, by the log or by the upstream's list, one after the other, and yields each as it is done. Those that
   * were over, and in which nothing has happened, are left out. Rejects if the list cannot be read.
   */
  async *run(since: Date, dryRun: boolean): AsyncGenerator<RunResult> {
    const { clock, reachMs } = this.options;
    const looked = new Set<string>();
    for (const conversationId of await this.#conversations.candidates(new Date(clock() - reachMs))) {
      if (!(await this.#isOpenOrActive(conversationId, since))) continue;
      looked.add(conversationId);
      yield await this.#lookNow(conversationId, { since, dryRun });
    }
    for await (const { conversationId, isEnded } of this.#search.find({ since, withEnded: true, isImpatient: true })) {
      if (looked.has(conversationId)) continue;
      const result = await this.#lookNow(conversationId, { since, dryRun, isEnded });
      if (!isEnded || result.error !== null || Object.keys(result.healed).length > 0) yield result;
    }
  }

  async #lookNow(conversationId: string, request: HealRequest): Promise<RunResult> {
    try {
      return { conversationId, error: null, ...(await this.options.heal(conversationId, request)) };
    } catch (error) {
      return { conversationId, healed: {}, isPending: false, error };
    }
  }

  /** Costs no upstream call. */
  async #isWorthwhile({ conversationId, reason, since }: Look): Promise<boolean> {
    if (reason !== 'gap') return true;
    return this.#isOpenOrActive(conversationId, new Date(since.getTime() - this.options.timings.activeMs));
  }

  async #isOpenOrActive(conversationId: string, since: Date): Promise<boolean> {
    return (await this.#conversations.isOpen(conversationId)) || this.#conversations.isActiveSince(conversationId, since);
  }
}

async function* nothingListed(): AsyncGenerator<never> {}
