/** How much webhook work may be in hand at once. */
export interface WorkLimits {
  readonly requests: number;
  /** Of bodies, in bytes. */
  readonly bytes: number;
}

/** As many as the log takes in a few milliseconds, and what a small process can hold. */
export const DEFAULT_WORK_LIMITS: WorkLimits = { requests: 512, bytes: 64 * 1024 * 1024 };

/** Bounds the work in hand, counting from before a body is read: a flood is turned away while that is cheap, and the contact centre sends it again. */
export class InFlightLimiter {
  #requests = 0;
  #bytes = 0;

  constructor(private readonly limits: WorkLimits) {}

  /** Takes on a request of so many bytes; null when there is too much in hand. To be told when it is answered, when its connection is over, and when work on it begins and ends. */
  acquire(bytes: number): Lease | null {
    if (this.#requests >= this.limits.requests || this.#bytes + bytes > this.limits.bytes) return null;
    this.#requests += 1;
    this.#bytes += bytes;
    return new Lease(this, bytes);
  }

  /** For its items: one is done. */
  release({ bytes }: Lease): void {
    this.#requests -= 1;
    this.#bytes -= bytes;
  }
}

/** One request in hand: until it is answered or its connection is over, and also the work on it, which goes on when the sender does not wait for it. */
export class Lease {
  #holds = 1;
  #isWaitedFor = true;

  constructor(
    private readonly among: InFlightLimiter,
    readonly bytes: number,
  ) {}

  /** It is answered, or its connection is over; the second time it says nothing new. */
  answered(): void {
    if (!this.#isWaitedFor) return;
    this.#isWaitedFor = false;
    this.release();
  }

  retain(): void {
    this.#holds += 1;
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.among.release(this);
  }
}
