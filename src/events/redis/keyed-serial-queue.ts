/** Runs tasks sequentially per key, and in parallel across keys. */
export class KeyedSerialQueue {
  readonly #last = new Map<string, Promise<unknown>>();

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const previous = this.#last.get(key);
    const result = previous === undefined ? work() : previous.then(work, work);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, tail);
    void tail.then(() => {
      if (this.#last.get(key) === tail) this.#last.delete(key);
    });
    return result;
  }

  /** Resolves when all tasks have finished. */
  async idle(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
  }
}
