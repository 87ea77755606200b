import type { UpstreamClientOptions } from '../datasources/upstream/upstream-client.js';
import type { ResiliencePolicyOptions } from '../datasources/upstream/resilience-policy.js';
import type { Clock } from '../domain/clock.js';
import type { HealTimings } from '../events/jobs/heal/timings.js';
import type { ScheduleAt } from '../domain/schedule-at.js';
import type { Logger } from '../observability/logger.js';
import type { Telemetry } from '../observability/telemetry.js';
import type { SinkTimes } from '../sinks/start-sinks.js';
import type { Stores } from './open-stores.js';

/** What tests replace, and what is there before the gateway. */
export interface Overrides {
  readonly clock?: Clock;
  /** Calls back when tokens expire. */
  readonly scheduleAt?: ScheduleAt;
  readonly logger?: Logger;
  /** Closed with the gateway. */
  readonly telemetry?: Telemetry;
  readonly settleDelaysMs?: readonly number[];
  readonly healTimings?: Partial<HealTimings>;
  readonly upstreamTimeoutMs?: number;
  /** Of the circuit breaker, the retries and the concurrency limiter. */
  readonly upstreamGuard?: Partial<ResiliencePolicyOptions>;
  /** Sends the requests to the upstream. */
  readonly upstreamAdapter?: UpstreamClientOptions['adapter'];
  /** How long an upload or a download may make no progress. */
  readonly idleTimeoutMs?: number;
  /** Instead of those that the settings name. */
  readonly stores?: Stores;
  /** After how many executions a document is compiled: 0 for immediately, Infinity for never. */
  readonly compiledAfter?: number;
  /** How many events may wait for one subscriber. */
  readonly queueLimit?: number;
  /** After how long without output a subscription sends a heartbeat. */
  readonly heartbeatMs?: number;
  /** How long a participant counts as typing without a further event. */
  readonly typingTtlMs?: number;
  /** How long a socket may stay open without `connection_init`. */
  readonly initTimeoutMs?: number;
  /** Of the deliveries to sinks. */
  readonly sinkTimes?: Partial<SinkTimes>;
  /** How long a filter waits for the look-up of its channel. */
  readonly channelLookupMs?: number;
  /** How long the body of a request may take to arrive. */
  readonly bodyTimeoutMs?: number;
}
