import type { Clock } from '../../domain/clock.js';
import type { Claim, IdempotentRequest, IdempotencyStore, RequestOutcome } from '../port/idempotency-store.js';
import type { StoreClient } from './store-client.js';

/** Stores requests in the file of the SQLite event log. */
export class SqliteIdempotencyStore implements IdempotencyStore {
  constructor(
    private readonly store: StoreClient,
    private readonly clock: Clock,
  ) {}

  claim({ name, input }: IdempotentRequest): Promise<Claim> {
    return this.store.ask('claimRequest', { name, input, now: this.clock() });
  }

  async settle(name: string, { outcome, conversationId }: RequestOutcome): Promise<void> {
    await this.store.ask('settleRequest', { name, outcome, conversationId });
  }

  async release(name: string): Promise<void> {
    await this.store.ask('releaseRequest', { name });
  }
}
