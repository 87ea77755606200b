/** Work that goes on side by side, and is told in the order in which it was begun. */
export class ToldInOrder {
  #last: Promise<unknown> = Promise.resolve();

  /** Begins at once. What it comes to, well or not, is told when all that was begun before has been. */
  run<T>(begin: () => Promise<T>): Promise<T> {
    const told = toldAfter(this.#last, (async () => begin())());
    this.#last = told.catch(() => undefined);
    return told;
  }
}

async function toldAfter<T>(before: Promise<unknown>, work: Promise<T>): Promise<T> {
  const [own] = await Promise.allSettled([work, before]);
  if (own.status === 'rejected') throw own.reason;
  return own.value;
}
