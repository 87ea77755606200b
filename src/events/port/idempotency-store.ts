/** How long a request is remembered, counted from its first try: 24 h. */
export const IDEMPOTENCY_TTL_MS = 86_400_000;

/** A request that creates something, and that its caller may send again under the same name. */
export interface IdempotentRequest {
  /** Names it: a one-way digest of who asks, for what operation, under which key. */
  readonly name: string;
  /** A one-way digest of its input. */
  readonly input: string;
}

/** What is known of a request that is about to be carried out. */
export type Claim =
  /** Nothing was; now it is noted, durably, that its outcome is not known. It is the caller's to carry out. */
  | 'claimed'
  /** Somebody has claimed it and has not told its outcome: it is being carried out, or whoever did it has died, or the outcome was erased. */
  | 'unknown'
  /** Its name was used with other input. */
  | 'other-input'
  | { readonly outcome: string };

/** What became of a request. */
export interface RequestOutcome {
  /** As `claim` tells it later. Never the text of a message. */
  readonly outcome: string;
  /** Which conversation it is about, so that it goes when that is erased; null: about none. */
  readonly conversationId: string | null;
}

/**
 * Remembers requests that create, for `IDEMPOTENCY_TTL_MS`, so that none is carried out twice, not even when a process dies in the middle of one. Part of the
 * event log, as durable as it is, and shared as it is. Every engine passes `test/contract/event-log/remembering-requests`. All reject with `LogUnavailableError`
 * where it cannot be done.
 */
export interface IdempotencyStore {
  /** Of several at once one is told `claimed`. What it then writes down is durable when it resolves. */
  claim(request: IdempotentRequest): Promise<Claim>;
  /** Tells the outcome of a claimed request. Without effect on one that is not remembered. */
  settle(name: string, outcome: RequestOutcome): Promise<void>;
  /** The claimed request has surely created nothing: it is forgotten, so that it can be sent again. */
  release(name: string): Promise<void>;
}
