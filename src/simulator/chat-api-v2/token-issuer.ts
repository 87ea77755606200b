import type { NewId } from '../random-id.js';

/** Gives out access tokens, and knows which of them are good. */
export class TokenIssuer {
  /** When each that was not revoked ends, in epoch milliseconds. */
  readonly #ends = new Map<string, number>();

  constructor(
    private readonly newId: NewId,
    private readonly clock: () => number,
    readonly lifetimeSeconds: number,
  ) {}

  issue(): string {
    const now = this.clock();
    for (const [token, end] of this.#ends) if (end <= now) this.#ends.delete(token);
    const token = this.newId();
    this.#ends.set(token, now + this.lifetimeSeconds * 1_000);
    return token;
  }

  isGood(token: string): boolean {
    return this.clock() < (this.#ends.get(token) ?? 0);
  }

  /** None that was given out so far is good any more. */
  revokeAll(): void {
    this.#ends.clear();
  }
}
