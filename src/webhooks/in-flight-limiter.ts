/** How many webhook requests may be in flight. */
export interface InFlightLimits {
  readonly requests: number;
  /** The size of their bodies. */
  readonly bytes: number;
}

/** What the log appends in a few milliseconds, and what fits a small process. */
export const DEFAULT_IN_FLIGHT_LIMITS: InFlightLimits = { requests: 512, bytes: 64 * 1024 * 1024 };

/** Bounds requests in flight, from before their body is read: an overload is rejected while that is cheap, and the contact centre retries. */
export class InFlightLimiter {
  #requests = 0;
  #bytes = 0;

  constructor(private readonly limits: InFlightLimits) {}

  /** Admits a request with a body of `bytes`; null if a limit is reached. */
  acquire(bytes: number): Lease | null {
    if (this.#requests >= this.limits.requests || this.#bytes + bytes > this.limits.bytes) return null;
    this.#requests += 1;
    this.#bytes += bytes;
    return new Lease(this, bytes);
  }

  /** Called by leases. */
  release({ bytes }: Lease): void {
    this.#requests -= 1;
    this.#bytes -= bytes;
  }
}

/** One request in flight: from its admission until it is answered or its connection closes, and for as long as work on it goes on after that. */
export class Lease {
  #holds = 1;
  #isPending = true;

  constructor(
    private readonly limiter: InFlightLimiter,
    readonly bytes: number,
  ) {}

  /** The request is answered or its connection closed. Idempotent. */
  settle(): void {
    if (!this.#isPending) return;
    this.#isPending = false;
    this.release();
  }

  /** Work on the request begins; paired with `release`. */
  retain(): void {
    this.#holds += 1;
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.limiter.release(this);
  }
}
