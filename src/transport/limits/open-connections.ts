import type { Viewer } from '../../auth/viewer.js';
import { addressKey } from './address-key.js';

/** How many sockets and HTTP subscriptions, in total, one viewer may have open. */
export interface ConnectionLimits {
  /** For a customer, and for all clients without a token at one address. */
  readonly viewer: number;
  /** For a service or administrator, whose account many workers may share. */
  readonly service: number;
}

/** Counts each viewer's open connections over all transports. */
export class OpenConnections {
  readonly #open = new Map<string, number>();

  /** @param limits null if there is no limit, as when viewers are not authenticated */
  constructor(private readonly limits: ConnectionLimits | null) {}

  /**
   * Counts a new connection of this viewer. Null if that would exceed the limit.
   *
   * @param address the client's address: as forwarded by a trusted proxy, else the peer's
   * @returns releases it; call it once, when the connection closes
   */
  acquire(viewer: Viewer, address: string): (() => void) | null {
    if (this.limits === null) return () => undefined;
    // Clients without a token are distinguished by their address only.
    const holder = viewer.role === 'ANONYMOUS' ? `ANONYMOUS ${addressKey(address)}` : viewer.identity;
    const count = this.#open.get(holder) ?? 0;
    if (count >= this.#findLimit(viewer)) return null;
    this.#open.set(holder, count + 1);
    return () => this.#release(holder);
  }

  /** Message for a viewer whose connection was rejected. */
  rejectionMessage(viewer: Viewer): string {
    return `More than ${this.#findLimit(viewer)} sockets and HTTP subscriptions: close one and retry.`;
  }

  #findLimit({ role }: Viewer): number {
    if (this.limits === null) return Infinity;
    return role === 'SERVICE' || role === 'ADMIN' ? this.limits.service : this.limits.viewer;
  }

  #release(holder: string): void {
    const count = (this.#open.get(holder) ?? 1) - 1;
    if (count === 0) this.#open.delete(holder);
    else this.#open.set(holder, count);
  }
}
