/** How many get their turn before what else has come in is looked at. */
const AT_ONCE = 4;

/** Lets many long works go on side by side, a few pieces at a time, with everything else that happens in the process between them. */
export class FairScheduler {
  #waiting: (() => void)[] = [];

  constructor(private readonly atOnce = AT_ONCE) {}

  /** Resolves when it is the caller's turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(resolve);
    });
  }

  /** Calls `work` when it is its turn: in the order of the calls, and never synchronously. */
  schedule(work: () => void): void {
    this.#waiting.push(work);
    if (this.#waiting.length === 1) setImmediate(this.#run);
  }

  readonly #run = (): void => {
    for (const go of this.#waiting.splice(0, this.atOnce)) go();
    // An immediate set now runs after the next look at the sockets.
    if (this.#waiting.length > 0) setImmediate(this.#run);
  };
}
