import { createHash } from 'node:crypto';
import { TraceFlags } from '@opentelemetry/api';
import type { SpanContext } from '@opentelemetry/api';

/**
 * The append of a webhook's event, as every gateway knows it by the event's id: the ids are the beginning of its SHA-256. Sampled: who links to it is recorded only if it is.
 */
export function deriveAppend(eventId: string): SpanContext {
  const digest = createHash('sha256').update(eventId).digest('hex');
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48), traceFlags: TraceFlags.SAMPLED, isRemote: true };
}
