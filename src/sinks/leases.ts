import type { Disabled, SinkStore } from '../events/port/sink-store.js';
import { Shard } from './shard.js';

/** Into how many shards a sink's work is divided: the most gateways that can share it. Fixed, since cursors are kept for each. */
export const SHARDS = 8;

export interface LeaseTimes {
  /** How long a lease lasts without renewal: a killed gateway's shards are taken over after that. */
  readonly ttlMs: number;
  readonly renewMs: number;
  /** How often progress is recorded: that much is delivered again after a kill. */
  readonly recordMs: number;
}

export const LEASE_TIMES: LeaseTimes = { ttlMs: 6_000, renewMs: 2_000, recordMs: 1_000 };

export interface LeasesOptions {
  readonly sink: string;
  readonly owner: string;
  readonly store: SinkStore;
  readonly times: LeaseTimes;
  /** The cursor where a new sink begins. */
  readonly start: string;
}

/** What a renewal reports. */
export interface Renewed {
  readonly disabled: Disabled | null;
  readonly deadLetters: number;
  readonly requested: number;
  /** As in `SinkLease`. */
  readonly nextFreeMs: number | null;
}

/** The shards of one sink that this gateway delivers: leased, renewed, and released if another gateway has too few. */
export class Leases {
  readonly #shards = new Map<number, Shard>();
  #validUntil = -Infinity;

  constructor(private readonly options: LeasesOptions) {}

  get shards(): Iterable<Shard> {
    return this.#shards.values();
  }

  get count(): number {
    return this.#shards.size;
  }

  /** Whether the leases are certain not to have run out: nothing may be sent otherwise. */
  get areValid(): boolean {
    return performance.now() < this.#validUntil;
  }

  async renew(): Promise<Renewed> {
    const { sink, owner, store, times, start } = this.options;
    const askedAt = performance.now();
    const lease = await store.lease({ sink, owner, shards: SHARDS, ttlMs: times.ttlMs, start });
    this.#validUntil = askedAt + times.ttlMs;
    this.#adopt(lease.shards);
    await this.#release(this.#shards.size - lease.share);
    return lease;
  }

  /** Records what was delivered since the last time. */
  async record(): Promise<void> {
    const { sink, owner, store } = this.options;
    const moved = [...this.shards].filter((shard) => shard.isHeld && shard.progress !== shard.recorded);
    if (moved.length === 0) return;
    const progress = moved.map(toProgress);
    const lost = await store.advance(sink, owner, progress);
    for (const [index, shard] of moved.entries()) shard.recorded = progress[index]?.cursor ?? shard.recorded;
    for (const index of lost) this.#drop(index);
  }

  /** Records everything and ends all leases. */
  async close(): Promise<void> {
    const { sink, owner, store } = this.options;
    await store.release(sink, owner, [...this.shards].map(toProgress));
    await store.leave(sink, owner);
  }

  #adopt(leased: readonly { readonly shard: number; readonly token: number; readonly cursor: string }[]): void {
    const current = new Map(leased.map((each) => [each.shard, each]));
    for (const shard of this.#shards.values()) if (current.get(shard.index)?.token !== shard.token) this.#drop(shard.index);
    for (const { shard, token, cursor } of leased) if (!this.#shards.has(shard)) this.#shards.set(shard, new Shard(shard, token, cursor));
  }

  /** Releases so many shards, those included that are being released already: each once nothing of it is in flight any more. */
  async #release(excess: number): Promise<void> {
    const leaving = [...this.shards].filter(({ isHeld }) => !isHeld);
    const further = [...this.shards].filter(({ isHeld }) => isHeld).slice(0, Math.max(0, excess - leaving.length));
    for (const shard of further) shard.isHeld = false;
    const idle = [...leaving, ...further].filter(({ inFlight }) => inFlight === 0);
    if (idle.length === 0) return;
    await this.options.store.release(this.options.sink, this.options.owner, idle.map(toProgress));
    for (const { index } of idle) this.#shards.delete(index);
  }

  #drop(index: number): void {
    const shard = this.#shards.get(index);
    if (shard !== undefined) shard.isHeld = false;
    this.#shards.delete(index);
  }
}

const toProgress = ({ index, token, progress }: Shard) => ({ shard: index, token, cursor: progress });
