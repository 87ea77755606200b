/** An event id that the log knows from another conversation: never the contact centre's doing. */
export class EventIdReusedError extends Error {
  override readonly name = 'EventIdReusedError';
}

/** The log cannot take writes or answer reads now. */
export class LogUnavailableError extends Error {
  override readonly name = 'LogUnavailableError';
}

/** A subscriber took its events more slowly than they came, for too long. It resumes by its cursor. */
export class SlowConsumerError extends Error {
  override readonly name = 'SlowConsumerError';
}
