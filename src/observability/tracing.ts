/** Never message texts, keys, tokens, query variables or URLs. Names are those of OpenTelemetry's semantic conventions; a name of ours begins with `chat.`. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export type SpanKind = 'internal' | 'client' | 'producer';

/** Headers, or another record, in which a trace is carried on (W3C Trace Context). */
export type TraceCarrier = Readonly<Record<string, unknown>>;

/** One step of a trace. */
export interface Span {
  /** What to send with a call so that its receiver continues the trace: `traceparent`, and `tracestate` if there is one. */
  readonly headers: Readonly<Record<string, string>>;
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** Ends with status ERROR. `type`: one of few, such as an error code; never an error's message. */
  fail(type: string): void;
  /** `at`: by `performance.now()`; now by default. Only the first call counts. */
  end(at?: number): void;
}

/**
 * The port to distributed tracing. Every start returns a span that must be ended. A webhook's trace id, and the span id of its append, are derived from its event's id, so
 * that whoever delivers the event can link to it, in another gateway as well.
 */
export interface Tracing {
  /** False if nothing is traced, and whoever would do more than one call for it can leave that out. */
  readonly enabled: boolean;
  /** The span that is active here; null if none is. */
  readonly active: Span | null;
  /** A step of the active span; the first of a trace if none is active. `at`: when it began, by `performance.now()`. */
  start(kind: SpanKind, name: string, attributes: SpanAttributes, at?: number): Span;
  /** A request of a client, which continues the trace that it carries. */
  startRequest(name: string, carrier: TraceCarrier, attributes: SpanAttributes): Span;
  /** A request that brings an event: one trace for all attempts to deliver it. A trace that it carries is linked to, not continued. */
  startWebhook(name: string, eventId: string, carrier: TraceCarrier, attributes: SpanAttributes): Span;
  /** The append of a webhook's event, as a step of the active span. `at`: as for `start`. */
  startAppend(name: string, eventId: string, attributes: SpanAttributes, at: number): Span;
  /** The delivery of an event: a trace of its own, recorded if the webhook's is. `eventId`: of the webhook that it is linked to; null if none brought it. */
  startDelivery(name: string, eventId: string | null, attributes: SpanAttributes): Span;
  /** Runs `work`, and whatever that starts, with a span as the active one; null: with none. */
  within<T>(span: Span | null, work: () => T): T;
}

const NO_SPAN: Span = {
  headers: {},
  rename: () => undefined,
  set: () => undefined,
  fail: () => undefined,
  end: () => undefined,
};

/** Traces nothing. */
export const NO_TRACING: Tracing = {
  enabled: false,
  active: null,
  start: () => NO_SPAN,
  startRequest: () => NO_SPAN,
  startWebhook: () => NO_SPAN,
  startAppend: () => NO_SPAN,
  startDelivery: () => NO_SPAN,
  within: (_span, work) => work(),
};
