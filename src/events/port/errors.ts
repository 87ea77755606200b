import { TransientError } from '../../domain/errors.js';

/** When a client may retry: a restart of Redis needs some seconds. */
const RETRY_AFTER_MS = 2_000;

/** The event id already belongs to another conversation. The contact centre never does this. */
export class EventIdReusedError extends Error {
  override readonly name = 'EventIdReusedError';
}

/** The log cannot accept writes or answer reads right now. A write in flight may have been stored all the same. */
export class LogUnavailableError extends TransientError {
  override readonly name = 'LogUnavailableError';
  readonly code = 'EVENT_LOG_UNAVAILABLE';

  constructor(
    /** For operators; not sent to clients. */
    readonly reason: string,
    options?: { cause?: unknown },
  ) {
    super('The event log is unavailable.', RETRY_AFTER_MS, options);
  }
}

/** The upstream's history cannot be read now, so that it is not known to which listed message a late event belongs. The event was not stored. */
export class HistoryUnavailableError extends Error {
  override readonly name = 'HistoryUnavailableError';
}

/** A subscriber consumed events more slowly than they arrived, and its queue overflowed. It resumes by its cursor. */
export class SlowConsumerError extends Error {
  override readonly name = 'SlowConsumerError';
}

/** The reason for an error, for operators. */
export function reasonOf(error: unknown): string {
  if (error instanceof LogUnavailableError) return error.reason;
  return error instanceof Error ? error.message : String(error);
}
