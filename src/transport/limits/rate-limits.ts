import type { Viewer } from '../../auth/viewer.js';
import type { Quota, QuotaUse, RateLimitStore } from '../../domain/rate-limit.js';
import type { Logger } from '../../observability/logger.js';
import { addressKey } from './address-key.js';

/** How much is granted. Null if there is no limit. */
export interface Quotas {
  readonly viewer: Quota | null;
  readonly address: Quota | null;
}

/** What became of one request, and of whose quota. */
export interface RateLimitUse extends QuotaUse {
  readonly policy: keyof Quotas;
  readonly quota: Quota;
}

/** What one caller may ask of the gateway in a minute. */
export class RateLimits {
  constructor(
    private readonly store: RateLimitStore,
    private readonly quotas: Quotas,
    private readonly logger: Logger,
  ) {}

  /** Uses one request of an address's quota. Null if it is not limited, or the store is unavailable. */
  address(address: string): Promise<RateLimitUse | null> | null {
    const quota = this.quotas.address;
    return quota === null ? null : this.#take('address', addressKey(address), quota);
  }

  /** Uses one of a viewer's. Those without a token are limited by their addresses alone. */
  viewer(viewer: Viewer): Promise<RateLimitUse | null> | null {
    const quota = this.quotas.viewer;
    return viewer.role === 'ANONYMOUS' || quota === null ? null : this.#take('viewer', viewer.identity, quota);
  }

  async #take(policy: keyof Quotas, key: string, quota: Quota): Promise<RateLimitUse | null> {
    try {
      return { ...(await this.store.consume(`${policy} ${key}`, quota)), policy, quota };
    } catch (error) {
      this.logger.warn({ error }, 'rate limit store unavailable, allowing requests');
      return null;
    }
  }
}
