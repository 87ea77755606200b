/** Every error code that a client may see, in `extensions.code`. `docs/errors.md` explains each. */
export const ERROR_CODES = [
  'UNAUTHENTICATED',
  'AUTH_UNAVAILABLE',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'CURSOR_EXPIRED',
  'EVENT_LOG_UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'UNSUPPORTED_BY_UPSTREAM',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_BUSY',
  'UPSTREAM_REJECTED',
  'RATE_LIMITED',
  'QUERY_TOO_COMPLEX',
  'INTERNAL_SERVER_ERROR',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * An error whose message is meant for the client. Every other error is masked before it leaves the process.
 * `message` therefore never holds an upstream URL, a key, a token, a signature or the text of a chat message; `cause` may, and is only logged redacted.
 */
export abstract class GatewayError extends Error {
  abstract readonly code: ErrorCode;
  /** Further fields of `extensions`. */
  readonly details: Readonly<Record<string, unknown>> = {};
  /** Its cause is logged once elsewhere (an open circuit, a full queue), so it is not logged again per error. */
  readonly loggedElsewhere: boolean = false;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An argument is wrong; the message names which and how. */
export class BadUserInputError extends GatewayError {
  readonly code = 'BAD_USER_INPUT';
}

/** One input field is wrong by a rule that only the upstream's adapter knows. A mutation returns it in `userErrors`. */
export class InvalidFieldError extends BadUserInputError {
  constructor(
    readonly field: readonly string[],
    message: string,
  ) {
    super(message);
  }
}

/** The token is missing or invalid. */
export class UnauthenticatedError extends GatewayError {
  readonly code = 'UNAUTHENTICATED';
}

/** The caller is authenticated, but not authorized. */
export class ForbiddenError extends GatewayError {
  readonly code = 'FORBIDDEN';
}

/** Does not exist, or is not visible to the caller. */
export class NotFoundError extends GatewayError {
  readonly code = 'NOT_FOUND';
}

/** Some events after the cursor have been removed: query again, then subscribe after the new `latestCursor`. */
export class CursorExpiredError extends GatewayError {
  readonly code = 'CURSOR_EXPIRED';
}

/** The configured upstream does not support this; `gateway { capabilities }` lists what it supports. */
export class UnsupportedByUpstreamError extends GatewayError {
  readonly code = 'UNSUPPORTED_BY_UPSTREAM';
}

/** A write was sent to the upstream and got no response: it may or may not have been applied. */
export class OutcomeUnknownError extends GatewayError {
  readonly code = 'OUTCOME_UNKNOWN';
}

/** The upstream did not answer a read in time. */
export class UpstreamTimeoutError extends GatewayError {
  readonly code = 'UPSTREAM_TIMEOUT';
}

/** An error that a later retry may not meet. */
export abstract class TransientError extends GatewayError {
  override readonly details: Readonly<Record<string, unknown>>;

  /** `retryAfterMs`: how long to wait before a retry; null if unknown. */
  constructor(
    message: string,
    readonly retryAfterMs: number | null = null,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.details = retryAfterMs === null ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) };
  }
}

/** The token cannot be verified right now, since its keys cannot be fetched. */
export class AuthUnavailableError extends TransientError {
  readonly code = 'AUTH_UNAVAILABLE';
}

/** The upstream cannot be reached, answers 5xx, or sends an invalid response. */
export class UpstreamUnavailableError extends TransientError {
  readonly code = 'UPSTREAM_UNAVAILABLE';
}

/** The circuit breaker is open: the upstream was not called. */
export class CircuitOpenError extends UpstreamUnavailableError {
  override readonly loggedElsewhere = true;
}

/** The concurrency limiter's queue is full: the call was not sent. */
export class UpstreamBusyError extends TransientError {
  readonly code = 'UPSTREAM_BUSY';
  override readonly loggedElsewhere = true;
}

/** One reason why the upstream rejected a request, in the upstream's own words. */
export interface RejectionReason {
  /** The upstream's name of the field; null if it names none. */
  readonly field: string | null;
  readonly message: string;
}

/** The upstream rejected the request (4xx other than 404 and 429). */
export class UpstreamRejectedError extends GatewayError {
  readonly code = 'UPSTREAM_REJECTED';

  constructor(
    message: string,
    /** HTTP status of the response. */
    readonly status: number,
    readonly reasons: readonly RejectionReason[] = [],
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Too many requests, by our own limit or the upstream's. */
export class RateLimitedError extends TransientError {
  readonly code = 'RATE_LIMITED';
}

/** A document exceeds a limit on what one request may select or read. */
export class QueryTooComplexError extends GatewayError {
  readonly code = 'QUERY_TOO_COMPLEX';
  override readonly details: Readonly<Record<string, unknown>>;

  /** `limit`: its name. `found`: the document's value; null if counting stopped at the limit. */
  constructor(limit: string, maximum: number, found: number | null) {
    super(`The document is too complex (${limit}: ${found === null ? 'more than' : `${found}, at most`} ${maximum}).`);
    this.details = { limit, maximum, ...(found === null ? {} : { found }) };
  }
}
