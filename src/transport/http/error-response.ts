import { GatewayError, TransientError, UpstreamRejectedError } from '../../domain/errors.js';
import type { ErrorCode } from '../../domain/errors.js';
import type { ErrorContext } from '../execution/mask-errors.js';
import { HttpError } from './http-error.js';

/** An error response over plain HTTP. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `{error}`, a message, and `code` if the error has one. */
  readonly body: Readonly<Record<string, unknown>>;
}

const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  UPSTREAM_REJECTED: 422,
  RATE_LIMITED: 429,
  UNSUPPORTED_BY_UPSTREAM: 501,
  UPSTREAM_UNAVAILABLE: 503,
  UPSTREAM_BUSY: 503,
  AUTH_UNAVAILABLE: 503,
  EVENT_LOG_UNAVAILABLE: 503,
  UPSTREAM_TIMEOUT: 504,
  OUTCOME_UNKNOWN: 504,
};

/** What a client of the plain HTTP endpoints may see of an error, as `maskedError` does for GraphQL clients. */
export function toErrorResponse(
  error: unknown,
  { requestId, logger, span }: Pick<ErrorContext, 'requestId' | 'logger' | 'span'>,
): ErrorResponse {
  if (error instanceof HttpError) return { status: error.statusCode, headers: {}, body: { error: error.message } };
  if (error instanceof GatewayError) {
    const status = STATUS[error.code] ?? 500;
    const shouldWarn = status >= 500 && !error.loggedElsewhere;
    logger[shouldWarn ? 'warn' : 'debug']({ requestId, code: error.code, error, ...span?.logFields }, 'request error');
    const reasons = error instanceof UpstreamRejectedError ? { reasons: error.reasons.map(({ message }) => message) } : {};
    return { status, headers: retryAfter(error), body: { error: error.message, code: error.code, ...reasons } };
  }
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) return { status, headers: {}, body: { error: 'Bad request' } };
  logger.error({ requestId, error, ...span?.logFields }, 'internal error');
  return { status: 500, headers: {}, body: { error: 'Internal server error', code: 'INTERNAL_SERVER_ERROR', requestId } };
}

function retryAfter(error: GatewayError): Record<string, string> {
  if (!(error instanceof TransientError) || error.retryAfterMs === null) return {};
  return { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) };
}
