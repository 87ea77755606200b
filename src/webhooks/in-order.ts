/** Tells what a piece of work came to. */
type Done<T> = (error: Error | null, result: T) => void;

/** Work that goes on beside this thread, told in the order in which it was begun. */
export class InOrder {
  /** Begun and not yet told: null while it goes on, then how to tell it. */
  readonly #begun: { tell: (() => void) | null }[] = [];

  /** What `begin` tells its `done`, once all that was begun before has been told. Whatever it throws counts as told. */
  run<T>(begin: (done: Done<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const work: { tell: (() => void) | null } = { tell: null };
      this.#begun.push(work);
      const settle = (tell: () => void) => {
        work.tell = tell;
        this.#tellNext();
      };
      const fail = (error: unknown) => {
        settle(() => {
          reject(error instanceof Error ? error : new Error('The work failed', { cause: error }));
        });
      };
      try {
        begin((error, result) => {
          if (error !== null) fail(error);
          else
            settle(() => {
              resolve(result);
            });
        });
      } catch (error) {
        fail(error);
      }
    });
  }

  #tellNext(): void {
    for (let [next] = this.#begun; next?.tell; [next] = this.#begun) {
      this.#begun.shift();
      next.tell();
    }
  }
}
