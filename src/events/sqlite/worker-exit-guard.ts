/** State of a worker: idle, inside the driver, or not to enter it any more. */
const IDLE = 0;
const BUSY = 1;
const ENDED = 2;

/**
 * Whether a worker is inside its driver, shared between both threads. A process that exits ends its threads wherever they are, and the
 * driver aborts the process if ended inside some of its native code.
 */
export class WorkerExitGuard {
  /** Guards of the workers of this process that have not ended. */
  static readonly #all = new Set<WorkerExitGuard>();
  readonly #state: Int32Array;

  /** `memory`: the shared memory of the main thread's guard, in the worker. */
  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.#state = new Int32Array(memory);
  }

  /**
   * Call right before the process exits without having closed its logs. Keeps their workers from entering the driver, and blocks until
   * each has left it. False if one has not within `ms`.
   */
  static endAll(ms: number): boolean {
    return [...WorkerExitGuard.#all].every((guard) => guard.#end(ms));
  }

  /** Tracks the worker until `ended` settles. */
  watch(ended: Promise<unknown>): void {
    WorkerExitGuard.#all.add(this);
    const forget = () => WorkerExitGuard.#all.delete(this);
    ended.then(forget, forget);
  }

  /** Runs in the worker: runs work that uses the driver; null if the process is about to exit. */
  runBusy<T>(work: () => T): T | null {
    if (Atomics.compareExchange(this.#state, 0, IDLE, BUSY) === ENDED) return null;
    try {
      return work();
    } finally {
      Atomics.store(this.#state, 0, IDLE);
      Atomics.notify(this.#state, 0);
    }
  }

  #end(ms: number): boolean {
    const deadline = performance.now() + ms;
    while (Atomics.compareExchange(this.#state, 0, IDLE, ENDED) === BUSY) {
      if (Atomics.wait(this.#state, 0, BUSY, Math.max(0, deadline - performance.now())) === 'timed-out') return false;
    }
    return true;
  }
}
