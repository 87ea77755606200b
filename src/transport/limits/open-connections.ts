import type { Viewer } from '../../auth/viewer.js';
import { addressKey } from './address-key.js';

/** How many sockets and subscriptions over HTTP, all together, one viewer may have open. */
export interface ConnectionLimits {
  /** Of customers, and of those without a token at one address. */
  readonly viewer: number;
  /** Of services and administrators, whose one account may be that of many workers. */
  readonly service: number;
}

/** Counts what each viewer holds open, over every transport. */
export class OpenConnections {
  readonly #open = new Map<string, number>();

  /** @param limits null: no limit, as if viewers are not authenticated */
  constructor(private readonly limits: ConnectionLimits | null) {}

  /**
   * Counts one more of this viewer; null: that would be too many.
   *
   * @param address where the client is: the address that a trusted proxy forwards, else the peer's
   * @returns to be called once, when it is closed
   */
  acquire(viewer: Viewer, address: string): (() => void) | null {
    if (this.limits === null) return () => undefined;
    // Clients without a token are distinguished by their address only.
    const holder = viewer.role === 'ANONYMOUS' ? `ANONYMOUS ${addressKey(address)}` : viewer.identity;
    const count = this.#open.get(holder) ?? 0;
    if (count >= this.#findLimit(viewer)) return null;
    this.#open.set(holder, count + 1);
    return () => this.#left(holder);
  }

  /** Why this viewer gets no more. */
  rejectionMessage(viewer: Viewer): string {
    return `More than ${this.#findLimit(viewer)} sockets and HTTP subscriptions: close one and retry.`;
  }

  #findLimit({ role }: Viewer): number {
    if (this.limits === null) return Infinity;
    return role === 'SERVICE' || role === 'ADMIN' ? this.limits.service : this.limits.viewer;
  }

  #left(holder: string): void {
    const count = (this.#open.get(holder) ?? 1) - 1;
    if (count === 0) this.#open.delete(holder);
    else this.#open.set(holder, count);
  }
}
