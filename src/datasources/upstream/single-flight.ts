/**
 * Identical reads in flight are one call. What joins them is what is read and its `asOf` together (see `ReadOptions`), so that nobody is answered by a
 * call that began before events which his cursor lies behind. Nothing is kept once a call is settled: this is no cache.
 */
export class SingleFlight<T = unknown> {
  readonly #inFlight = new Map<string, { call: Promise<T> | null }>();

  /** The outcome of the same read in flight, or of `read`. Those who share it share one value: do not change it. */
  async run(what: string, asOf: string, read: () => Promise<T>): Promise<T> {
    // Cursors hold no blank.
    const key = `${asOf} ${what}`;
    const running = this.#inFlight.get(key);
    if (running !== undefined && running.call !== null) return running.call;
    const call = read();
    const entry: { call: Promise<T> | null } = { call };
    this.#inFlight.set(key, entry);
    try {
      return await call;
    } finally {
      this.#inFlight.delete(key);
      // The table that a map had before it grew or shrank points to the next one: once it is old, young collections keep all that the next ones held.
      entry.call = null;
    }
  }
}
