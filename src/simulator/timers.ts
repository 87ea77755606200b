/** Delayed calls. Injected, so that tests control time. */
export interface Timers {
  /** Calls `run` after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** Cancels all pending calls and ignores new ones. */
  close(): void;
}

/** Timers in real time. */
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
