/** How many pieces of work run per event-loop tick. */
const PER_TICK = 4;

/** Runs queued work a few pieces per event-loop tick, so that I/O is handled in between. */
export class FairScheduler {
  #waiting: (() => void)[] = [];

  constructor(private readonly perTick = PER_TICK) {}

  /** Resolves when the caller may run. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(resolve);
    });
  }

  /** Queues `work`: run in the order of the calls, never synchronously. */
  schedule(work: () => void): void {
    this.#waiting.push(work);
    if (this.#waiting.length === 1) setImmediate(this.#run);
  }

  readonly #run = (): void => {
    for (const go of this.#waiting.splice(0, this.perTick)) go();
    // An immediate set now runs after the next poll of the sockets.
    if (this.#waiting.length > 0) setImmediate(this.#run);
  };
}
