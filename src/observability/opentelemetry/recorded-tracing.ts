import { ROOT_CONTEXT, SpanKind as Kind, TraceFlags, defaultTextMapGetter, trace } from '@opentelemetry/api';
import type { Link, SpanContext } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { RandomIdGenerator, SamplingDecision } from '@opentelemetry/sdk-trace';
import type { Sampler } from '@opentelemetry/sdk-trace';
import type { Span, SpanAttributes, SpanKind, TraceCarrier, Tracing } from '../tracing.js';
import { deriveAppend } from './event-trace.js';
import { RecordedSpan, UnrecordedSpan } from './recorded-span.js';
import type { SpanOrigin } from './recorded-span.js';

const KINDS: Readonly<Record<SpanKind, Kind>> = { internal: Kind.INTERNAL, client: Kind.CLIENT, producer: Kind.PRODUCER };
const NO_LINKS: Link[] = [];
/** By how much the two clocks may drift apart before the wall clock counts as set, in milliseconds. */
const CLOCK_DRIFT_MS = 20;

/** How the first span of a trace in this process begins. */
interface Root {
  readonly name: string;
  readonly kind: Kind;
  readonly attributes: SpanAttributes;
  readonly parent?: SpanContext | undefined;
  readonly links?: Link[];
  readonly traceId?: string;
  /** Decides whether it is recorded; its own by default. */
  readonly decidingTraceId?: string;
  readonly at?: number;
}

/**
 * Traces with OpenTelemetry's samplers, ids and exporters. Whether a trace is recorded is decided once, where it begins in this process, which is what each of the standard
 * samplers would decide at each of its spans too; of a trace that is not recorded there is one span only. Nothing global is registered: what else in this process uses the API
 * stays off.
 */
export class RecordedTracing implements Tracing {
  readonly enabled = true;
  readonly #ids = new RandomIdGenerator();
  readonly #propagator = new W3CTraceContextPropagator();
  #epochOffset = Date.now() - performance.now();

  constructor(
    private readonly origin: SpanOrigin,
    private readonly sampler: Sampler,
  ) {}

  start(parent: Span | null, kind: SpanKind, name: string, attributes: SpanAttributes, at?: number): Span {
    if (parent instanceof RecordedSpan) return this.#step(parent, KINDS[kind], name, attributes, this.#ids.generateSpanId(), at);
    return parent ?? this.#root({ name, kind: KINDS[kind], attributes, ...(at === undefined ? {} : { at }) });
  }

  startRequest(name: string, carrier: TraceCarrier, attributes: SpanAttributes): Span {
    return this.#root({ name, kind: Kind.SERVER, attributes, parent: this.#extract(carrier) });
  }

  startWebhook(name: string, eventId: string, carrier: TraceCarrier, attributes: SpanAttributes): Span {
    const proxy = this.#extract(carrier);
    const links = proxy === undefined ? NO_LINKS : [{ context: proxy }];
    return this.#root({ name, kind: Kind.SERVER, attributes, links, traceId: deriveAppend(eventId).traceId });
  }

  startAppend(parent: Span | null, name: string, eventId: string, attributes: SpanAttributes, at: number): Span {
    if (parent instanceof RecordedSpan) {
      const { traceId, spanId } = deriveAppend(eventId);
      // Otherwise it is no webhook's: somebody else's trace has room for any id but this.
      if (parent.context.traceId === traceId) return this.#step(parent, Kind.PRODUCER, name, attributes, spanId, at);
    }
    return this.start(parent, 'producer', name, attributes, at);
  }

  startDelivery(name: string, eventId: string | null, attributes: SpanAttributes): Span {
    if (eventId === null) return this.#root({ name, kind: Kind.CONSUMER, attributes });
    const append = deriveAppend(eventId);
    return this.#root({ name, kind: Kind.CONSUMER, attributes, links: [{ context: append }], decidingTraceId: append.traceId });
  }

  #step(parent: RecordedSpan, kind: Kind, name: string, attributes: SpanAttributes, spanId: string, at = performance.now()): RecordedSpan {
    const { traceId, traceFlags, traceState } = parent.context;
    const context: SpanContext = traceState === undefined ? { traceId, spanId, traceFlags } : { traceId, spanId, traceFlags, traceState };
    const { epochOffset, context: above } = parent;
    return new RecordedSpan(this.origin, { name, kind, context, parent: above, attributes, links: NO_LINKS, at, epochOffset });
  }

  #root({ name, kind, attributes, parent, links = NO_LINKS, at = performance.now(), ...ids }: Root): Span {
    const traceId = parent?.traceId ?? ids.traceId ?? this.#ids.generateTraceId();
    const above = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    const deciding = ids.decidingTraceId ?? traceId;
    const { decision } = this.sampler.shouldSample(above, deciding, name, kind, attributes, links);
    const traceFlags = decision === SamplingDecision.RECORD_AND_SAMPLED ? TraceFlags.SAMPLED : TraceFlags.NONE;
    const state = parent?.traceState === undefined ? {} : { traceState: parent.traceState };
    const context: SpanContext = { traceId, spanId: this.#ids.generateSpanId(), traceFlags, ...state };
    if (traceFlags === TraceFlags.NONE) return new UnrecordedSpan(this.origin, context);
    return new RecordedSpan(this.origin, { name, kind, context, parent, attributes, links, at, epochOffset: this.#offsetNow() });
  }

  /** The same for all spans of a trace, and microseconds fine, as `Date.now()` is not; made anew when the wall clock is set. */
  #offsetNow(): number {
    const offset = Date.now() - performance.now();
    if (Math.abs(offset - this.#epochOffset) > CLOCK_DRIFT_MS) this.#epochOffset = offset;
    return this.#epochOffset;
  }

  #extract(carrier: TraceCarrier): SpanContext | undefined {
    // Few carry one, and without it nothing else counts.
    if (!this.origin.propagates || carrier['traceparent'] === undefined) return undefined;
    return trace.getSpanContext(this.#propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter));
  }
}
