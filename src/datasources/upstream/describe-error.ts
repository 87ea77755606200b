import { GatewayError } from '../../domain/errors.js';
import type { UpstreamCallReport } from './upstream-call.js';

/** The part of a call's report about the error that it ended with; null for a success. */
export function describeError(error: unknown): Pick<UpstreamCallReport, 'fault' | 'reason' | 'called'> {
  if (error === null) return { fault: null, reason: null, called: true };
  if (!(error instanceof GatewayError)) return { fault: 'INTERNAL_SERVER_ERROR', reason: null, called: true };
  const reason = error.cause instanceof Error ? error.cause.message : null;
  return { fault: error.code, reason, called: !error.loggedElsewhere };
}
