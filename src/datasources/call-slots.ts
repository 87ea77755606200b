/** How many calls may be under way, and wait. */
export interface SlotLimits {
  readonly inFlight: number;
  readonly queued: number;
  /** How long one may wait, in milliseconds. */
  readonly queuedMs: number;
}

interface Waiting {
  readonly admit: () => void;
  readonly refuse: () => void;
}

/** Bounds what is under way, and what waits for that: first come, first served. */
export class CallSlots {
  #taken = 0;
  readonly #queue = new Set<Waiting>();

  constructor(private readonly limits: SlotLimits) {}

  get taken(): number {
    return this.#taken;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Whether there is room at once; then to be followed by `leave`. */
  take(): boolean {
    if (this.#taken >= this.limits.inFlight) return false;
    this.#taken += 1;
    return true;
  }

  /** Where there is none: resolves with true once there is, to be followed by `leave`. With false where too many wait, or it has waited too long, or `clear` was called. */
  wait(): Promise<boolean> {
    if (this.#queue.size >= this.limits.queued) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (admitted: boolean) => {
        clearTimeout(tooLate);
        this.#queue.delete(waiting);
        resolve(admitted);
      };
      const waiting = { admit: () => settle(true), refuse: () => settle(false) };
      const tooLate = setTimeout(waiting.refuse, this.limits.queuedMs);
      this.#queue.add(waiting);
    });
  }

  leave(): void {
    const [next] = this.#queue;
    // Its place goes to the next one.
    if (next === undefined) this.#taken -= 1;
    else next.admit();
  }

  /** Refuses all that wait. */
  clear(): void {
    for (const waiting of this.#queue) waiting.refuse();
  }
}
