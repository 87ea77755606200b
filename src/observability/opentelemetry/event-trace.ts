import { createHash } from 'node:crypto';
import { TraceFlags, createContextKey } from '@opentelemetry/api';
import type { Attributes, Context, Link, SpanContext, SpanKind } from '@opentelemetry/api';
import { RandomIdGenerator } from '@opentelemetry/sdk-trace';
import type { IdGenerator, Sampler, SamplingResult } from '@opentelemetry/sdk-trace';

/**
 * The append of a webhook's event, as every gateway knows it by the event's id: the ids are the beginning of its SHA-256. Sampled: who links to it is recorded only if it is
 * (`EventSampler`).
 */
export function deriveAppend(eventId: string): SpanContext {
  const digest = createHash('sha256').update(eventId).digest('hex');
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48), traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

/** Random ids, except where they are derived from an event. */
export class EventIdGenerator implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #traceId: string | null = null;
  #spanId: string | null = null;

  /** Runs `start`, which begins one span, with these ids for it. */
  with<T>({ traceId, spanId }: { traceId?: string; spanId?: string }, start: () => T): T {
    this.#traceId = traceId ?? null;
    this.#spanId = spanId ?? null;
    try {
      return start();
    } finally {
      this.#traceId = this.#spanId = null;
    }
  }

  readonly generateTraceId = (): string => this.#traceId ?? this.#random.generateTraceId();
  readonly generateSpanId = (): string => this.#spanId ?? this.#random.generateSpanId();
}

/** In the context of a new trace: the id of the trace that decides whether it is recorded. */
export const DECIDING_TRACE_ID = createContextKey('deciding trace id');

/** Records the delivery of an event if, and only if, the trace of its webhook is recorded: a ratio goes by the trace id, and so is the same in each gateway. */
export class EventSampler implements Sampler {
  constructor(private readonly sampler: Sampler) {}

  shouldSample(context: Context, traceId: string, name: string, kind: SpanKind, attributes: Attributes, links: Link[]): SamplingResult {
    const deciding = context.getValue(DECIDING_TRACE_ID);
    return this.sampler.shouldSample(context, typeof deciding === 'string' ? deciding : traceId, name, kind, attributes, links);
  }

  toString(): string {
    return this.sampler.toString();
  }
}
