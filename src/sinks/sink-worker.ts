import { RepeatedTask } from '../domain/repeated-task.js';
import type { EventLog } from '../events/port/event-log.js';
import type { Logger } from '../observability/logger.js';
import type { SinkFigures } from '../observability/metrics.js';
import { ConversationQueues } from './conversation-queues.js';
import { resendDeadLetters } from './dead-letters.js';
import { eventLogUnavailable } from './deliver.js';
import type { Deliver, Outcome } from './deliver.js';
import { FeedReader } from './feed-reader.js';
import { isErased, mayBeErased } from './is-erased.js';
import { Leases, SHARDS } from './leases.js';
import type { LeaseTimes } from './leases.js';
import type { News } from './news.js';
import { ReceiverRecord } from './receiver-record.js';
import { ReceiverHealth } from './receiver-health.js';
import { beginAttempt, disregardAttempt, isAbandonable, nextDelayMs } from './retry-delays.js';
import type { RetryLimits } from './retry-delays.js';
import type { SinkSettings } from './settings.js';
import type { Entry } from './shard.js';
import type { SharedPages } from './shared-pages.js';
import type { SinkMetrics } from './sink-metrics.js';
import type { AttemptThrottle } from './attempt-throttle.js';

/** How many events of one sink a gateway sends at a time. */
export const MAX_IN_FLIGHT = 64;
/** While a sink fails, a line is logged this often at most. */
const WARNING_EVERY_MS = 60_000;

export interface SinkWorkerOptions {
  readonly sink: SinkSettings;
  readonly owner: string;
  readonly log: EventLog;
  /** The log's head when this gateway started. */
  readonly start: string;
  readonly pages: SharedPages;
  readonly news: News;
  readonly deliver: Deliver;
  readonly throttle: AttemptThrottle;
  readonly limits: RetryLimits;
  readonly times: LeaseTimes;
  readonly clock: () => number;
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: SinkMetrics;
}

/** Delivers one sink's events, as far as they are this gateway's. */
export class SinkWorker {
  readonly #leases: Leases;
  readonly #queues: ConversationQueues;
  readonly #reader: FeedReader;
  readonly #health: ReceiverHealth;
  readonly #record: ReceiverRecord;
  readonly #tasks: readonly RepeatedTask[];
  #isDisabled = false;
  #isClosed = false;
  #deadLetters = 0;
  #resending: Promise<void> | null = null;
  /** When a failure was last logged, in epoch milliseconds. */
  #warnedAt = -Infinity;

  constructor(private readonly options: SinkWorkerOptions) {
    const { sink, owner, log, times, start, pages, news, throttle, limits, clock, random, logger } = options;
    const types = sink.types === null ? null : new Set<string>(sink.types);
    this.#leases = new Leases({ sink: sink.name, owner, store: log.sinks, times, start });
    this.#health = new ReceiverHealth({ limits, clock, random, onReady: (recovered) => this.#onReady(recovered) });
    this.#record = new ReceiverRecord(sink.name, log.sinks, clock);
    this.#queues = new ConversationQueues({ attempt: (entry) => this.#attempt(entry), limit: () => this.#limit(), throttle });
    this.#reader = new FeedReader({
      pages,
      news,
      shardCount: SHARDS,
      shards: () => this.#leases.shards,
      isWanted: ({ type }) => types?.has(type) ?? true,
      push: (entry) => this.#queues.push(entry),
      origin: () => log.origin('all'),
      onExpired: () => logger.error({ sink: sink.name }, 'sink cursor expired: continuing with the oldest stored event'),
    });
    this.#tasks = [
      repeated(times.renewMs, () => this.#renew(times.renewMs)),
      repeated(times.recordMs, () => this.#leases.record()),
      repeated(times.renewMs, () => this.#record.save()),
    ];
    for (const task of this.#tasks) task.start();
  }

  gauges(): SinkFigures {
    const shards = [...this.#leases.shards];
    const oldest = Math.min(...shards.map(({ oldest: entry }) => entry?.stored.event.receivedAt.getTime() ?? Infinity));
    const lagSeconds = oldest === Infinity ? 0 : Math.max(0, this.options.clock() - oldest) / 1_000;
    return {
      sink: this.options.sink.name,
      lagSeconds,
      pending: shards.reduce((sum, { pending }) => sum + pending, 0),
      shards: shards.length,
      deadLetters: this.#deadLetters,
      disabled: this.#isDisabled,
      problem: this.#isDisabled ? 'is disabled: its receiver answered 410' : this.#record.describeProblem(this.#health, lagSeconds),
    };
  }

  /** Starts no further attempts; waits for those in flight, records the progress and ends the leases. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const task of this.#tasks) task.close();
    this.#health.close();
    await Promise.all([this.#reader.close(), this.#queues.close(), this.#resending]);
    await this.#record.save().catch(() => undefined);
    await this.#leases.close();
  }

  /** Returns when to renew again, in milliseconds: immediately after another gateway's leases run out. */
  async #renew(renewMs: number): Promise<number> {
    const { sink, logger } = this.options;
    const { disabled, deadLetters, requested, nextFreeMs } = await this.#leases.renew();
    if ((disabled !== null) !== this.#isDisabled) {
      this.#isDisabled = disabled !== null;
      if (disabled === null) logger.info({ sink: sink.name }, 'sink enabled');
      else logger.error({ sink: sink.name, reason: disabled.reason }, 'sink disabled');
    }
    this.#deadLetters = deadLetters;
    this.#reader.wake();
    this.#queues.run();
    if (requested > 0 && this.#leases.count > 0 && this.#limit() > 0) this.#resend();
    return Math.min(renewMs, (nextFreeMs ?? renewMs) + 1);
  }

  #limit(): number {
    return this.#isDisabled || !this.#leases.areValid ? 0 : this.#health.limit(MAX_IN_FLIGHT);
  }

  #onReady(recovered: boolean): void {
    if (!recovered) {
      this.#queues.run();
      return;
    }
    this.options.logger.info({ sink: this.options.sink.name }, 'sink accepts events again');
    this.#warnedAt = -Infinity;
    this.#queues.retryNow();
  }

  async #attempt(entry: Entry): Promise<number | null> {
    const waited = mayBeErased(entry);
    beginAttempt(entry, this.options.clock(), this.#health.acceptedAt);
    const outcome = await (waited ? this.#deliverUnlessErased(entry) : this.options.deliver(entry.stored, entry.attempts));
    this.#observe(outcome);
    if (outcome.kind === 'delivered' || outcome.kind === 'skipped') return this.#settle(entry);
    if (outcome.kind === 'gone') return this.#disable();
    return this.#fail(entry, outcome);
  }

  async #deliverUnlessErased(entry: Entry): Promise<Outcome> {
    const { log, deliver } = this.options;
    try {
      if (await isErased(log, entry)) return { kind: 'skipped' };
    } catch {
      return eventLogUnavailable;
    }
    return deliver(entry.stored, entry.attempts);
  }

  #observe(outcome: Outcome): void {
    const { sink, metrics } = this.options;
    metrics.count(sink.name, outcome.kind === 'gone' ? 'failed' : outcome.kind);
    if (outcome.kind === 'delivered') {
      this.#health.accepted();
      this.#record.accept();
    }
    if (outcome.kind === 'failed' || outcome.kind === 'gone') {
      this.#record.fail(outcome.failure);
      metrics.countFailure(sink.name, outcome.failure.kind);
    }
    if (outcome.kind === 'failed' && outcome.by === 'receiver') this.#health.failed(outcome.retryAfterMs);
  }

  #settle(entry: Entry): null {
    if (entry.shard.settle(entry)) this.#reader.wake();
    return null;
  }

  async #fail(entry: Entry, outcome: Outcome & { readonly kind: 'failed' }): Promise<number | null> {
    const { sink, clock, limits, random, logger } = this.options;
    const { attempts, rejections, firstAt } = entry;
    if (outcome.isOutage === true) disregardAttempt(entry);
    if (clock() - this.#warnedAt >= WARNING_EVERY_MS) {
      logger.warn({ sink: sink.name, reason: outcome.failure.reason, by: outcome.by }, 'sink delivery failed, will retry');
      this.#warnedAt = clock();
    }
    if (isAbandonable({ rejections, firstAt }, clock(), limits)) return this.#abandon(entry, outcome.failure.reason);
    return nextDelayMs(attempts, outcome.retryAfterMs, limits, random);
  }

  async #abandon(entry: Entry, reason: string): Promise<number | null> {
    const { sink, log, clock, logger, metrics, limits } = this.options;
    const { event } = entry.stored;
    const { id: eventId, conversationId, type } = event;
    try {
      await log.sinks.addDeadLetter(sink.name, {
        ...{ eventId, conversationId, type, reason },
        failedAt: new Date(clock()),
        attempts: entry.attempts,
      });
    } catch {
      return limits.firstDelayMs;
    }
    metrics.count(sink.name, 'dead');
    this.#deadLetters += 1;
    logger.error({ sink: sink.name, eventId, reason, attempts: entry.attempts }, 'sink delivery abandoned: event is a dead letter');
    return this.#settle(entry);
  }

  async #disable(): Promise<number> {
    const { sink, log, clock, limits, logger } = this.options;
    if (!this.#isDisabled) logger.error({ sink: sink.name, reason: '410' }, 'sink disabled');
    this.#isDisabled = true;
    await log.sinks.disable(sink.name, { at: new Date(clock()), reason: 'the receiver answered 410 Gone' }).catch(() => undefined);
    return limits.firstDelayMs;
  }

  #resend(): void {
    const { sink, log, deliver, clock, logger } = this.options;
    this.#resending ??= resendDeadLetters({
      ...{ sink: sink.name, log, deliver, clock },
      isStopped: () => this.#isClosed || this.#limit() === 0,
      onOutcome: (outcome, eventId) => {
        this.#observe(outcome);
        logger.info({ sink: sink.name, eventId, outcome: outcome.kind }, 'dead letter sent again');
      },
    })
      .catch(() => undefined)
      .finally(() => (this.#resending = null));
  }
}

/** An unavailable log is reported elsewhere; nothing is sent once the leases have run out. */
const repeated = (ms: number, work: () => Promise<unknown>): RepeatedTask =>
  new RepeatedTask(() =>
    work().then(
      (nextMs) => (typeof nextMs === 'number' ? nextMs : ms),
      () => ms,
    ),
  );
