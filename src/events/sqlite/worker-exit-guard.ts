/** What a store's thread is doing: nothing, something, or nothing any more. */
const IDLE = 0;
const BUSY = 1;
const ENDED = 2;

/**
 * Whether a store's thread is inside its driver, as both threads see it. A process that exits ends its threads wherever they are, and the driver aborts the process when it is
 * ended inside some of its native code.
 */
export class WorkerExitGuard {
  /** Of the threads of this process that have not ended. */
  static readonly #all = new Set<WorkerExitGuard>();
  readonly #state: Int32Array;

  /** `memory`: given to the thread, as it was made. */
  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.#state = new Int32Array(memory);
  }

  /**
   * To be called right before a process exits that has not closed its logs. Keeps their threads from beginning anything more, and waits, without letting anything else
   * happen, for what each is about. False where that takes longer than `ms` for one of them.
   */
  static endAll(ms: number): boolean {
    return [...WorkerExitGuard.#all].every((rest) => rest.#end(ms));
  }

  /** The thread counts until `ended` settles. */
  watch(ended: Promise<unknown>): void {
    WorkerExitGuard.#all.add(this);
    const forget = () => WorkerExitGuard.#all.delete(this);
    ended.then(forget, forget);
  }

  /** For the thread: does what takes the driver; null where the process is about to exit. */
  busy<T>(work: () => T): T | null {
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
