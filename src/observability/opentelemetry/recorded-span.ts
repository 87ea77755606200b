import { SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, HrTime, Link, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Span, SpanAttributes, TraceFields } from '../tracing.js';
import { toAttributes } from './to-attributes.js';
import { traceHeaders } from './trace-headers.js';

/** What all spans of a process have in common. */
export interface SpanOrigin {
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  /** Whether traces are sent on. */
  readonly propagates: boolean;
  /** Takes each span when it has ended. */
  readonly onEnd: (span: ReadableSpan) => void;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: SpanContext;
  readonly parent: SpanContext | undefined;
  readonly attributes: SpanAttributes;
  readonly links: Link[];
  /** By `performance.now()`, in milliseconds. */
  readonly at: number;
  /** What to add to that for epoch milliseconds. */
  readonly epochOffset: number;
}

const NO_EVENTS: [] = [];
const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };
const ERROR: SpanStatus = { code: SpanStatusCode.ERROR };

/**
 * A span that is exported. It keeps what it is given as it is, and works out what an exporter reads when that reads it: the SDK's own spans, which check and copy each attribute,
 * take five times as long.
 */
export class RecordedSpan implements Span, ReadableSpan {
  name: string;
  status = UNSET;
  readonly kind: SpanKind;
  readonly context: SpanContext;
  readonly parentSpanContext?: SpanContext;
  readonly links: Link[];
  readonly epochOffset: number;
  readonly events = NO_EVENTS;
  readonly droppedAttributesCount = 0;
  readonly droppedEventsCount = 0;
  readonly droppedLinksCount = 0;
  readonly #startedAt: number;
  #endedAt = NaN;
  readonly #first: SpanAttributes;
  /** Null if nothing was added. */
  #further: SpanAttributes | null = null;
  #exported: Attributes | null = null;

  constructor(
    private readonly origin: SpanOrigin,
    { name, kind, context, parent, attributes, links, at, epochOffset }: SpanStart,
  ) {
    this.name = name;
    this.kind = kind;
    this.context = context;
    if (parent !== undefined) this.parentSpanContext = parent;
    this.links = links;
    this.epochOffset = epochOffset;
    this.#startedAt = at;
    this.#first = attributes;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.origin.propagates ? traceHeaders(this.context) : {};
  }

  get logFields(): TraceFields {
    const { traceId, spanId } = this.context;
    return { trace_id: traceId, span_id: spanId };
  }

  rename(name: string): void {
    this.name = name;
  }

  set(attributes: SpanAttributes): void {
    this.#further = this.#further === null ? attributes : { ...this.#further, ...attributes };
  }

  fail(type: string): void {
    this.status = ERROR;
    this.set({ 'error.type': type });
  }

  end(at = performance.now()): void {
    if (this.ended) return;
    this.#endedAt = at;
    this.origin.onEnd(this);
  }

  get ended(): boolean {
    return !Number.isNaN(this.#endedAt);
  }

  get attributes(): Attributes {
    this.#exported ??= toAttributes(this.#first, this.#further);
    return this.#exported;
  }

  spanContext(): SpanContext {
    return this.context;
  }

  get startTime(): HrTime {
    return toHrTime(this.epochOffset + this.#startedAt);
  }

  get endTime(): HrTime {
    return toHrTime(this.epochOffset + this.#endedAt);
  }

  get duration(): HrTime {
    return toHrTime(this.#endedAt - this.#startedAt);
  }

  get resource(): Resource {
    return this.origin.resource;
  }

  get instrumentationScope(): InstrumentationScope {
    return this.origin.scope;
  }
}

/** A span that is not exported stands for all of its trace here: what is logged and sent on names the trace all the same. */
export class UnrecordedSpan implements Span {
  #headers: Readonly<Record<string, string>> | null = null;

  constructor(
    private readonly origin: Pick<SpanOrigin, 'propagates'>,
    private readonly context: SpanContext,
  ) {}

  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= this.origin.propagates ? traceHeaders(this.context) : {};
    return this.#headers;
  }

  get logFields(): TraceFields {
    const { traceId, spanId } = this.context;
    return { trace_id: traceId, span_id: spanId };
  }

  rename(): void {}
  set(): void {}
  fail(): void {}
  end(): void {}
}

/** Seconds and nanoseconds. */
function toHrTime(milliseconds: number): HrTime {
  const seconds = Math.trunc(milliseconds / 1_000);
  return [seconds, Math.max(0, Math.round((milliseconds - seconds * 1_000) * 1e6))];
}
