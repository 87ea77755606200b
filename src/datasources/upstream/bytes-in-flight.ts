import { QueryTooComplexError, RateLimitedError } from '../../domain/errors.js';

/** How many bytes of upstream answers the requests of one viewer may hold together: 32 MiB, three of the largest answers. */
export const MAX_VIEWER_BYTES = 32 * 1024 * 1024;
/** When a rejected request should be retried: 1 s, since it is unknown when the viewer's other requests end. */
const RETRY_AFTER_MS = 1_000;

/**
 * Bounds the bytes of upstream answers that the requests of one viewer hold together, so that nobody's large answers starve the others. An answer counts with the length
 * of its text, from before it is parsed until the request releases it. Requests that share an answer count it each, as each makes an answer of its own of it; one
 * request that shares it with itself counts it once.
 */
export class BytesInFlight {
  readonly #byViewer = new Map<string, number>();

  constructor(readonly limit = MAX_VIEWER_BYTES) {}

  /** What one request holds. `viewer`: whose it is. */
  forRequest(viewer: string): RequestBytes {
    return new RequestBytes(this, viewer);
  }

  heldBy(viewer: string): number {
    return this.#byViewer.get(viewer) ?? 0;
  }

  /** Adds to what a viewer holds; less than 0 releases. */
  add(viewer: string, bytes: number): void {
    const held = this.heldBy(viewer) + bytes;
    if (held === 0) this.#byViewer.delete(viewer);
    else this.#byViewer.set(viewer, held);
  }
}

/** What one request holds of the upstream's answers. */
export class RequestBytes {
  #held = 0;
  #isReleased = false;

  constructor(
    private readonly all: BytesInFlight,
    private readonly viewer: string,
  ) {}

  get held(): number {
    return this.#held;
  }

  /** Why an answer of this length cannot be held. Null if it can. */
  rejection(bytes: number): QueryTooComplexError | RateLimitedError | null {
    const { limit } = this.all;
    if (this.#held + bytes > limit) return new QueryTooComplexError('upstreamBytes', limit, null);
    return this.all.heldBy(this.viewer) + bytes > limit ? tooManyBytes() : null;
  }

  /**
   * Counts an answer of this length. Throws `RateLimitedError` where that is too much together with the viewer's other requests, and `QueryTooComplexError` where it is too much
   * for one request alone. An answer that comes once all is released is not counted: nobody waits for it.
   */
  hold(bytes: number): void {
    if (this.#isReleased) return;
    const rejection = this.rejection(bytes);
    if (rejection !== null) throw rejection;
    this.#held += bytes;
    this.all.add(this.viewer, bytes);
  }

  /** Permanently, once the request's answer is sent or nobody waits for it. */
  release(): void {
    this.#isReleased = true;
    this.all.add(this.viewer, -this.#held);
    this.#held = 0;
  }
}

const tooManyBytes = () => new RateLimitedError('Your other requests still hold too much data: wait for their answers.', RETRY_AFTER_MS);
