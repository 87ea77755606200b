import { ConfigError } from '../env-reader.js';
import { GatewayError, UpstreamRejectedError } from '../domain/errors.js';

/** What went wrong, in a line for an operator (one for each wrong setting). Without stack traces, addresses of the upstream or secrets. */
export function formatErrorLines(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.errors.map((line) => `Setting ${line}.`);
  if (!(error instanceof GatewayError)) return [error instanceof Error ? `Failed: ${error.name}.` : 'Failed.'];
  const reasons =
    error instanceof UpstreamRejectedError
      ? error.reasons.map(({ field, message }) => (field === null ? message : `${field}: ${message}`))
      : error.cause instanceof Error
        ? [error.cause.message]
        : [];
  return [[error.message, ...(reasons.length === 0 ? [] : [`(${reasons.join(' ')})`])].join(' ').replace(/\s+/g, ' ')];
}
