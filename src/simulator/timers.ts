/** Things to be done later. Passed in, so that tests can decide when later is. */
export interface Timers {
  /** Runs `run` once, `delayMs` from now, unless the returned function is called before. */
  after(delayMs: number, run: () => void): () => void;
  /** Drops all that has not run yet; nothing runs from now on. */
  close(): void;
}

/** Timers on the real time. */
export function createTimers(): Timers {
  const pending = new Set<NodeJS.Timeout>();
  let closed = false;
  return {
    after(delayMs, run) {
      if (closed) return () => undefined;
      const timeout = setTimeout(() => {
        pending.delete(timeout);
        run();
      }, delayMs);
      pending.add(timeout);
      return () => {
        clearTimeout(timeout);
        pending.delete(timeout);
      };
    },
    close() {
      closed = true;
      for (const timeout of pending) clearTimeout(timeout);
      pending.clear();
    },
  };
}
