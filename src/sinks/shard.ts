import type { Attempts } from './retry-delays.js';
import type { StoredEvent } from '../events/port/event-log.js';

/** How many events of one shard may wait in memory; the others wait in the log. */
export const MAX_PENDING = 128;
/** With so few events left, a shard does not wait for one that is full. */
const FEW_PENDING = MAX_PENDING / 4;

/** An event that is to be delivered. */
export interface Entry extends Attempts {
  readonly stored: StoredEvent;
  readonly shard: Shard;
  /** The cursor before it. */
  readonly before: string;
  /** When it was read, by `performance.now()`. */
  readonly readAt: number;
}

/** A shard of a sink that this gateway delivers: what of it waits, and where it reads on. */
export class Shard {
  readonly #pending = new Set<Entry>();
  #isFull = false;
  /** False once it is another gateway's, or about to be: nothing of it is sent any more. */
  isHeld = true;
  /** Attempts in flight. */
  inFlight = 0;
  /** The progress that was recorded last. */
  recorded: string;
  /** The state of the log, by `News.version`, of which it has read everything; null if there may be more. */
  caughtUpWith: number | null = null;

  constructor(
    readonly index: number,
    readonly token: number,
    public position: string,
  ) {
    this.recorded = position;
  }

  /** Whether more of it may be read: not from when it is full until half of that is delivered. */
  get hasRoom(): boolean {
    return this.isHeld && !this.#isFull;
  }

  /** Whether it can take another event. */
  get canTake(): boolean {
    return this.isHeld && this.#pending.size < MAX_PENDING;
  }

  /** Whether it soon has nothing to deliver. */
  get hasFew(): boolean {
    return this.isHeld && this.#pending.size <= FEW_PENDING;
  }

  /** Every event of the shard up to this cursor is delivered. */
  get progress(): string {
    return this.oldest?.before ?? this.position;
  }

  /** The first event that is not delivered yet. */
  get oldest(): Entry | undefined {
    return this.#pending.values().next().value;
  }

  get pending(): number {
    return this.#pending.size;
  }

  add(stored: StoredEvent, before: string): Entry {
    const entry: Entry = { stored, shard: this, before, readAt: performance.now(), attempts: 0, rejections: 0, firstAt: 0, lastAt: 0 };
    this.#pending.add(entry);
    if (this.#pending.size >= MAX_PENDING) this.#isFull = true;
    return entry;
  }

  /** Its event is delivered, or does not have to be. Returns true if there is room again, or few are left. */
  settle(entry: Entry): boolean {
    if (!this.#pending.delete(entry)) return false;
    const hasRoomAgain = this.#isFull && this.#pending.size <= MAX_PENDING / 2;
    if (hasRoomAgain) this.#isFull = false;
    return hasRoomAgain || this.#pending.size === FEW_PENDING;
  }
}
