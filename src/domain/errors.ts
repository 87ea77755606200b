/** Every fault a client may see, by the `extensions.code` that it carries. `docs/errors.md` explains each. */
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
 * A fault whose message is meant for the client. Everything that is not a `GatewayError` is masked before it leaves the process.
 * `message` therefore never holds an upstream URL, a key, a token, a signature or the text of a chat message; `cause` may, and is only logged redacted.
 */
export abstract class GatewayError extends Error {
  abstract readonly code: ErrorCode;
  /** What else the client may know, for `extensions`. */
  readonly details: Readonly<Record<string, unknown>> = {};
  /** Nothing was sent, for a reason that operators are told once, and not again with each fault. */
  readonly loggedElsewhere: boolean = false;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The caller's arguments are wrong; the message names which and how. */
export class BadUserInputError extends GatewayError {
  readonly code = 'BAD_USER_INPUT';
}

/** One field of an input is wrong, as only the upstream's adapter knows: for a mutation an expected refusal. */
export class InvalidFieldError extends BadUserInputError {
  constructor(
    readonly field: readonly string[],
    message: string,
  ) {
    super(message);
  }
}

/** There is no token where one is needed, or it is no good. */
export class UnauthenticatedError extends GatewayError {
  readonly code = 'UNAUTHENTICATED';
}

/** The caller is known and may not do this. */
export class ForbiddenError extends GatewayError {
  readonly code = 'FORBIDDEN';
}

/** What was asked for is not there, or not the caller's to see. */
export class NotFoundError extends GatewayError {
  readonly code = 'NOT_FOUND';
}

/** The events after this cursor are no longer all there: query afresh, then subscribe after the new `latestCursor`. */
export class CursorExpiredError extends GatewayError {
  readonly code = 'CURSOR_EXPIRED';
}

/** The configured upstream cannot do this; `gateway { capabilities }` tells beforehand. */
export class UnsupportedByUpstreamError extends GatewayError {
  readonly code = 'UNSUPPORTED_BY_UPSTREAM';
}

/** A change was sent to the upstream and no answer came: it may have happened. */
export class OutcomeUnknownError extends GatewayError {
  readonly code = 'OUTCOME_UNKNOWN';
}

/** The upstream did not answer a read in time. */
export class UpstreamTimeoutError extends GatewayError {
  readonly code = 'UPSTREAM_TIMEOUT';
}

/** A fault that goes away by itself, perhaps at a time that was told. */
export abstract class TransientError extends GatewayError {
  override readonly details: Readonly<Record<string, unknown>>;

  /** `retryAfterMs`: when to try again, in milliseconds; null when not told. */
  constructor(
    message: string,
    readonly retryAfterMs: number | null = null,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.details = retryAfterMs === null ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) };
  }
}

/** Whether the token is any good cannot be told right now. */
export class AuthUnavailableError extends TransientError {
  readonly code = 'AUTH_UNAVAILABLE';
}

/** The upstream cannot be reached, answers 5xx, or answers what is no answer. */
export class UpstreamUnavailableError extends TransientError {
  readonly code = 'UPSTREAM_UNAVAILABLE';
}

/** The upstream was not even called, since it is known to be down. */
export class CircuitOpenError extends UpstreamUnavailableError {
  override readonly loggedElsewhere = true;
}

/** The upstream answers, but more calls wait for their turn than it answers in time: this one was not sent. */
export class UpstreamBusyError extends TransientError {
  readonly code = 'UPSTREAM_BUSY';
  override readonly loggedElsewhere = true;
}

/** One reason of an upstream refusal, in the upstream's words for a caller. */
export interface RejectionReason {
  /** The upstream's field name, where it tells one. */
  readonly field: string | null;
  readonly message: string;
}

/** The upstream refused the request (4xx other than 404 and 429). */
export class UpstreamRejectedError extends GatewayError {
  readonly code = 'UPSTREAM_REJECTED';

  constructor(
    message: string,
    /** HTTP status of the refusal. */
    readonly status: number,
    readonly reasons: readonly RejectionReason[] = [],
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Too many requests, told by us or by the upstream. */
export class RateLimitedError extends TransientError {
  readonly code = 'RATE_LIMITED';
}

/** A document asks for more than one request may, or reads more. */
export class QueryTooComplexError extends GatewayError {
  readonly code = 'QUERY_TOO_COMPLEX';
  override readonly details: Readonly<Record<string, unknown>>;

  /** `limit`: which one. `found`: how much it is; null where counting stopped. */
  constructor(limit: string, maximum: number, found: number | null) {
    super(`The document is too complex (${limit}: ${found === null ? 'more than' : `${found}, at most`} ${maximum}).`);
    this.details = { limit, maximum, ...(found === null ? {} : { found }) };
  }
}
