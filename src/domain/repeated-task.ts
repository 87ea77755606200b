/** Runs a task again and again, each run some time after the end of the one before. */
export class RepeatedTask {
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  /** `run`: resolves with how long to wait until the next run, in milliseconds. Must not reject. */
  constructor(private readonly run: () => Promise<number>) {}

  get isClosed(): boolean {
    return this.#isClosed;
  }

  start(): void {
    void this.#runOnce();
  }

  /** Starts no further run; one in progress goes on. */
  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #runOnce(): Promise<void> {
    const delayMs = await this.run();
    if (!this.#isClosed) this.#timer = setTimeout(() => this.start(), delayMs).unref();
  }
}
