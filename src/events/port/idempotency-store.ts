/** How long a request is remembered from its first attempt: 24 h. */
export const IDEMPOTENCY_TTL_MS = 86_400_000;

/** A creating request that its caller may retry under the same idempotency key. */
export interface IdempotentRequest {
  /** Identifies it: a one-way digest of viewer, operation and idempotency key. */
  readonly name: string;
  /** One-way digest of its input. */
  readonly input: string;
}

/** What is known of a request before it is executed. */
export type Claim =
  /** Nothing: it is now recorded, durably, as claimed with an unknown outcome. The caller executes it. */
  | 'claimed'
  /** Claimed before, without a recorded outcome: it is still in flight, its process died, or the outcome was erased. */
  | 'unknown'
  /** Its key was used with other input. */
  | 'other-input'
  | { readonly outcome: string };

/** The outcome of a request. */
export interface RequestOutcome {
  /** Returned by later `claim`s. Never contains message text. */
  readonly outcome: string;
  /** The conversation it is about, so that it is erased with it. Null if none. */
  readonly conversationId: string | null;
}

/**
 * Remembers creating requests for `IDEMPOTENCY_TTL_MS`, so that none is executed twice, not even when a process dies during one. Part of
 * the event log, with the same durability and sharing. Every engine passes `test/contract/event-log/idempotency`. All methods reject with
 * `LogUnavailableError` if the store cannot be used.
 */
export interface IdempotencyStore {
  /** Of several concurrent claims, one resolves to `claimed`; that claim is durable when it resolves. */
  claim(request: IdempotentRequest): Promise<Claim>;
  /** Records the outcome of a claimed request. No effect if the request is not remembered. */
  settle(name: string, outcome: RequestOutcome): Promise<void>;
  /** The claimed request certainly created nothing: forgets it, so that it can be retried. */
  release(name: string): Promise<void>;
}
