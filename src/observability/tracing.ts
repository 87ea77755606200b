/** Never message texts, keys, tokens, query variables or URLs. Names are those of OpenTelemetry's semantic conventions; a name of ours begins with `chat.`. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export type SpanKind = 'internal' | 'client' | 'producer';

/** Headers, or another record, in which a trace is carried on (W3C Trace Context). */
export type TraceCarrier = Readonly<Record<string, unknown>>;

/** What a log line says of the span that it belongs to. */
export interface TraceFields {
  readonly trace_id?: string;
  readonly span_id?: string;
}

/**
 * One step of a trace. It is handed on to whatever is done as a part of it: nothing is active implicitly, since following promises costs each of them, on Node 20 more than all
 * else about tracing (ADR 19).
 */
export interface Span {
  /** What to send with a call so that its receiver continues the trace: `traceparent`, and `tracestate` if there is one. */
  readonly headers: Readonly<Record<string, string>>;
  /** For log lines. */
  readonly logFields: TraceFields;
  rename(name: string): void;
  /** The record must not be changed afterwards. */
  set(attributes: SpanAttributes): void;
  /** Ends with status ERROR. `type`: one of few, such as an error code; never an error's message. */
  fail(type: string): void;
  /** `at`: by `performance.now()`; now by default. Only the first call counts. */
  end(at?: number): void;
}

/**
 * The port to distributed tracing. Every start returns a span that must be ended; `attributes` must not be changed afterwards. A webhook's trace id, and the span id of its
 * append, are derived from its event's id, so that whoever delivers the event can link to it, in another gateway as well.
 */
export interface Tracing {
  /** False if nothing is traced: then no span is handed on. */
  readonly enabled: boolean;
  /** A step of another span; the first of a trace if that is null. `at`: when it began, by `performance.now()`. */
  start(parent: Span | null, kind: SpanKind, name: string, attributes: SpanAttributes, at?: number): Span;
  /** A request of a client, which continues the trace that it carries. */
  startRequest(name: string, carrier: TraceCarrier, attributes: SpanAttributes): Span;
  /** A request that brings an event: one trace for all attempts to deliver it. A trace that it carries is linked to, not continued. */
  startWebhook(name: string, eventId: string, carrier: TraceCarrier, attributes: SpanAttributes): Span;
  /** The append of a webhook's event, as a step of the webhook's span. `at`: as for `start`. */
  startAppend(parent: Span | null, name: string, eventId: string, attributes: SpanAttributes, at: number): Span;
  /** The delivery of an event: a trace of its own, recorded if the webhook's is. `eventId`: of the webhook that it is linked to; null if none brought it. */
  startDelivery(name: string, eventId: string | null, attributes: SpanAttributes): Span;
}

const NO_SPAN: Span = {
  headers: {},
  logFields: {},
  rename: () => undefined,
  set: () => undefined,
  fail: () => undefined,
  end: () => undefined,
};

/** Traces nothing. */
export const NO_TRACING: Tracing = {
  enabled: false,
  start: () => NO_SPAN,
  startRequest: () => NO_SPAN,
  startWebhook: () => NO_SPAN,
  startAppend: () => NO_SPAN,
  startDelivery: () => NO_SPAN,
};
