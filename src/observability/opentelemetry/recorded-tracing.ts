import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, SpanKind as Kind, SpanStatusCode, defaultTextMapGetter, defaultTextMapSetter, trace } from '@opentelemetry/api';
import type { Context, Link, Span as SdkSpan, SpanContext, TextMapPropagator, Tracer } from '@opentelemetry/api';
import type { Span, SpanAttributes, SpanKind, TraceCarrier, Tracing } from '../tracing.js';
import { DECIDING_TRACE_ID, deriveAppend } from './event-trace.js';
import type { EventIdGenerator } from './event-trace.js';

const KINDS: Readonly<Record<SpanKind, Kind>> = { internal: Kind.INTERNAL, client: Kind.CLIENT, producer: Kind.PRODUCER };

export interface RecordedTracingOptions {
  readonly tracer: Tracer;
  /** Those of the tracer. */
  readonly ids: EventIdGenerator;
  /** Null if no trace of a client is continued, and ours are not sent on. */
  readonly propagator: TextMapPropagator | null;
}

/** Traces by OpenTelemetry's SDK. Nothing global is registered: what else in this process uses the API stays off. */
export class RecordedTracing implements Tracing {
  readonly enabled = true;
  readonly #active = new AsyncLocalStorage<RecordedSpan | null>();

  constructor(private readonly options: RecordedTracingOptions) {}

  get active(): RecordedSpan | null {
    return this.#active.getStore() ?? null;
  }

  start(kind: SpanKind, name: string, attributes: SpanAttributes, at?: number): Span {
    return this.#span(this.active?.context ?? ROOT_CONTEXT, name, {
      kind: KINDS[kind],
      attributes,
      ...(at === undefined ? {} : { startTime: at }),
    });
  }

  startRequest(name: string, carrier: TraceCarrier, attributes: SpanAttributes): Span {
    return this.#span(this.#extract(carrier), name, { kind: Kind.SERVER, attributes });
  }

  startWebhook(name: string, eventId: string, carrier: TraceCarrier, attributes: SpanAttributes): Span {
    const proxy = trace.getSpanContext(this.#extract(carrier));
    const links = proxy === undefined ? [] : [{ context: proxy }];
    const { traceId } = deriveAppend(eventId);
    return this.options.ids.with({ traceId }, () => this.#span(ROOT_CONTEXT, name, { kind: Kind.SERVER, attributes, links }));
  }

  startAppend(name: string, eventId: string, attributes: SpanAttributes, at: number): Span {
    const { traceId, spanId } = deriveAppend(eventId);
    // Otherwise it is no webhook's: somebody else's trace has room for any id but this.
    if (this.active?.span.spanContext().traceId !== traceId) return this.start('producer', name, attributes, at);
    return this.options.ids.with({ spanId }, () => this.start('producer', name, attributes, at));
  }

  startDelivery(name: string, eventId: string | null, attributes: SpanAttributes): Span {
    if (eventId === null) return this.#span(ROOT_CONTEXT, name, { kind: Kind.CONSUMER, attributes });
    const append: SpanContext = deriveAppend(eventId);
    const context = ROOT_CONTEXT.setValue(DECIDING_TRACE_ID, append.traceId);
    return this.#span(context, name, { kind: Kind.CONSUMER, attributes, links: [{ context: append }] });
  }

  within<T>(span: Span | null, work: () => T): T {
    return this.#active.run(span instanceof RecordedSpan ? span : null, work);
  }

  #extract(carrier: TraceCarrier): Context {
    return this.options.propagator?.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter) ?? ROOT_CONTEXT;
  }

  #span(
    context: Context,
    name: string,
    options: { kind: Kind; attributes: SpanAttributes; startTime?: number; links?: Link[] },
  ): RecordedSpan {
    return new RecordedSpan(this.options.tracer.startSpan(name, options, context), this.options.propagator);
  }
}

class RecordedSpan implements Span {
  #ended = false;

  constructor(
    readonly span: SdkSpan,
    private readonly propagator: TextMapPropagator | null,
  ) {}

  /** For what is begun under it. */
  get context(): Context {
    return trace.setSpan(ROOT_CONTEXT, this.span);
  }

  get headers(): Readonly<Record<string, string>> {
    const headers: Record<string, string> = {};
    this.propagator?.inject(this.context, headers, defaultTextMapSetter);
    return headers;
  }

  /** For the log lines that are written while it is active. */
  get logFields(): object {
    const { traceId, spanId } = this.span.spanContext();
    return { trace_id: traceId, span_id: spanId };
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
  }

  fail(type: string): void {
    this.span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', type);
  }

  end(at?: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.span.end(at);
  }
}
