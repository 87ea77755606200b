import { TransientError } from '../../domain/errors.js';

/** When a client may try again: a restart of Redis takes some seconds. */
const RETRY_AFTER_MS = 2_000;

/** An event id that the log knows from another conversation: never the contact centre's doing. */
export class EventIdReusedError extends Error {
  override readonly name = 'EventIdReusedError';
}

/** The log cannot take writes or answer reads now. Where a write was under way, it may have been stored all the same. */
export class LogUnavailableError extends TransientError {
  override readonly name = 'LogUnavailableError';
  readonly code = 'EVENT_LOG_UNAVAILABLE';

  constructor(
    /** For operators; clients are not told. */
    readonly reason: string,
    options?: { cause?: unknown },
  ) {
    super('The event log cannot be reached now.', RETRY_AFTER_MS, options);
  }
}

/** A subscriber took its events more slowly than they came, for too long. It resumes by its cursor. */
export class SlowConsumerError extends Error {
  override readonly name = 'SlowConsumerError';
}

/** What went wrong, in words for operators. */
export function reasonOf(error: unknown): string {
  if (error instanceof LogUnavailableError) return error.reason;
  return error instanceof Error ? error.message : String(error);
}
