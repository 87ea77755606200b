import type { Viewer } from '../../auth/viewer.js';
import { addressKey } from './address-key.js';

/** How many sockets and multipart subscriptions, both together, one viewer may have open. */
export const MAX_CONNECTIONS = 10;

/** Counts what each viewer holds open, over every transport. */
export class OpenConnections {
  readonly #open = new Map<string, number>();

  /** @param isLimited false where nobody is told from the others */
  constructor(private readonly isLimited: boolean) {}

  /**
   * Counts one more of this viewer; null: that would be too many.
   *
   * @param address where the client is: the address that a trusted proxy tells, else the peer's
   * @returns to be called once, when it is closed
   */
  take(viewer: Viewer, address: string): (() => void) | null {
    if (!this.isLimited) return () => undefined;
    // Nobody tells those without a token apart but by where they are; they have little to look for here anyway.
    const holder = viewer.role === 'ANONYMOUS' ? `ANONYMOUS ${addressKey(address)}` : viewer.identity;
    const count = this.#open.get(holder) ?? 0;
    if (count >= MAX_CONNECTIONS) return null;
    this.#open.set(holder, count + 1);
    return () => this.#left(holder);
  }

  #left(holder: string): void {
    const count = (this.#open.get(holder) ?? 1) - 1;
    if (count === 0) this.#open.delete(holder);
    else this.#open.set(holder, count);
  }
}
