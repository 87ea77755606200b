import { randomUUID } from 'node:crypto';
import type { EventLog } from '../events/port/event-log.js';
import type { CustomerPresence } from '../events/port/customer-presence.js';
import type { StoredEvent } from '../events/port/stored-event.js';
import type { Logger } from '../observability/logger.js';
import type { SinkFigures } from '../observability/metrics.js';
import type { EventData } from './cloud-event.js';
import { createDeliver } from './deliver.js';
import { LEASE_TIMES } from './leases.js';
import type { LeaseTimes } from './leases.js';
import { News } from './news.js';
import { RETRY_LIMITS } from './retry-delays.js';
import type { RetryLimits } from './retry-delays.js';
import type { SinkSettings } from './settings.js';
import { SharedPages } from './shared-pages.js';
import { SinkClient } from './sink-client.js';
import type { SinkMetrics } from './sink-metrics.js';
import { MAX_IN_FLIGHT, SinkWorker } from './sink-worker.js';
import { AttemptThrottle } from './attempt-throttle.js';
import { watchChannels } from './watch-channels.js';
import type { WatchChannelsOptions, WatchedChannels } from './watch-channels.js';

/** How long an attempt may take, in milliseconds. */
const ATTEMPT_TIMEOUT_MS = 15_000;
/** How often dead letters whose events are no longer stored are removed. */
const EXPIRY_MS = 3_600_000;
/** How often channels that were not found are looked for again. */
const LOOK_FOR_CHANNELS_MS = 60_000;

/** What tests shorten. */
export interface SinkTimes {
  readonly limits: RetryLimits;
  readonly leases: LeaseTimes;
  readonly attemptTimeoutMs: number;
  readonly lookForChannelsMs: number;
}

export const SINK_TIMES: SinkTimes = {
  limits: RETRY_LIMITS,
  leases: LEASE_TIMES,
  attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
  lookForChannelsMs: LOOK_FOR_CHANNELS_MS,
};

/** A sink, and what its events are made into. */
export interface PreparedSink {
  readonly sink: SinkSettings;
  /** As in `DeliverOptions`. */
  readonly toData: (stored: StoredEvent) => Promise<EventData | null>;
  /** The channels (vendor ids) that it is limited to; empty for all. */
  readonly channelIds: readonly string[];
  readonly isInChannels: ((stored: StoredEvent) => Promise<boolean>) | null;
}

export interface SinksOptions {
  readonly sinks: readonly PreparedSink[];
  readonly log: EventLog;
  readonly presence: Pick<CustomerPresence, 'isPresent'>;
  readonly channelExists: WatchChannelsOptions['channelExists'];
  readonly source: () => string;
  readonly userAgent: string;
  readonly retentionMs: number;
  readonly clock: () => number;
  readonly logger: Logger;
  readonly metrics: SinkMetrics;
  readonly times?: Partial<SinkTimes>;
}

/** The sinks of a gateway while they are delivered. */
export interface RunningSinks {
  gauges(): readonly SinkFigures[];
  /** As `WatchedChannels`. */
  readonly channels: Pick<WatchedChannels, 'unknownOf'>;
  /** Waits so long for attempts in flight. Close it before the log. */
  close(waitMs: number): Promise<void>;
}

/** Starts to deliver events to all sinks. Rejects with `LogUnavailableError` if the log cannot be read. */
export async function startSinks(options: SinksOptions): Promise<RunningSinks> {
  const { log, clock, retentionMs, times } = options;
  const start = await (await log.head()).cursor('all');
  const news = new News(log);
  const shared = {
    ...SINK_TIMES,
    ...times,
    owner: randomUUID(),
    start,
    news,
    pages: new SharedPages(log),
    throttle: new AttemptThrottle(),
  };
  const running = options.sinks.map((prepared) => startSink(prepared, options, shared));
  const channels = watchChannels({
    sinks: options.sinks.map(({ sink, channelIds }) => ({ sink: sink.name, channelIds })),
    channelExists: options.channelExists,
    store: log.sinks,
    logger: options.logger,
    repeatMs: shared.lookForChannelsMs,
  });
  const expire = () => {
    for (const { sink } of options.sinks) log.sinks.expireDeadLetters(sink.name, new Date(clock() - retentionMs)).catch(() => undefined);
  };
  const expiry = setInterval(expire, EXPIRY_MS).unref();
  return {
    gauges: () => running.map(({ worker }) => worker.gauges()),
    channels,
    async close(waitMs) {
      channels.close();
      clearInterval(expiry);
      news.close();
      await Promise.all(running.map(({ worker, client }) => closeSink(worker, client, waitMs)));
    },
  };
}

interface Shared extends SinkTimes {
  readonly owner: string;
  readonly start: string;
  readonly news: News;
  readonly pages: SharedPages;
  readonly throttle: AttemptThrottle;
}

function startSink({ sink, toData, isInChannels }: PreparedSink, options: SinksOptions, shared: Shared) {
  const { log, presence, source, userAgent, clock, logger, metrics } = options;
  const { url, allowPrivate } = sink;
  const client = new SinkClient({ url, allowPrivate, connections: MAX_IN_FLIGHT, timeoutMs: shared.attemptTimeoutMs });
  const deliver = createDeliver({ sink, client, toData, isInChannels, presence, source, userAgent, clock });
  const { owner, start, news, pages, throttle, limits, leases } = shared;
  const worker = new SinkWorker({
    ...{ sink, owner, log, start, pages, news, throttle, deliver, limits },
    ...{ times: leases, clock, random: Math.random, logger, metrics },
  });
  return { worker, client };
}

/** Attempts that take longer are ended: whoever takes the shards over sends their events again. */
async function closeSink(worker: SinkWorker, client: SinkClient, waitMs: number): Promise<void> {
  const timer = setTimeout(() => void client.close(), waitMs);
  await worker.close().catch(() => undefined);
  clearTimeout(timer);
  await client.close();
}
