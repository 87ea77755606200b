import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import { Histogram } from './histogram.js';
import type { PrometheusMetric } from './prometheus-metric.js';

/** Seconds: from a look-up in memory to a client's timeout. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds between an event's occurrence and its receipt: retries come late. */
const LAG_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 3_600];

/** What is read at each scrape. */
export interface GaugeSources {
  /** Open WebSockets. */
  sockets(): number;
  /** Running subscriptions, and the events that wait for them. */
  subscriptions(): { readonly subscriptions: number; readonly queued: number };
  /** Calls to the upstream. */
  upstream(): { readonly circuitOpen: boolean; readonly inFlight: number; readonly queued: number };
}

/** The figures of one sink at this gateway. */
export interface SinkFigures {
  readonly sink: string;
  /** Age of the oldest event that is not delivered, of the shards of this gateway, in seconds. */
  readonly lagSeconds: number;
  /** Events in memory that wait. */
  readonly pending: number;
  readonly shards: number;
  /** Of the sink as a whole, at the last renewal. */
  readonly deadLetters: number;
  readonly disabled: boolean;
  /** What is wrong with it, as the end of a sentence that begins with its name; null if nothing is known to be. */
  readonly problem: string | null;
}

/** Counts what becomes of deliveries to sinks. */
export interface SinkCounters {
  count(sink: string, outcome: string): void;
  countFailure(sink: string, kind: string): void;
}

/** What a gateway is: constant while it runs. */
export interface GatewayInfo {
  readonly version: string;
  readonly upstream: string;
  /** The engine of its event log. */
  readonly eventLog: 'sqlite' | 'redis';
}

/** Everything that `/metrics` reports; `docs/metrics.md` explains each. Labels never hold ids, so their number is bounded. */
export class Metrics {
  readonly #registry = new Registry();

  readonly httpRequests = this.#timings('gateway_http_request_seconds', 'HTTP requests answered', ['route', 'status'], BUCKETS);
  readonly upstreamCalls = this.#timings('gateway_upstream_call_seconds', 'Calls to the contact centre', ['operation', 'outcome'], BUCKETS);
  readonly upstreamRetries = this.#counter('gateway_upstream_retries_total', 'Retried reads from the contact centre', []);
  readonly logAppends = this.#timings('gateway_log_append_seconds', 'Time to durably append an event', ['outcome'], BUCKETS);
  readonly eventLag = this.#timings('gateway_event_lag_seconds', 'Time from the occurrence of an event to its receipt', [], LAG_BUCKETS);
  readonly webhooks = this.#counter('gateway_webhooks_total', 'Webhook requests', ['outcome']);
  readonly lateEvents = this.#counter('gateway_late_events_total', 'Message events older than the retry horizon', ['outcome']);
  readonly healedEvents = this.#counter('gateway_healed_events_total', 'Events appended since no webhook reported them', ['type']);
  readonly webhookRejections = this.#counter('gateway_webhook_rejections_total', 'Rejected webhook requests', ['reason']);
  readonly webhookAcceptedAt = new Gauge({
    name: 'gateway_webhook_last_accepted_timestamp_seconds',
    help: 'When the last webhook was accepted; absent before the first',
    registers: [this.#registry],
  });
  readonly webhookClockDifference = new Gauge({
    name: 'gateway_webhook_clock_difference_seconds',
    help: 'From the transmission of the last verified webhook, by the clock of the contact centre, to its receipt, by ours',
    registers: [this.#registry],
  });
  readonly healedAfter = this.#timings(
    'gateway_healed_after_seconds',
    'Time from an occurrence to the append of its event from the history',
    [],
    LAG_BUCKETS,
  );
  readonly healingLooks = this.#counter('gateway_healing_looks_total', 'Conversations compared with the history', ['reason']);
  readonly healingCalls = this.#counter('gateway_healing_calls_total', 'Calls to the contact centre to find what no webhook reported', []);
  readonly graphqlErrors = this.#counter('gateway_graphql_errors_total', 'Errors returned to clients', ['code']);
  readonly slowConsumers = this.#counter('gateway_slow_consumers_total', 'Sockets closed because their client was too slow', []);

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    // It would be 0, which reads as an outage since 1970.
    this.webhookAcceptedAt.remove();
    // A counter that appears with 1 has not increased, as far as Prometheus knows.
    this.graphqlErrors.inc({ code: 'INTERNAL_SERVER_ERROR' }, 0);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Reads the sources at each scrape. */
  registerGauges(sources: GaugeSources): void {
    this.#gauge('gateway_sockets', 'Open WebSockets', () => sources.sockets());
    this.#gauge('gateway_subscriptions', 'Running subscriptions', () => sources.subscriptions().subscriptions);
    this.#gauge('gateway_upstream_circuit_open', '1 while the upstream circuit breaker is open', () =>
      Number(sources.upstream().circuitOpen),
    );
    this.#gauge('gateway_upstream_in_flight', 'Calls to the contact centre in flight', () => sources.upstream().inFlight);
    this.#gauge('gateway_upstream_queued', 'Calls to the contact centre that wait for a slot', () => sources.upstream().queued);
    this.#gauge('gateway_queued_events', 'Events queued for subscribers', () => sources.subscriptions().queued);
  }

  /** Reads how long no webhook has arrived, and how many conversations are still to be compared with the history. */
  registerHealing(sources: { silenceSeconds(): number; openInSilence(): number; queued(): number }): void {
    this.#gauge(
      'gateway_webhook_silence_seconds',
      'Time since the last webhook that any gateway of the log accepted, or since the start if there was none',
      () => sources.silenceSeconds(),
    );
    this.#gauge('gateway_webhook_silence_open_conversations', 'Conversations open while no webhook arrives; 0 while webhooks arrive', () =>
      sources.openInSilence(),
    );
    this.#gauge('gateway_healing_queued', 'Conversations still to be compared with the history', () => sources.queued());
  }

  /** Checks the event log at each scrape. Parallel calls of `check` should share one look. */
  registerLogHealth(check: () => Promise<{ readonly ok: boolean; readonly warnings: readonly string[] }>): void {
    this.#gauge('gateway_event_log_ready', 'The event log accepts writes', async () => Number((await check()).ok));
    this.#gauge(
      'gateway_event_log_warnings',
      'Errors and durability warnings of the event log, as in /readyz',
      async () => (await check()).warnings.length,
    );
  }

  registerInfo({ version, upstream, eventLog }: GatewayInfo): void {
    const info = new Gauge({
      name: 'gateway_info',
      help: 'What this gateway is; always 1',
      labelNames: ['version', 'upstream', 'event_log'],
      registers: [this.#registry],
    });
    info.set({ version, upstream, event_log: eventLog }, 1);
  }

  /** Counts spans that do not reach the collector; only where traces are exported. */
  registerLostSpans(): Counter<'reason'> {
    return this.#counter('gateway_lost_spans_total', 'Spans that were not exported', ['reason']);
  }

  /** Figures of sinks, read at each scrape; only where there are any. Returns what counts. */
  registerSinks(read: () => readonly SinkFigures[], outcomes: readonly string[], failureKinds: readonly string[]): SinkCounters {
    const deliveries = this.#counter('gateway_sink_deliveries_total', 'Attempts to deliver events to sinks', ['sink', 'outcome']);
    for (const { sink } of read()) for (const outcome of outcomes) deliveries.inc({ sink, outcome }, 0);
    const failures = this.#counter('gateway_sink_failures_total', 'Failed attempts to deliver events to sinks', ['sink', 'reason']);
    for (const { sink } of read()) for (const reason of failureKinds) failures.inc({ sink, reason }, 0);
    const gauge = (name: string, help: string, value: (figures: SinkFigures) => number) =>
      new Gauge({
        ...{ name, help, labelNames: ['sink'], registers: [this.#registry] },
        collect() {
          for (const figures of read()) this.set({ sink: figures.sink }, value(figures));
        },
      });
    gauge('gateway_sink_lag_seconds', 'Age of the oldest event that is not delivered', ({ lagSeconds }) => lagSeconds);
    gauge('gateway_sink_pending_events', 'Events in memory that are to be delivered', ({ pending }) => pending);
    gauge('gateway_sink_shards', 'Shards that this gateway delivers', ({ shards }) => shards);
    gauge('gateway_sink_dead_letters', 'Events whose delivery was abandoned', ({ deadLetters }) => deadLetters);
    gauge('gateway_sink_disabled', '1 if the receiver has answered 410', ({ disabled }) => Number(disabled));
    return {
      count: (sink, outcome) => deliveries.inc({ sink, outcome }),
      countFailure: (sink, reason) => failures.inc({ sink, reason }),
    };
  }

  /** All metrics with their values. */
  values(): Promise<readonly PrometheusMetric[]> {
    return this.#registry.getMetricsAsJSON();
  }

  /** The Prometheus text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #timings<T extends string>(name: string, help: string, labelNames: readonly T[], buckets: readonly number[]): Histogram<T> {
    return new Histogram({ name, help, labelNames, buckets }, this.#registry);
  }

  #counter<T extends string>(name: string, help: string, labelNames: T[]): Counter<T> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      async collect() {
        this.set(await read());
      },
    });
  }
}
