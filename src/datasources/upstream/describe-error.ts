import { GatewayError } from '../../domain/errors.js';
import type { UpstreamCallReport } from './upstream-call.js';

/** The part of a call's report about the error that it ended with; null for a success. */
export function describeError(fault: unknown): Pick<UpstreamCallReport, 'fault' | 'reason' | 'called'> {
  if (fault === null) return { fault: null, reason: null, called: true };
  if (!(fault instanceof GatewayError)) return { fault: 'INTERNAL_SERVER_ERROR', reason: null, called: true };
  const reason = fault.cause instanceof Error ? fault.cause.message : null;
  return { fault: fault.code, reason, called: !fault.loggedElsewhere };
}
