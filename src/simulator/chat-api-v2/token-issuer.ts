import type { NewId } from '../random-id.js';

/** Issues and validates access tokens. */
export class TokenIssuer {
  /** The expiry of each token that was not revoked, in epoch milliseconds. */
  readonly #expiries = new Map<string, number>();

  constructor(
    private readonly newId: NewId,
    private readonly clock: () => number,
    readonly lifetimeSeconds: number,
  ) {}

  issue(): string {
    const now = this.clock();
    for (const [token, expiry] of this.#expiries) if (expiry <= now) this.#expiries.delete(token);
    const token = this.newId();
    this.#expiries.set(token, now + this.lifetimeSeconds * 1_000);
    return token;
  }

  isValid(token: string): boolean {
    return this.clock() < (this.#expiries.get(token) ?? 0);
  }

  /** Invalidates all tokens issued so far. */
  revokeAll(): void {
    this.#expiries.clear();
  }
}
